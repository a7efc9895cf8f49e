// The pure crates compile for the browser: no files, no threads, no clocks. A check of its own, since it needs a target that
// not every Rust has.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";
import { byExit, skip, step } from "./steps.mjs";

const TARGET = "wasm32-unknown-unknown";
const PURE = ["zarrcam-frame", "zarrcam-config", "zarrcam-zarr", "zarrcam-acquisition"];

const native = { cwd: join(root, "native") };

function answer(command, args) {
  const done = spawnSync(command, args, { cwd: native.cwd, encoding: "utf8" });
  return done.status === 0 ? done.stdout.trim() : "";
}

const hasTarget = () => {
  const folder = answer("rustc", ["--print", "target-libdir", "--target", TARGET]);
  return folder !== "" && existsSync(folder);
};

/** Compiles C for wasm: clang does, gcc does not. */
const compiler = () => process.env[`CC_${TARGET.replaceAll("-", "_")}`] ?? "clang";

const compile = (name, options, env) =>
  step(
    name,
    "cargo",
    ["check", "--release", "--locked", "--target", TARGET, ...PURE.flatMap((crate) => ["-p", crate]), ...options],
    byExit,
    { ...native, env },
  );

export async function wasm() {
  if (!hasTarget()) {
    skip("wasm", `Rust has no ${TARGET}; in native/: rustup target add ${TARGET}`);
    return true;
  }
  const pure = await compile("wasm", ["--no-default-features"]);
  if (answer(compiler(), ["--print-targets"]).includes("wasm32")) return (await compile("wasm with zstd", [])) && pure;
  skip("wasm with zstd", `zstd is C, and ${compiler()} does not compile it for wasm; on Debian: apt-get install clang`);
  return pure;
}
