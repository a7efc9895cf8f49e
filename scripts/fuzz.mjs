// Fuzz targets (`native/fuzz`) for all that reads other people's bytes, each for ZARRCAM_FUZZ_S seconds (60). What crashes one
// is left in native/fuzz/artifacts; `cargo +nightly fuzz run TARGET FILE` in native/ runs it again.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";
import { byExit, skip, step } from "./steps.mjs";

const native = join(root, "native");
const SECONDS = process.env.ZARRCAM_FUZZ_S ?? "60";

/** Each with the folders that its inputs begin with, besides `fuzz/seeds/TARGET`. */
const TARGETS = {
  tiff: [],
  frames_log: [],
  run_json: [],
  zarr_metadata: [],
  blosc: [],
  zstd: [],
  configuration: ["config/tests/fixtures", "config/examples"],
};

function missing() {
  const runs = (args) => spawnSync("cargo", args, { cwd: native, stdio: "ignore" }).status === 0;
  if (!runs(["+nightly", "--version"])) return "it needs a nightly Rust: rustup toolchain install nightly";
  if (!runs(["+nightly", "fuzz", "--version"])) return "it needs cargo-fuzz: cargo install --locked cargo-fuzz";
  return null;
}

export async function fuzz() {
  const reason = missing();
  if (reason) {
    skip("fuzz", reason);
    return;
  }
  for (const [target, others] of Object.entries(TARGETS)) {
    // What is found goes to the first folder, which git ignores.
    const corpus = join("fuzz/corpus", target);
    mkdirSync(join(native, corpus), { recursive: true });
    const seeds = [join("fuzz/seeds", target), ...others].filter((folder) => existsSync(join(native, folder)));
    await step(
      `fuzz ${target}`,
      "cargo",
      [
        ...["+nightly", "fuzz", "run", target, corpus, ...seeds, "--"],
        ...[`-max_total_time=${SECONDS}`, "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"],
      ],
      byExit,
      { cwd: native },
    );
  }
}
