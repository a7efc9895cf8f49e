// `npm run check`: types, lint, format, import directions. Each tool is one test.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";
import { byExit, finish, step } from "./steps.mjs";

export async function check() {
  const native = { cwd: join(root, "native"), quiet: true };
  const quiet = { quiet: true };
  // Each takes one core: two at a time.
  const style = async () => {
    await step("prettier", "npx", ["prettier", "--check", "--log-level", "warn", "."], byExit, quiet);
    await step("eslint", "npx", ["eslint", "."], byExit, quiet);
  };
  const meaning = async () => {
    await step("typescript", "npx", ["tsc", "-p", "tsconfig.json"], byExit, quiet);
    // What the journeys hand to the page runs there, so they know the DOM.
    await step("typescript, journeys", "npx", ["tsc", "-p", "e2e/tsconfig.json"], byExit, quiet);
    await step(
      "svelte-check",
      "npx",
      ["svelte-check", "--workspace", "web", "--fail-on-warnings", "--output", "human"],
      byExit,
      quiet,
    );
    await step(
      "import directions",
      "npx",
      ["depcruise", "--config", ".dependency-cruiser.cjs", "bridge", "web/src", "e2e", "examples"],
      byExit,
      quiet,
    );
  };
  await Promise.all([style(), meaning()]);
  await step("rustfmt", "cargo", ["fmt", "--check"], byExit, native);
  await step("rustfmt, reader", "cargo", ["fmt", "--check"], byExit, {
    ...quiet,
    cwd: join(root, "e2e/readers/zarrs"),
  });
  await step(
    "clippy",
    "cargo",
    ["clippy", "--release", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"],
    byExit,
    native,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireForBuild();
  packages();
  await check();
  finish();
}
