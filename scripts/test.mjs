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
const vitest = (name, project) => ({
  name,
  needs: ["core", "bridge", "page", "Python"],
  run: () => step(name, "npx", ["vitest", "run", "--project", project], byVitest),
});
const journeys = (project) =>
  step(`journeys, ${project}`, "npx", ["playwright", "test", "--project", project], byPlaywright, { echo: true });

const builds = [
  script("core", "build.mjs", "addon"),
  script("Python", "python.mjs", "readers"),
  script("bridge", "build.mjs", "bridge"),
  script("page", "build.mjs", "page"),
];

/** What may run while something else does, in the order in which a free core takes it. */
const parts = {
  check: [...pageChecks(), ...nativeChecks()],
  native: [
    {
      name: "native",
      // One cargo at a time has the folder of a profile.
      needs: ["clippy", "rustdoc", "Python"],
      run: () =>
        step("native", "cargo", ["test", "--locked", "--workspace", "--no-fail-fast", "--quiet"], byCargo, {
          cwd: join(root, "native"),
        }),
    },
  ],
  unit: [vitest("bridge and page", "unit")],
  abuse: [vitest("the bridge under abuse", "abuse")],
  readers: [
    {
      name: "readers",
      needs: ["core", "bridge", "Python"],
      run: () =>
        step(
          "readers",
          process.env.ZARRCAM_PYTHON,
          ["-m", "pytest", "-q", "-rs", "-n", "2", "-p", "no:cacheprovider", "e2e/readers"],
          byPytest,
        ),
    },
  ],
};

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
await sideBySide([
  ...builds,
  ...Object.entries(parts)
    .filter(([name]) => wanted(name))
    .flatMap(([, tasks]) => tasks),
]);
// Each fills the machine by itself: two at a time, or one that measures.
if (wanted("e2e")) {
  await journeys("together");
  await journeys("alone");
}
finish();
