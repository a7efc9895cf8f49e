// `npm run dev`: the bridge, rebuilt and started again when its sources or the native core's change, and the page reloading
// as it is edited. Options are those of `zarrcam serve`.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { addon, bridge, core, packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

/** An editor writes several files at once, and some of them twice; ms. */
const QUIET_MS = 200;
const PAGE = "http://127.0.0.1:5173";

requireForBuild();
packages();
addon();
bridge();
core();

const options = process.argv.slice(2);
const portAt = options.indexOf("--port");
const port = portAt < 0 ? "8421" : options[portAt + 1];
let ending = false;
let served = serve();
const page = spawn("npx", ["vite", "--host", "127.0.0.1", "--port", "5173", "--strictPort"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ZARRCAM_BRIDGE: `http://127.0.0.1:${port}` },
  shell: process.platform === "win32",
});
page.on("exit", end);

function serve() {
  const command = ["bridge/cli/bin/zarrcam.js", "serve", "--allow-origin", PAGE, ...options];
  const child = spawn(process.execPath, command, { cwd: root, stdio: "inherit" });
  child.on("exit", (code) => child === served && end(code));
  return child;
}

/** Whoever of the two ends takes the other along. */
function end(code) {
  if (ending) return;
  ending = true;
  process.exitCode = code ?? 0;
  served.kill();
  page.kill();
  for (const watcher of watchers) watcher.close();
}
// Both children have it from the terminal as well, and end by themselves.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => end(0));

/** Resolves to whether it was built; what failed says why itself. */
function build(steps) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["scripts/build.mjs", ...steps], { cwd: root, stdio: "inherit" });
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** Ends the bridge, which stores what was captured, and starts what was built. */
async function restart() {
  const old = served;
  served = undefined;
  await new Promise((resolve) => {
    if (old.exitCode !== null || old.signalCode !== null) return resolve();
    old.on("exit", resolve);
    old.kill("SIGTERM");
  });
  if (!ending) served = serve();
}

const changed = new Set();
let working = false;
let quiet;

async function bringUpToDate() {
  if (working || changed.size === 0) return;
  working = true;
  const steps = [...changed];
  changed.clear();
  if (await build(steps)) await restart();
  else console.error("zarrcam: not built; the bridge from before runs on");
  working = false;
  await bringUpToDate();
}

/** The sources of each crate or package, which lie in its `src`: not what was built of them. */
function sourcesUnder(folder) {
  const packages = readdirSync(join(root, folder)).map((name) => join(root, folder, name, "src"));
  return packages.filter((path) => existsSync(path));
}

const watchers = [
  ["native", "addon"],
  ["bridge", "bridge"],
].flatMap(([folder, step]) =>
  sourcesUnder(folder).map((path) =>
    watch(path, { recursive: true }, (_event, name) => {
      if (name?.endsWith(".test.ts")) return;
      changed.add(step);
      clearTimeout(quiet);
      quiet = setTimeout(() => void bringUpToDate(), QUIET_MS);
    }),
  ),
);
