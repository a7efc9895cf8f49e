import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The tests of the command line and the journeys run what the build makes: of these very sources.
    globalSetup: ["scripts/vitest-setup.mjs"],
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
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.ts"],
          // Journeys measure rates: two at once on two cores would judge each other.
          fileParallelism: false,
          // A pause of the machine can break one try of a journey; what fails twice is broken. Retries are printed.
          retry: 1,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 15_000, interval: 50 } },
        },
      },
    ],
  },
});
