// Virtual environments for what is Python: the readers that judge our stores, the writers that we are measured against.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root, run } from "./build.mjs";
import { python } from "./prerequisites.mjs";

const binaryOf = (folder) =>
  process.platform === "win32" ? join(folder, "Scripts/python.exe") : join(folder, "bin/python");

// What is imported is compiled then: to compile all of it beforehand takes as long as to install it.
const INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"];

/** The Python of an environment, made or brought up to date when one of its lists of packages has changed. */
function environment(folder, ...lists) {
  const binary = binaryOf(folder);
  const stamp = join(folder, "requirements.sha256");
  const files = lists.map((list) => join(root, list));
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const now = hash.digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== now) {
    console.error(`zarrcam: installing ${lists.join(", ")} into ${folder}`);
    run(python(), ["-m", "venv", "--clear", folder]);
    run(binary, [...INSTALL, ...files.flatMap((f) => ["-r", f])]);
    writeFileSync(stamp, now);
  }
  return binary;
}

/** Adds our own package, as its sources are, and what its tests need to an environment, which keeps what it has. */
function withOwnPackage(binary, folder) {
  const list = "bridge/python/requirements-test.txt";
  const stamp = join(folder, "own-package.sha256");
  const hash = createHash("sha256");
  for (const file of [list, "bridge/python/pyproject.toml"]) hash.update(readFileSync(join(root, file)));
  const now = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return binary;
  console.error(`zarrcam: installing ${list} and the package zarrcam into ${folder}`);
  run(binary, [...INSTALL, "-r", join(root, list)]);
  run(binary, [...INSTALL, "--no-deps", "--no-build-isolation", "--editable", join(root, "bridge/python")]);
  writeFileSync(stamp, now);
  return binary;
}

const readers = join(root, ".venv/readers");
export const readersPython = () => withOwnPackage(environment(readers, "e2e/readers/requirements.txt"), readers);
/** Where it will be. */
export const readersPythonPath = () => binaryOf(readers);

/** With the readers that only `npm run soak` asks. */
export const soakPython = () =>
  environment(join(root, ".venv/soak"), "e2e/readers/requirements.txt", "e2e/readers/requirements-soak.txt");

export const benchPython = () => environment(join(root, ".venv/bench"), "e2e/bench/requirements.txt");

// `node scripts/python.mjs readers` makes one of them.
if (process.argv[1] === fileURLToPath(import.meta.url)) ({ readers: readersPython })[process.argv[2]]();
