// The journeys: Chromium against a bridge of this build. `npx playwright test e2e/NAME` runs one file.
import { defineConfig } from "playwright/test";

import { chromiumArguments, chromiumPath } from "./e2e/harness/browser.ts";

// Traces and pictures of what failed; a run empties the folder of its project.
const failed = (project: string) => `.cache/journeys/${project}`;

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.e2e.ts",
  globalSetup: "./scripts/test-setup.mjs",
  reporter: [["list"], ["./e2e/harness/reporter.ts"]],
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // A pause of the machine can break one try of a journey; what fails twice is broken. Retries are printed by name.
  retries: 1,
  fullyParallel: true,
  workers: 2,
  use: {
    actionTimeout: 15_000,
    launchOptions: { executablePath: chromiumPath, args: chromiumArguments() },
    screenshot: "only-on-failure",
    trace: { mode: "on-first-retry", screenshots: false },
  },
  projects: [
    { name: "together", grepInvert: /@alone/, outputDir: failed("together") },
    // By a word in their titles: what measures rates, or draws by a software graphics card, which takes every core: nothing runs beside it.
    { name: "alone", grep: /@alone/, workers: 1, outputDir: failed("alone") },
  ],
});
