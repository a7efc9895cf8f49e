// What is known against the packages that are used: `npm audit`, `cargo audit`. Both ask a server for what is known; where it
// does not answer nothing was found out, and that is no failure of a package.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./build.mjs";
import { byExit, skip, step } from "./steps.mjs";

const native = join(root, "native");

/** @param {RegExp} unanswered What the tool prints where its server did not answer. */
async function audit(name, command, args, unanswered, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
  const line = `${stdout}\n${stderr}`.split("\n").find((line) => unanswered.test(line));
  if (status !== 0 && line) return skip(name, `its server did not answer: ${line.trim()}`);
  return step(name, command, args, byExit, options);
}

export async function audits() {
  await audit("npm audit", "npm", ["audit"], /audit endpoint returned an error|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/);
  if (spawnSync("cargo", ["audit", "--version"]).status !== 0)
    return skip("cargo audit", "it needs cargo-audit: cargo install --locked cargo-audit");
  await audit(
    "cargo audit",
    "cargo",
    ["audit", "--deny", "warnings"],
    /couldn't fetch advisory database|git operation failed/,
    {
      cwd: native,
    },
  );
}
