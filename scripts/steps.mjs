// Runs commands one after the other, shows what they print, and adds up what their runners counted.
import { spawn } from "node:child_process";
import { root } from "./build.mjs";

export const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

export function add({ passed = 0, failed = 0, skipped = 0 }, name) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed) failures.push(name);
}

/** Runs a command, echoing its output; resolves to its exit code and all it printed. */
export function execute(command, args, { env, cwd = root, quiet = false } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (!quiet) process.stderr.write(text);
      });
    child.on("error", (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** One step: `count` reads the runner's own figures; a failing exit with no failure counted is one failure. */
export async function step(name, command, args, count, options) {
  const started = Date.now();
  console.error(`\n== ${name}`);
  const { code, output } = await execute(command, args, options);
  const counted = { passed: 0, failed: 0, skipped: 0, ...count(output, code) };
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  if (options?.quiet && counted.failed) process.stderr.write(output);
  add(counted, name);
  const { passed, failed, skipped } = counted;
  console.error(
    `== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
}

/** A tool that says yes or no is one test. */
export const byExit = (_output, code) => (code === 0 ? { passed: 1 } : { failed: 1 });

export const byCargo = (output) => {
  const counted = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/g,
  )) {
    counted.passed += Number(passed);
    counted.failed += Number(failed);
    counted.skipped += Number(ignored);
  }
  return counted;
};

const last = (output, pattern) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);

/** Vitest's closing line: `Tests  2 failed | 40 passed | 1 skipped (43)`. */
export const byVitest = (raw) => {
  const line =
    raw
      .replaceAll(/\u001b\[[0-9;]*m/g, "")
      .match(/^\s*Tests\s.*$/gm)
      ?.at(-1) ?? "";
  return {
    passed: last(line, /(\d+) passed/g),
    failed: last(line, /(\d+) failed/g),
    skipped: last(line, /(\d+) (?:skipped|todo)/g),
  };
};

/** pytest's closing line: `3 failed, 20 passed, 1 skipped in 4.2s`. */
export const byPytest = (output) => {
  const line = output.match(/^.*\b(passed|failed|error|errors|skipped)\b.* in [\d.]+s.*$/gm)?.at(-1) ?? "";
  return {
    passed: last(line, /(\d+) passed/g),
    failed: last(line, /(\d+) failed/g) + last(line, /(\d+) errors?/g),
    skipped: last(line, /(\d+) skipped/g),
  };
};

export function finish() {
  if (failures.length) console.error(`\nFailed: ${failures.join(", ")}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}
