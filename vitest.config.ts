import { availableParallelism } from "node:os";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The tests of the command line run what the build makes: of these very sources.
    globalSetup: ["scripts/test-setup.mjs"],
    // Of itself one fewer than cores: on two of them nothing ran while a file waited, as half of them do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [svelte()],
        test: {
          name: "unit",
          include: ["bridge/**/src/**/*.test.ts", "web/src/**/*.test.ts"],
          testTimeout: 30_000,
          // What stands beside its code starts and leaves nothing, so a hundred files share a process and what it has imported.
          isolate: false,
        },
      },
      {
        test: {
          // Bridges, command lines and the addon: each file has a process of its own, whose handles and memory are counted.
          name: "processes",
          include: ["native/node/test/**/*.test.ts", "bridge/**/test/**/*.test.ts"],
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
