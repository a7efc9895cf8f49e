import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** Where `npm run dev` finds the bridge: the page asks its own origin, as when the bridge serves it. */
const bridge = process.env["ZARRCAM_BRIDGE"] ?? "http://127.0.0.1:8421";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: "web",
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    sourcemap: true,
    // All of it is needed at once, and comes from this computer or its network: to split it would only be another request.
    chunkSizeWarningLimit: 700,
    // The instrument, and the overview of several: each has a policy of its own.
    rolldownOptions: { input: { index: here("web/index.html"), rigs: here("web/rigs.html") } },
  },
  worker: { format: "es" },
  // The bridge gives this page. What only the site needs is left out.
  define: {
    "import.meta.env.VITE_SITE": "false",
    "import.meta.env.VITE_HAS_CORE": JSON.stringify(existsSync(new URL("web/public/zarrcam.wasm", import.meta.url))),
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      // The bridge takes its own page only, so the development server speaks in its name.
      "/ws": { target: bridge, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      "/data": { target: bridge, changeOrigin: true },
      "/access": { target: bridge, changeOrigin: true },
      "/trust": { target: bridge, changeOrigin: true },
      "/hello": { target: bridge, changeOrigin: true },
      "/sessions": { target: bridge, changeOrigin: true },
      "/streams": { target: bridge, changeOrigin: true },
    },
  },
});
