// What must be on the machine, and the command that installs it. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const atLeast = (found, wanted) => {
  const [a, b] = [found, wanted].map((version) => version.split(".").map(Number));
  for (let i = 0; i < b.length; i++) if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) > b[i];
  return true;
};

const versionOf = (command, args = ["--version"]) => {
  const done = spawnSync(command, args, { encoding: "utf8" });
  return done.status === 0 ? (/(\d+\.\d+(\.\d+)?)/.exec(done.stdout)?.[1] ?? "0") : undefined;
};

export const isDebianRoot = () => existsSync("/etc/debian_version") && process.getuid?.() === 0;

const install = (debian, mac, windows) =>
  process.platform === "darwin" ? mac : process.platform === "win32" ? windows : debian;

/**
 * The version of cargo, or undefined. `rust-toolchain.toml` pins the compiler, and rustup fetches it. Where rustup cannot
 * (no network, a server that is not reached), the newest toolchain that is installed and new enough is used by this process
 * and its children, and named.
 */
function cargoVersion() {
  const found = versionOf("cargo");
  if (found || process.env.RUSTUP_TOOLCHAIN || !versionOf("rustup")) return found;
  const { stdout = "" } = spawnSync("rustup", ["toolchain", "list"], { encoding: "utf8", cwd: "/" });
  const names = stdout.split("\n").map((line) => line.split(" ")[0]);
  const usable = names
    .filter((name) => name && !name.startsWith("nightly"))
    .map((name) => ({ name, version: versionOf("cargo", [`+${name}`, "--version"]) }))
    .filter(({ version }) => version && atLeast(version, "1.88"))
    .sort((a, b) => (atLeast(a.version, b.version) ? -1 : 1));
  if (usable.length === 0) return undefined;
  const [{ name, version }] = usable;
  process.env.RUSTUP_TOOLCHAIN = name;
  console.error(
    `zarrcam: rustup cannot install the pinned toolchain (rust-toolchain.toml); ${name} (${version}) is used instead.`,
  );
  return version;
}

/** Node, Rust and a C compiler: what `npm start` needs. Returns what is missing, in sentences. */
export function missingForBuild() {
  const missing = [];
  if (!atLeast(process.versions.node, "20.19"))
    missing.push(`Node >= 20.19 is needed, this is ${process.versions.node}. Install it from https://nodejs.org`);
  const cargo = cargoVersion();
  if (!cargo || !atLeast(cargo, "1.88"))
    missing.push(
      `Rust >= 1.88 is needed${cargo ? `, this is ${cargo}` : ""}. Install it with: ` +
        install(
          "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
          "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
          "winget install Rustlang.Rustup",
        ),
    );
  if (process.platform !== "win32" && !versionOf("cc"))
    missing.push(
      "A C compiler is needed (zstd is built from its sources). Install it with: " +
        install("sudo apt-get install -y build-essential", "xcode-select --install"),
    );
  return missing;
}

export function requireForBuild() {
  const missing = missingForBuild();
  if (missing.length === 0) return;
  for (const sentence of missing) console.error(`zarrcam: ${sentence}`);
  process.exit(1);
}

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Playwright's own, where somebody has downloaded it. */
function playwrightsChromium() {
  try {
    const path = createRequire(import.meta.url)("playwright").chromium.executablePath();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** A Chromium for the journeys; on Debian as root it is installed. */
export function chromium() {
  const found = process.env.ZARRCAM_CHROMIUM ?? browsers.find((path) => existsSync(path)) ?? playwrightsChromium();
  if (found) return found;
  if (isDebianRoot()) {
    aptInstall(["chromium", "fonts-dejavu-core"]);
    return browsers.find((path) => existsSync(path));
  }
  throw new Error("Chromium is needed by the tests. Install it with: sudo apt-get install -y chromium");
}

export function aptInstall(packages) {
  console.error(`zarrcam: installing ${packages.join(", ")}`);
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
  ]) {
    const done = spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (done.status !== 0) throw new Error(`apt-get ${args.join(" ")} failed`);
  }
}

/** What the journey between two hosts is made with; on Debian as root it is installed. Without it that journey is skipped, and says why. */
export function networkTools() {
  const packages = { ip: "iproute2", certutil: "libnss3-tools", openssl: "openssl" };
  const has = (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
  const missing = Object.entries(packages).flatMap(([command, name]) => (has(command) ? [] : [name]));
  if (missing.length === 0 || !isDebianRoot()) return;
  try {
    aptInstall(missing);
  } catch (error) {
    console.error(`zarrcam: ${error.message}: the journey between two hosts is skipped`);
  }
}

/** What cameras of the network are tried with; on Debian as root it is installed. Without it those tests are skipped, and say why. */
export function cameraTools() {
  if (spawnSync("sh", ["-c", "command -v arv-fake-gv-camera-0.8"]).status === 0 || !isDebianRoot()) return;
  try {
    aptInstall(["libaravis-0.8-0", "aravis-tools"]);
  } catch (error) {
    console.error(`zarrcam: ${error.message}: tests with a GigE Vision camera are skipped`);
  }
}

/** A Python >= 3.11 that can make virtual environments. */
export function python() {
  for (const command of ["python3", "python"]) {
    const version = versionOf(command);
    if (!version || !atLeast(version, "3.11")) continue;
    if (spawnSync(command, ["-c", "import venv, ensurepip"]).status === 0) return command;
  }
  if (isDebianRoot()) {
    aptInstall(["python3", "python3-venv"]);
    return "/usr/bin/python3";
  }
  throw new Error(
    "Python >= 3.11 with venv is needed by the tests. Install it with: sudo apt-get install -y python3 python3-venv",
  );
}
