// A virtual environment with the readers that judge our stores: zarr-python, TensorStore, tifffile and others.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./build.mjs";
import { python } from "./prerequisites.mjs";

const folder = join(root, ".venv");
const binary = process.platform === "win32" ? join(folder, "Scripts/python.exe") : join(folder, "bin/python");

/** The environment's Python, made or brought up to date when the list of packages has changed. */
export function readersPython() {
  const list = join(root, "e2e/readers/requirements.txt");
  const stamp = join(folder, "requirements.sha256");
  const now = createHash("sha256").update(readFileSync(list)).digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== now) {
    console.error("zarrcam: installing the readers into .venv");
    run(python(), ["-m", "venv", "--clear", folder]);
    run(binary, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", list]);
    writeFileSync(stamp, now);
  }
  return binary;
}
