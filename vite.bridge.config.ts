import { defineConfig } from "vite";

/** The bridge and the command line as JavaScript for Node: what users run. The addon stays a file of its own. */
export default defineConfig({
  // Whole, with all packages: a start opens few files.
  ssr: { noExternal: true },
  build: {
    ssr: true,
    // As deep in the tree as the sources, which find the addon and the page by their own place.
    outDir: "bridge/cli/dist/js",
    emptyOutDir: true,
    target: "node20.19",
    sourcemap: true,
    rolldownOptions: {
      input: { main: "bridge/cli/src/main.ts", tutorial: "examples/chunked.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
