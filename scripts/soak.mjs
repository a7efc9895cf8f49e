// `npm run soak`: what takes too long for `npm test`. Every journey five times, 100 kills, 1,000 random layouts, long
// runs, more readers, fuzzing (ZARRCAM_FUZZ_S seconds each target), and what is known against the packages that are used.
// `npm run soak -- kills` does one part; ZARRCAM_SEED repeats a run, ZARRCAM_SOAK_S sets the length of a long one.
import { join } from "node:path";
import { audits } from "./audit.mjs";
import { everything, root } from "./build.mjs";
import { fuzz } from "./fuzz.mjs";
import { chromium, requireForBuild } from "./prerequisites.mjs";
import { readersPython, soakPython } from "./python.mjs";
import { byCargo, byPlaywright, byPytest, byVitest, finish, step } from "./steps.mjs";

requireForBuild();
everything();
const seed = process.env.ZARRCAM_SEED ?? String(Math.floor(Math.random() * 1e9));
console.error(`ZARRCAM_SEED=${seed}`);

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
async function part(name, env, ...args) {
  if (!wanted(name)) return;
  await step(name, soakPython(), ["-m", "pytest", "-q", "-rs", "--tb=short", ...args], byPytest, {
    env: { ZARRCAM_SEED: seed, ...env },
    echo: true,
  });
}

// What fails once in five is broken: nothing is retried.
if (wanted("journeys"))
  for (const project of ["together", "alone"])
    await step(
      `journeys five times, ${project}`,
      "npx",
      ["playwright", "test", "--project", project, "--repeat-each", "5", "--retries", "0"],
      byPlaywright,
      { env: { ZARRCAM_CHROMIUM: chromium(), ZARRCAM_PYTHON: readersPython() }, echo: true },
    );
if (wanted("recording"))
  await step(
    "recording in the browser for five minutes, and the tutorial",
    "npx",
    [
      ...["playwright", "test", "e2e/recorder-speed.e2e.ts", "e2e/recorder.e2e.ts", "e2e/site.e2e.ts"],
      ...["--project", "alone", "--retries", "0"],
    ],
    byPlaywright,
    { env: { ZARRCAM_CHROMIUM: chromium(), ZARRCAM_RECORD_S: process.env.ZARRCAM_SOAK_S ?? "300" }, echo: true },
  );
if (wanted("abuse"))
  await step("the bridge under long abuse", "npx", ["vitest", "run", "--project", "abuse"], byVitest, {
    env: { ZARRCAM_SOAK: "1" },
    echo: true,
  });
if (wanted("archives"))
  await step(
    "an archive of 10 GB",
    "npx",
    ["vitest", "run", "--project", "unit", "web/src/datasets/export"],
    byVitest,
    { env: { ZARRCAM_SOAK: "1" }, echo: true },
  );
await part("kills", { ZARRCAM_KILLS: "100" }, "e2e/readers/test_kill.py");
if (wanted("kills"))
  await step(
    "kills of the writer alone",
    "cargo",
    [
      "test",
      "--release",
      "--locked",
      "--quiet",
      "-p",
      "zarrcam-storage",
      "--test",
      "together",
      "--",
      "--ignored",
      "kill::",
    ],
    byCargo,
    { cwd: join(root, "native") },
  );
await part("layouts", { ZARRCAM_CASES: "1000" }, "e2e/readers/test_properties.py");
await part("faults", {}, "e2e/readers/test_faults.py", "e2e/readers/test_growing.py");
await part("long runs", {}, "-m", "soak", "-s", "e2e/readers/test_soak.py", "-k", "long_run");
await part("more readers", {}, "-m", "soak", "e2e/readers/test_soak.py", "-k", "not long_run");
if (wanted("fuzz")) {
  await step(
    "the bridge under 100,000 inputs",
    "npx",
    ["vitest", "run", "--project", "abuse", "bridge/cli/test/abuse/fuzz.test.ts"],
    byVitest,
    { env: { ZARRCAM_SEED: seed, ZARRCAM_FUZZ_INPUTS: process.env.ZARRCAM_FUZZ_INPUTS ?? "100000" }, echo: true },
  );
  await fuzz();
}
if (wanted("audit")) await audits();
finish();
