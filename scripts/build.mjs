// Brings everything that is stale up to date, and nothing else. Plain JavaScript: it runs on a bare clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { TARGET, installed, toolchain } from "./wasm-toolchain.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, ".cache");

const siteFolder = join(root, "web/site");

function* filesUnder(path) {
  if (!statSync(path).isDirectory()) return yield path;
  if (path === siteFolder) return;
  for (const name of readdirSync(path).sort())
    if (!["node_modules", "target", "dist", ".venv", ".svelte-check"].includes(name) && !name.endsWith(".node"))
      yield* filesUnder(join(path, name));
}

/** The content decides, not the time: a checkout touches files without changing them. */
function fingerprint(paths) {
  const hash = createHash("sha256").update(process.version);
  for (const path of paths.map((name) => join(root, name)))
    if (existsSync(path))
      for (const file of filesUnder(path)) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}

/** What `make` returns is kept, and `isGood` with it. */
function whenStale(name, inputs, products, make, isGood = () => true) {
  const stamp = join(stamps, name);
  const now = fingerprint(inputs);
  const kept = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  const fresh =
    kept.startsWith(now) &&
    isGood(kept.slice(now.length)) &&
    products.every((product) => existsSync(join(root, product)));
  if (fresh) return;
  const made = make() ?? "";
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, now + made);
}

export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
    ...options,
  });
  if (done.status !== 0) {
    console.error(`zarrcam: ${command} ${args.join(" ")} failed${done.error ? `: ${done.error.message}` : ""}`);
    process.exit(1);
  }
}

export function packages() {
  whenStale("packages", ["package-lock.json", "package.json"], ["node_modules"], () => {
    console.error("zarrcam: installing packages (npm ci)");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  });
}

const library =
  { win32: "zarrcam_node.dll", darwin: "libzarrcam_node.dylib" }[process.platform] ?? "libzarrcam_node.so";

/** The process that speaks multicast DNS for the bridge. */
const discovery = `zarrcam-discovery${process.platform === "win32" ? ".exe" : ""}`;

export function addon() {
  const products = { [library]: "native/node/zarrcam.node", [discovery]: `native/dist/${discovery}` };
  whenStale("addon", ["native"], Object.values(products), () => {
    console.error("zarrcam: building the native core (cargo build --release); the first time takes some minutes");
    const crates = ["-p", "zarrcam-node", "-p", "zarrcam-discovery"];
    run("cargo", ["build", "--release", "--locked", ...crates], { cwd: join(root, "native") });
    const built = join(process.env.CARGO_TARGET_DIR ?? join(root, "native/target"), "release");
    for (const [name, path] of Object.entries(products)) {
      const target = join(root, path);
      mkdirSync(dirname(target), { recursive: true });
      // A running process may have the old one mapped: replace the name, never the bytes.
      copyFileSync(join(built, name), `${target}.new`);
      renameSync(`${target}.new`, target);
    }
  });
}

const product = join(root, "web/public/zarrcam.wasm");

let browserTools;
/** Looked for, and set up, once: what is missing takes long to be tried for. */
const toolsForBrowsers = () => (browserTools ??= toolchain({ setUp: true }));

/**
 * A crate compiled for the browser. Where nothing compiles for it the page is served without, and it is said what is missing.
 * @param lacks what is missing then, to begin the sentence with
 * @param hasC whether codecs in C are a part of it, which can be missing alone
 */
