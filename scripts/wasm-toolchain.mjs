// What compiles Rust and C for the browser: found, set up where that goes by itself, or named. Plain JavaScript: it runs on a bare
// clone.
//
// Rust: the toolchain's own target, which rustup fetches; where rustup reaches no server, Debian's packages: their compiler, and the
// standard library built once from its sources. C (zstd): clang; gcc makes no wasm.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { aptInstall, isDebianRoot } from "./prerequisites.mjs";

export const TARGET = "wasm32-unknown-unknown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const native = join(root, "native");
const sysroot = join(root, ".cache/wasm-sysroot");
const libraries = join(sysroot, "lib/rustlib", TARGET, "lib");

const DEBIAN_RUST = ["rustc-web", "cargo-web", "rust-web-llvm", "rust-web-src"];
const DEBIAN_C = ["clang"];

function answer(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: native, encoding: "utf8", ...options });
  return done.status === 0 ? done.stdout.trim() : "";
}

/** rustup's target, or one that came with the compiler. */
function ownRust() {
  const folder = answer("rustc", ["--print", "target-libdir", "--target", TARGET]);
  return folder !== "" && existsSync(folder) ? { cargo: "cargo", env: {}, flags: [] } : undefined;
}

/** Debian's compiler with the library that was built for it. */
function debianRust() {
  if (!existsSync(libraries)) return undefined;
  // Not rustup's shims, which may come first and would take its own compiler.
  const env = { PATH: `/usr/bin:/bin:${process.env.PATH}`, RUSTC: "/usr/bin/rustc" };
  return { cargo: "/usr/bin/cargo", env, flags: ["--sysroot", sysroot] };
}

const isPackage = (name) => /Candidate: [^(]/.test(answer("apt-cache", ["policy", name]));

/** As the packages' own sources say, once; a minute. */
function buildStandardLibrary() {
  const [source] = readdirSync("/usr/src")
    .filter((name) => /^rustc-[\d.]+$/.test(name))
    .sort()
    .reverse();
  if (!source) return false;
  const folder = join(root, ".cache/wasm-std");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(join(folder, ".cargo"));
  writeFileSync(join(folder, "src/lib.rs"), "");
  writeFileSync(join(folder, "Cargo.toml"), '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2021"\n');
  const vendored = JSON.stringify(join("/usr/src", source, "library/vendor"));
  writeFileSync(
    join(folder, ".cargo/config.toml"),
    `[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = ${vendored}\n`,
  );
  const args = ["build", "--release", "--offline", "-Z", "build-std=std,panic_abort", "--target", TARGET];
  const env = {
    ...process.env,
    PATH: `/usr/bin:/bin:${process.env.PATH}`,
    RUSTC: "/usr/bin/rustc",
    RUSTC_BOOTSTRAP: "1",
  };
  delete env.CARGO_TARGET_DIR;
  delete env.RUSTUP_TOOLCHAIN;
  const done = spawnSync("/usr/bin/cargo", args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  if (done.status !== 0) return false;
  const made = join(folder, "target", TARGET, "release/deps");
  mkdirSync(libraries, { recursive: true });
  for (const name of readdirSync(made).filter((file) => file.endsWith(".rlib")))
    copyFileSync(join(made, name), join(libraries, name));
  return true;
}

const say = (sentence) => console.error(`zarrcam: ${sentence}`);

function setUpRust() {
  if (answer("rustup", ["--version"])) {
    say(`adding Rust's target for the browser (rustup target add ${TARGET})`);
    spawnSync("rustup", ["target", "add", TARGET], { cwd: native, stdio: "ignore", timeout: 120_000 });
    const own = ownRust();
    if (own) return own;
  }
  if (isDebianRoot() && isPackage("rustc-web")) {
    say("rustup has no server here; Debian's Rust makes the part of the core that runs in the browser");
    try {
      aptInstall(DEBIAN_RUST);
      if (buildStandardLibrary()) return debianRust();
    } catch (error) {
      say(error.message);
    }
  }
  return undefined;
}

/** A clang that makes wasm; Apple's does not. */
function ownClang() {
  const given = process.env[`CC_${TARGET.replaceAll("-", "_")}`];
  const versions = [22, 21, 20, 19, 18, 17, 16, 15, 14].map((version) => `clang-${version}`);
  const homebrew = ["/opt/homebrew/opt/llvm/bin/clang", "/usr/local/opt/llvm/bin/clang"];
  return [...(given ? [given] : []), "clang", ...versions, ...homebrew].find((command) =>
    answer(command, ["--print-targets"]).includes("wasm32"),
  );
}

function setUpClang() {
  if (!isDebianRoot()) return undefined;
  try {
    aptInstall(DEBIAN_C);
  } catch (error) {
    say(error.message);
  }
  return ownClang();
}

const wordsOf64Bits = join(native, "zarr/src/zstd_in_wasm.h").replaceAll("\\", "/");
const cFlags = `-O3 -msimd128 -mbulk-memory -include "${wordsOf64Bits}"`;

const howToRust =
  `Rust has no ${TARGET}. Install it with: rustup target add ${TARGET} (in ${native}), ` +
  `or on Debian: sudo apt-get install ${DEBIAN_RUST.join(" ")}`;
const howToC =
  "there is no clang that makes wasm, so the codecs of zstd are missing there. Install it with: " +
  (process.platform === "darwin" ? "brew install llvm" : "sudo apt-get install clang");

const found = () => ({ rust: ownRust() ?? debianRust(), clang: ownClang() });

/** What is installed, to tell whether to try again. */
export function installed() {
  const { rust, clang } = found();
  return JSON.stringify([rust?.cargo, clang]);
}

/**
 * What compiles for the browser. `setUp`: what is missing is fetched where that needs no questions.
 * @returns `cargo` and its environment, absent where there is none; `zstd`: C compiles, too; `missing`: in sentences.
 */
export function toolchain({ setUp = false } = {}) {
  let { rust, clang } = found();
  if (setUp) rust ??= setUpRust();
  if (!rust) return { zstd: false, missing: [howToRust] };
  if (setUp) clang ??= setUpClang();
  const target = TARGET.replaceAll("-", "_");
  // `sysroot` for the host's build scripts would be the wrong one, so not RUSTFLAGS.
  const flags = ["-C", "target-feature=+simd128,+bulk-memory", ...rust.flags].join(" ");
  const env = {
    ...rust.env,
    [`CARGO_TARGET_${target.toUpperCase()}_RUSTFLAGS`]: flags,
    ...(clang ? { [`CC_${target}`]: clang, [`CFLAGS_${target}`]: cFlags, CC_SHELL_ESCAPED_FLAGS: "1" } : {}),
  };
  return { cargo: rust.cargo, env, zstd: clang !== undefined, missing: clang ? [] : [howToC] };
}
