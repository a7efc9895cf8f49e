// `npm run -s bench:writer -- CASE_JSON`: one case through the native writer, one line of figures. No JavaScript in the hot
// path: this script builds the writer's own binary, and then only waits for it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root, run } from "./build.mjs";

export function writerBinary() {
  run("cargo", ["build", "--release", "--locked", "--quiet", "-p", "zarrcam-storage", "--bin", "writer_bench"], {
    cwd: join(root, "native"),
  });
  const name = process.platform === "win32" ? "writer_bench.exe" : "writer_bench";
  return join(process.env.CARGO_TARGET_DIR ?? join(root, "native/target"), "release", name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const writer = spawn(writerBinary(), process.argv.slice(2), { stdio: "inherit" });
  writer.on("exit", (code) => process.exit(code ?? 1));
}
