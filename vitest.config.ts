import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The tests of the command line run what the build makes: of these very sources.
    globalSetup: ["scripts/test-setup.mjs"],
    projects: [
      {
        plugins: [svelte()],
        test: {
          name: "unit",
          include: [
            "native/node/test/**/*.test.ts",
            "bridge/**/src/**/*.test.ts",
            "bridge/**/test/**/*.test.ts",
            "web/src/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "**/abuse/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "abuse",
          include: ["bridge/**/abuse/**/*.test.ts"],
          // What one does to its bridge would be felt by the other's.
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
