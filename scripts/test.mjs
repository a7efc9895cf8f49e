// `npm test`: from a bare clone, everything. The last line adds up what all runners counted.
// `npm test native` runs one part; the parts are the keys of `parts`. ZARRCAM_SEED repeats the random ones.
import { join } from "node:path";
import { packages, root } from "./build.mjs";
import { nativeChecks, pageChecks } from "./check.mjs";
import { chromium, requireForBuild } from "./prerequisites.mjs";
import { readersPythonPath } from "./python.mjs";
import { byCargo, byNothing, byPlaywright, byPytest, byVitest, finish, sideBySide, step } from "./steps.mjs";

requireForBuild();
packages();
process.env.ZARRCAM_CHROMIUM = chromium();
process.env.ZARRCAM_PYTHON = readersPythonPath();
process.env.ZARRCAM_SEED ??= String(Math.floor(Math.random() * 1e9));
console.error(`ZARRCAM_SEED=${process.env.ZARRCAM_SEED}`);

const script = (name, file, ...args) => ({
  name,
  run: () => step(name, process.execPath, [join(root, "scripts", file), ...args], byNothing),
});
const vitest = (name, project, options) =>
  step(name, "npx", ["vitest", "run", "--project", project], byVitest, options);
const journeys = (project, options) =>
  step(`journeys, ${project}`, "npx", ["playwright", "test", "--project", project], byPlaywright, options);

const builds = [
  script("core", "build.mjs", "addon"),
  script("Python", "python.mjs", "readers"),
  script("bridge", "build.mjs", "bridge"),
  script("core for the browser", "build.mjs", "core"),
  { ...script("page", "build.mjs", "page"), needs: ["core for the browser"] },
];

const native = { cwd: join(root, "native") };
const built = ["core", "bridge", "page", "Python"];
const pytest = ["-m", "pytest", "-q", "-rs", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "e2e/readers"];

/** What may run while something else does, in the order in which a free core takes it. */
const parts = {
  check: [...nativeChecks(), ...pageChecks()],
  native: [
    {
      name: "native",
      // One cargo at a time has the folder of a profile.
      needs: ["clippy", "rustdoc", "Python"],
      run: () =>
        step("native", "cargo", ["test", "--locked", "--workspace", "--no-fail-fast", "--quiet"], byCargo, native),
    },
  ],
  readers: [
    { name: "readers", needs: built, run: () => step("readers", process.env.ZARRCAM_PYTHON, pytest, byPytest) },
  ],
  unit: [{ name: "bridge and page", needs: built, run: () => vitest("bridge and page", "unit") }],
  e2e: [{ name: "journeys, together", needs: built, run: () => journeys("together") }],
};

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
await sideBySide([
  ...builds,
  ...Object.entries(parts)
    .filter(([name]) => wanted(name))
    .flatMap(([, tasks]) => tasks),
]);
// Nothing runs beside what attacks a bridge that records, measures rates, or draws on every core.
const alone = { echo: true };
if (wanted("abuse")) await vitest("the bridge under abuse", "abuse", alone);
if (wanted("e2e")) await journeys("alone", alone);
finish();
