// Virtual environments for what is Python: the readers that judge our stores, the writers that we are measured against.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./build.mjs";
import { python } from "./prerequisites.mjs";

/** The Python of an environment, made or brought up to date when one of its lists of packages has changed. */
function environment(folder, ...lists) {
  const binary = process.platform === "win32" ? join(folder, "Scripts/python.exe") : join(folder, "bin/python");
  const stamp = join(folder, "requirements.sha256");
  const files = lists.map((list) => join(root, list));
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const now = hash.digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== now) {
    console.error(`zarrcam: installing ${lists.join(", ")} into ${folder}`);
    run(python(), ["-m", "venv", "--clear", folder]);
    run(binary, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...files.flatMap((f) => ["-r", f])]);
    writeFileSync(stamp, now);
  }
  return binary;
}

export const readersPython = () => environment(join(root, ".venv/readers"), "e2e/readers/requirements.txt");

/** With the readers that only `npm run soak` asks. */
export const soakPython = () =>
  environment(join(root, ".venv/soak"), "e2e/readers/requirements.txt", "e2e/readers/requirements-soak.txt");

export const benchPython = () => environment(join(root, ".venv/bench"), "e2e/bench/requirements.txt");
