// The page as a folder for any file server: `npm run build:site`. What a bridge does besides (headers, never an old file) the site's
// service worker does.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, defineConfig, mergeConfig } from "vite";

import page from "./vite.config.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = here("web/site");
/** A file of wasm, by a name that changes with what is in it. */
function named(name: string) {
  const source = readFileSync(here(`web/public/${name}.wasm`));
  const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
  return { fileName: `assets/${name}-${hash}.wasm`, source };
}
const core = named("zarrcam");
/** The site goes without it where it could not be built. */
const usb3vision = existsSync(here("web/public/usb3vision.wasm")) ? named("usb3vision") : null;
const WORKER = "site-worker";

/**
 * A host's own headers cannot be counted on, so the document carries its policy: scripts come from the site alone, and nothing of other
 * servers is shown or run. Connections may go anywhere: to the bridge that the user names, and to an archive by its address.
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self' blob: data: http: https: ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** By path from the site's folder: what the browser checks a file by before it is kept. The document is asked for by its folder. */
function integrities(): Record<string, string> {
  const kept = filesOf(folder).filter((path) => !path.endsWith(".map") && path !== `${WORKER}.js`);
  return Object.fromEntries(
    kept.map((path) => {
      const hash = createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("base64");
      return [path === "index.html" ? "" : path, `sha256-${hash}`];
    }),
  );
}

const site = (): Plugin => ({
  name: "zarrcam-site",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
    { tag: "meta", attrs: { name: "referrer", content: "no-referrer" }, injectTo: "head" },
    { tag: "link", attrs: { rel: "manifest", href: "./manifest.webmanifest" }, injectTo: "head" },
  ],
  generateBundle(_options, bundle) {
    for (const file of [core, usb3vision]) if (file) this.emitFile({ type: "asset", ...file });
    const worker = bundle[`${WORKER}.js`];
    if (worker?.type !== "chunk" || worker.imports.length > 0)
      this.error("The service worker must be one file: not every browser takes one that imports.");
  },
  // From the disk: what is served, whatever was done to it on its way there.
  writeBundle() {
    const path = join(folder, `${WORKER}.js`);
    const files = `const SITE_FILES=${JSON.stringify(integrities())};`;
    writeFileSync(path, files + readFileSync(path, "utf8"));
  },
});

export default mergeConfig(
  page,
  defineConfig({
    // Whatever the folder is called on its server.
    base: "./",
    publicDir: "site-public",
    plugins: [site()],
    define: {
      "import.meta.env.VITE_SITE": "true",
      "import.meta.env.VITE_CORE": JSON.stringify(core.fileName),
      ...(usb3vision ? { "import.meta.env.VITE_USB3VISION": JSON.stringify(usb3vision.fileName) } : {}),
    },
    build: {
      outDir: "site",
      rolldownOptions: {
        input: { [WORKER]: here("web/site-worker/site-worker.ts") },
        output: {
          entryFileNames: ({ name }) => (name === WORKER ? "[name].js" : "assets/[name]-[hash].js"),
        },
      },
    },
  }),
);
