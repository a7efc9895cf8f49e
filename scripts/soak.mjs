// `npm run soak`: what takes too long for `npm test`. 100 kills, 1,000 random layouts, long runs, more readers.
// `npm run soak -- kills` does one part; ZARRCAM_SEED repeats a run, ZARRCAM_SOAK_S sets the length of a long one.
import { join } from "node:path";
import { addon, bridge, packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";
import { soakPython } from "./python.mjs";
import { byCargo, byPytest, finish, step } from "./steps.mjs";

requireForBuild();
packages();
addon();
bridge();
const python = soakPython();
const seed = process.env.ZARRCAM_SEED ?? String(Math.floor(Math.random() * 1e9));
console.error(`ZARRCAM_SEED=${seed}`);

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
async function part(name, env, ...args) {
  if (!wanted(name)) return;
  await step(name, python, ["-m", "pytest", "-q", "-rs", "--tb=short", ...args], byPytest, {
    env: { ZARRCAM_SEED: seed, ...env },
  });
}

await part("kills", { ZARRCAM_KILLS: "100" }, "e2e/readers/test_kill.py");
if (wanted("kills"))
  await step(
    "kills of the writer alone",
    "cargo",
    ["test", "--release", "--locked", "--quiet", "-p", "zarrcam-storage", "--test", "kill", "--", "--ignored"],
    byCargo,
    { cwd: join(root, "native") },
  );
await part("layouts", { ZARRCAM_CASES: "1000" }, "e2e/readers/test_properties.py");
await part("faults", {}, "e2e/readers/test_faults.py", "e2e/readers/test_growing.py");
await part("long runs", {}, "-m", "soak", "-s", "e2e/readers/test_soak.py", "-k", "long_run");
await part("more readers", {}, "-m", "soak", "e2e/readers/test_soak.py", "-k", "not long_run");
finish();