function forBrowsers(stamp, { crate, product, lacks, compile, hasC = false }) {
  whenStale(
    stamp,
    ["native", "scripts/wasm-toolchain.mjs"],
    [],
    () => {
      const tools = toolsForBrowsers();
      const isWhole = tools.zstd || !hasC;
      rmSync(product, { force: true });
      if (!tools.cargo || !isWhole)
        for (const sentence of tools.missing) console.error(`zarrcam: ${lacks}: ${sentence}`);
      if (!tools.cargo) return installed();
      console.error(`zarrcam: building ${crate} for the browser (cargo --target ${TARGET})`);
      const args = compile(tools);
      const stdio = ["ignore", process.stderr, process.stderr];
      const native = join(root, "native");
      const options = [...args, "--profile", "wasm", "--locked", "-p", crate, "--target", TARGET];
      if (spawnSync(tools.cargo, options, { cwd: native, env: { ...process.env, ...tools.env }, stdio }).status !== 0) {
        console.error(`zarrcam: ${lacks}: it cannot be built here; the lines above say why`);
        return installed();
      }
      mkdirSync(dirname(product), { recursive: true });
      const built = process.env.CARGO_TARGET_DIR ?? join(root, "native/target");
      copyFileSync(join(built, TARGET, `wasm/${crate.replaceAll("-", "_")}.wasm`), product);
      return isWhole ? "" : installed();
    },
    // What was missing is looked for again when something else is installed.
    (lacked) => (lacked === "" ? existsSync(product) : lacked === installed()),
  );
}

/** The core of the page, and what it loads for USB3 Vision cameras alone. */
export function core() {
  forBrowsers("wasm", {
    ...{ crate: "zarrcam-wasm", product, lacks: "recording in the browser", hasC: true },
    compile: ({ zstd }) => ["build", ...(zstd ? [] : ["--no-default-features"])],
  });
  usb3vision();
}

// Other builds need them as crates: `rustc` makes a module of them here alone.
const asModule = () => ["rustc", "--crate-type", "cdylib"];

export function usb3vision() {
  const usb3vision = join(root, "web/public/usb3vision.wasm");
  const lacks = "USB3 Vision cameras in the browser";
  forBrowsers("usb3vision", { crate: "zarrcam-usb3vision", product: usb3vision, lacks, compile: asModule });
}

/** A camera for tests, which no page has. */
export function emulator() {
  const emulated = join(stamps, "usb3vision-emulator.wasm");
  const lacks = "the emulated USB3 Vision camera";
  forBrowsers("emulator", { crate: "zarrcam-usb3vision-emulator", product: emulated, lacks, compile: asModule });
}

export function page() {
  whenStale(
    "page",
    ["web", "bridge/protocol", "bridge/client", "vite.config.ts", "package-lock.json"],
    ["web/dist/index.html"],
    () => {
      console.error("zarrcam: building the page (vite build)");
      run("npx", ["vite", "build", "--logLevel", "warn"]);
    },
  );
}

/** The page as a folder for any file server; not without the core, which does there what a bridge does. @returns whether it is there. */
export function site() {
  if (!existsSync(product)) return false;
  whenStale(
    "site",
    ["web", "bridge/protocol", "bridge/client", "vite.config.ts", "vite.site.config.ts", "package-lock.json"],
    ["web/site/index.html", "web/site/site-worker.js"],
    () => {
      console.error("zarrcam: building the static site (vite build)");
      run("npx", ["vite", "build", "--config", "vite.site.config.ts", "--logLevel", "warn"]);
    },
  );
  return true;
}

/** `npm run build:site`. */
function wholeSite() {
  packages();
  core();
  if (site()) return console.log(`The site is in ${siteFolder}: any file server gives it, in any folder, over https.`);
  // It is said again: the core may have been missed before.
  for (const sentence of toolchain().missing) console.error(`zarrcam: ${sentence}`);
  console.error("zarrcam: the site is not built: without a bridge the core in the page does everything.");
  process.exit(1);
}

/** What users run is JavaScript that was made once: no compiler, and no second process beside a recording. */
export function bridge() {
  whenStale(
    "bridge",
    ["bridge", "examples", "vite.bridge.config.ts", "package-lock.json"],
    ["bridge/cli/dist/js/main.js", "bridge/cli/dist/js/tutorial.js"],
    () => {
      console.error("zarrcam: building the bridge (vite build)");
      run("npx", ["vite", "build", "--config", "vite.bridge.config.ts", "--logLevel", "warn"]);
    },
  );
}

export function everything() {
  packages();
  addon();
  bridge();
  core();
  page();
}

// `node scripts/build.mjs` builds everything, `node scripts/build.mjs bridge` one step.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const steps = {
    packages,
    addon,
    bridge,
    core,
    usb3vision,
    emulator,
    page,
    site,
    "build:site": wholeSite,
    everything,
  };
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : ["everything"]) steps[name]();
}
