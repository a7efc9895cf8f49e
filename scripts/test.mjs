// `npm test`: from a bare clone, everything. The last line adds up what all runners counted.
import { join } from "node:path";
import { everything, packages, root } from "./build.mjs";
import { check } from "./check.mjs";
import { chromium, requireForBuild } from "./prerequisites.mjs";
import { readersPython } from "./python.mjs";
import { byCargo, byPytest, byVitest, finish, step } from "./steps.mjs";

requireForBuild();
packages();
process.env.ZARRCAM_CHROMIUM = chromium();
process.env.ZARRCAM_PYTHON = readersPython();
everything();

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);

if (wanted("check")) await check();
if (wanted("native"))
  await step(
    "native",
    "cargo",
    ["test", "--release", "--locked", "--workspace", "--no-fail-fast", "--quiet"],
    byCargo,
    {
      cwd: join(root, "native"),
    },
  );
if (wanted("unit")) await step("bridge and page", "npx", ["vitest", "run", "--project", "unit"], byVitest);
if (wanted("abuse")) await step("the bridge under abuse", "npx", ["vitest", "run", "--project", "abuse"], byVitest);
if (wanted("readers"))
  await step(
    "readers",
    process.env.ZARRCAM_PYTHON,
    ["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "e2e/readers"],
    byPytest,
  );
if (wanted("e2e")) await step("journeys", "npx", ["vitest", "run", "--project", "e2e"], byVitest);
finish();
