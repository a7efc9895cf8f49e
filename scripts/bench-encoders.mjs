// `node scripts/bench-encoders.mjs`: the encoder in wasm beside the native one and npm's numcodecs (e2e/bench/encoders.ts).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root, run } from "./build.mjs";
import { TARGET, toolchain } from "./wasm-toolchain.mjs";

/** What is measured, built: `native` is a command as JSON; `wasm` is absent where zstd does not compile for the browser. */
export function encoders() {
  const native = join(root, "native");
  const built = process.env.CARGO_TARGET_DIR ?? join(native, "target");
  run("cargo", ["build", "--release", "--locked", "-p", "zarrcam-zarr", "--example", "encode_speed"], { cwd: native });
  const command = JSON.stringify([join(built, "release/examples/encode_speed")]);
  const { cargo, env, zstd, missing } = toolchain();
  if (!zstd) {
    console.error(`zarrcam: the encoder in wasm is not measured: ${missing.join(" ")}`);
    return { native: command };
  }
  const args = [
    "build",
    "--profile",
    "wasm",
    "--locked",
    "-p",
    "zarrcam-wasm",
    "--target",
    TARGET,
    "--example",
    "encoder",
  ];
  run(cargo, args, { cwd: native, env: { ...process.env, ...env } });
  return { native: command, wasm: join(built, TARGET, "wasm/examples/encoder.wasm") };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { wasm, native } = encoders();
  const args = ["--import", "tsx", "e2e/bench/encoders.ts", wasm, native, ...process.argv.slice(2)];
  if (wasm) process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}
