// What compiles for the browser, does: the pure crates, storage without files, and the core of the page with all its
// warnings. A check of its own, since it needs a target that not every Rust has.
import { join } from "node:path";
import { root } from "./build.mjs";
import { byExit, skip, step } from "./steps.mjs";
import { TARGET, toolchain } from "./wasm-toolchain.mjs";

const CRATES = [
  "zarrcam-frame",
  "zarrcam-config",
  "zarrcam-zarr",
  "zarrcam-checking",
  "zarrcam-acquisition",
  "zarrcam-preview",
  "zarrcam-storage",
  "zarrcam-wasm",
  "zarrcam-usb3vision",
];

export async function wasm() {
  const { cargo, env, zstd, missing } = toolchain();
  if (!cargo) {
    skip("wasm", missing.join(" "));
    return true;
  }
  const crates = CRATES.flatMap((crate) => ["-p", crate]);
  const compile = (name, options) => {
    const args = [
      "clippy",
      // As the core is built: zstd in C and what is compiled for this machine are there already.
      "--profile",
      "wasm",
      "--locked",
      "--lib",
      "--target",
      TARGET,
      ...crates,
      ...options,
      "--",
      "-D",
      "warnings",
    ];
    return step(name, cargo, args, byExit, { cwd: join(root, "native"), env, background: true });
  };
  const pure = await compile("wasm", ["--no-default-features"]);
  if (zstd) return (await compile("wasm with zstd", [])) && pure;
  skip("wasm with zstd", missing.join(" "));
  return pure;
}
