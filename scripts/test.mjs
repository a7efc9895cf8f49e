// `npm test`: from a bare clone, everything. The last line adds up what all runners counted.
// `npm test native` runs one part; the parts are the keys of `parts`. ZARRCAM_SEED repeats the random ones.
import { join } from "node:path";
import { packages, root } from "./build.mjs";
import { nativeChecks, pageChecks, pythonChecks } from "./check.mjs";
import { cameraTools, chromium, networkTools, requireForBuild } from "./prerequisites.mjs";
import { readersPythonPath } from "./python.mjs";
import { byCargo, byNothing, byPlaywright, byPytest, byVitest, finish, sideBySide, step } from "./steps.mjs";

requireForBuild();
packages();
process.env.ZARRCAM_CHROMIUM = chromium();
networkTools();
cameraTools();
process.env.ZARRCAM_PYTHON = readersPythonPath();
process.env.ZARRCAM_SEED ??= String(Math.floor(Math.random() * 1e9));
console.error(`ZARRCAM_SEED=${process.env.ZARRCAM_SEED}`);

const script = (name, file, ...args) => ({
  name,
  run: () => step(name, process.execPath, [join(root, "scripts", file), ...args], byNothing),
});
const vitest = (name, projects, when) => ({
  name,
  ...when,
  run: () => step(name, "npx", ["vitest", "run", ...projects.flatMap((one) => ["--project", one])], byVitest),
});
const journeys = (project, when) => ({
  name: `journeys, ${project}`,
  ...when,
  run: () => step(`journeys, ${project}`, "npx", ["playwright", "test", "--project", project], byPlaywright),
});

const builds = [
  script("core", "build.mjs", "addon"),
  script("Python", "python.mjs", "readers"),
  script("bridge", "build.mjs", "bridge"),
  script("core for the browser", "build.mjs", "core"),
  { ...script("page", "build.mjs", "page"), needs: ["core for the browser"] },
  { ...script("static site", "build.mjs", "site"), needs: ["page"] },
];

const native = { cwd: join(root, "native") };
// With debug assertions and overflow checks; whether the examples compile, clippy says.
const tested = ["--profile", "bench", "--locked", "--workspace", "--lib", "--bins", "--tests"];
const cargoTest = (name, args, count, options) =>
  step(name, "cargo", ["test", ...tested, ...args], count, { ...native, ...options });
const built = ["core", "bridge", "page"];
const all = [...built, "static site"];
const pytest = ["-m", "pytest", "-q", "-rs", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "e2e/readers"];
const python = { cwd: join(root, "bridge/python") };

/** In the order in which a free lane takes it. */
const parts = {
  // What attacks a bridge that records, measures rates, or draws on every core. What is compiled or read meanwhile gives way.
  abuse: [vitest("the bridge under abuse", ["abuse"], { needs: built, quiet: true })],
  e2e: [journeys("alone", { needs: all, quiet: true }), journeys("together", { needs: [...all, "Python"] })],
  check: [...nativeChecks(), ...pageChecks(), ...pythonChecks()],
  native: [
    {
      name: "native, built",
      // One cargo at a time has the folder of a profile.
      needs: ["core"],
      after: ["clippy", "rustdoc"],
      background: true,
      run: () => cargoTest("native, built", ["--no-run"], byNothing, { background: true }),
    },
    {
      name: "native",
      needs: ["native, built", "Python"],
      run: () => cargoTest("native", ["--no-fail-fast", "--quiet"], byCargo),
    },
  ],
  readers: [
    {
      name: "readers",
      needs: [...built, "Python"],
      run: () => step("readers", process.env.ZARRCAM_PYTHON, pytest, byPytest),
    },
  ],
  python: [
    {
      name: "Python package",
      needs: ["core", "bridge", "Python"],
      run: () => step("Python package", process.env.ZARRCAM_PYTHON, ["-m", "pytest", "-q", "-rs"], byPytest, python),
    },
  ],
  unit: [vitest("bridge and page", ["unit", "processes"], { needs: [...built, "Python"] })],
};

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
await sideBySide([
  ...builds,
  ...Object.entries(parts)
    .filter(([name]) => wanted(name))
    .flatMap(([, tasks]) => tasks),
]);
finish();
