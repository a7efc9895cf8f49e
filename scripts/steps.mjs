// Runs commands, two side by side where they may, says what each took, and adds up what their runners counted.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "./build.mjs";

const total = { passed: 0, failed: 0, skipped: 0 };
const took = [];
const failures = [];
const retried = [];
const logs = join(root, ".cache/steps");
const hasNice = process.platform !== "win32";

/**
 * Runs a command; resolves to its exit code, its processor time and all it printed, which is echoed meanwhile if nothing runs beside it. In the
 * background it takes what the processor has left over.
 */
function execute(command, args, { env, cwd = root, echo = false, background = false } = {}) {
  const [program, ...all] = [...(background && hasNice ? ["nice", "-n", "19"] : []), command, ...args];
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(program, all, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (echo) process.stderr.write(text);
      });
    child.on("error", (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    let processorS = null;
    child.on("exit", () => {
      const nowS = endedChildrenS();
      if (nowS === null) return;
      processorS = nowS - countedS;
      countedS = nowS;
    });
    child.on("close", (code) => resolve({ code: code ?? 1, output, processorS }));
  });
}

/** All of the machine's, since it was started: how long they worked, and how long they had nothing to do. */
function processorsMs() {
  const times = cpus().map(({ times }) => times);
  const idle = times.reduce((sum, { idle }) => sum + idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}
const begun = processorsMs();

/**
 * Processor time of all children that have ended, with theirs, s; null where the system does not tell it. It grows when one ends, so
 * what was added is the time of whoever ended just now.
 */
function endedChildrenS() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(13, 15);
    return (Number(user) + Number(system)) / TICKS_PER_S;
  } catch {
    return null;
  }
}
/** Linux tells everybody a hundred a second. */
const TICKS_PER_S = 100;
let countedS = endedChildrenS();

const seconds = (ms) => (ms / 1000).toFixed(1);

/**
 * One step: `count` reads the runner's own figures; a failing exit with no failure counted is one failure. What a step
 * printed is in `.cache/steps`, and is shown if it failed. Resolves to whether it passed.
 */
export async function step(name, command, args, count, options) {
  const started = Date.now();
  console.error(`-- ${name}`);
  const { code, output, processorS } = await execute(command, args, options);
  const counted = { passed: 0, failed: 0, skipped: 0, ...count(output, code) };
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  const { passed, failed, skipped } = counted;
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${name.replaceAll(/\W+/g, "-")}.log`);
  writeFileSync(log, output);
  if (failed && !options?.echo) console.error(`\n== ${name}, what it printed:\n${output}`);
  const ms = Date.now() - started;
  console.error(`== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds(ms)} s`);
  for (const [what, number] of Object.entries({ passed, failed, skipped })) total[what] += number;
  took.push({ name, ms, processorS });
  if (failed) failures.push(`${name} (${log})`);
  retried.push(...(counted.retried ?? []));
  return failed === 0;
}

/** A step that cannot run on this machine, and why not; it counts as skipped. */
export function skip(name, reason) {
  total.skipped += 1;
  console.error(`== ${name}: skipped, ${reason}`);
}

/**
 * Runs tasks, two at a time: a free lane takes the first one whose needs are met. A task is
 * `{ name, needs, after, quiet, background, run }`; `run` resolves to whether it passed. What needs a task that failed is one
 * failure; what comes after one runs whether or not it passed.
 * A `quiet` task, which looks at rates, takes no lane: beside it runs nothing but what is `background` and gives way to it.
 */
export async function sideBySide(tasks) {
  const waiting = [...tasks];
  const passed = new Map();
  const running = new Map();
  const underWay = () => tasks.filter(({ name }) => running.has(name));
  const known = new Set(tasks.map(({ name }) => name));
  const needsOf = ({ needs = [] }) => needs.filter((name) => known.has(name));
  const isItsTurn = ({ after = [] }) => after.every((name) => !known.has(name) || passed.has(name));
  while (waiting.length > 0 || running.size > 0) {
    let quietIsNext = false;
    for (const task of [...waiting]) {
      const needs = needsOf(task);
      const broken = needs.find((name) => passed.get(name) === false);
      if (broken === undefined) {
        if (!needs.every((name) => passed.get(name)) || !isItsTurn(task)) continue;
        const beside = underWay();
        const isFree = beside.filter(({ quiet }) => !quiet).length < 2;
        const mayRun = task.quiet
          ? beside.every(({ background }) => background)
          : isFree && (task.background || (!quietIsNext && beside.every(({ quiet }) => !quiet)));
        // What would hold it up longer waits.
        quietIsNext ||= Boolean(task.quiet);
        if (!mayRun) continue;
      }
      waiting.splice(waiting.indexOf(task), 1);
      if (broken === undefined)
        running.set(
          task.name,
          task.run().then((well) => {
            passed.set(task.name, well);
            running.delete(task.name);
          }),
        );
      else {
        console.error(`== ${task.name}: not run, it needs ${broken}`);
        passed.set(task.name, false);
        total.failed += 1;
        failures.push(task.name);
      }
    }
    if (running.size > 0) await Promise.race(running.values());
  }
}

/** A step of the way, such as a build: nothing is counted. */
export const byNothing = () => ({});

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
const lastLine = (output, pattern) => output.match(pattern)?.at(-1) ?? "";
const plain = (output) => output.replaceAll(/\u001b\[[0-9;]*m/g, "");

/** Vitest's closing line: `Tests  2 failed | 40 passed | 1 skipped (43)`. */
export const byVitest = (output) => {
  const line = lastLine(plain(output), /^\s*Tests\s.*$/gm);
  return {
    passed: last(line, /(\d+) passed/g),
    failed: last(line, /(\d+) failed/g),
    skipped: last(line, /(\d+) (?:skipped|todo)/g),
  };
};

/** pytest's closing line: `3 failed, 20 passed, 1 skipped in 4.2s`. */
export const byPytest = (output) => {
  const line = lastLine(output, /^.*\b(passed|failed|error|errors|skipped)\b.* in [\d.]+s.*$/gm);
  return {
    passed: last(line, /(\d+) passed/g),
    failed: last(line, /(\d+) failed/g) + last(line, /(\d+) errors?/g),
    skipped: last(line, /(\d+) skipped/g),
  };
};

/** The closing lines of `e2e/harness/reporter.ts`. */
export const byPlaywright = (output) => {
  const line = lastLine(plain(output), /^Journeys: .*$/gm);
  return {
    passed: last(line, /(\d+) passed/g),
    failed: last(line, /(\d+) failed/g),
    skipped: last(line, /(\d+) skipped/g),
    retried: [...plain(output).matchAll(/^Retried: (.*)$/gm)].map(([, name]) => name),
  };
};

export function finish() {
  // Load by others changes what a step took, and hardly what it took of a processor. What was killed may be missing there.
  console.error("\nWhat each step took, longest first; in brackets: of a processor");
  for (const { name, ms, processorS } of took.toSorted((a, b) => b.ms - a.ms))
    console.error(`${seconds(ms).padStart(7)} s ${`(${processorS?.toFixed(0) ?? "?"} s)`.padStart(8)}  ${name}`);
  const { idle, all } = processorsMs();
  const idlePart = (idle - begun.idle) / (all - begun.all);
  console.error(`The processors had nothing to do for ${(100 * idlePart).toFixed(0)} % of the time.`);
  for (const name of retried) console.error(`Retried, and then passed: ${name}`);
  if (failures.length) console.error(`\nFailed: ${failures.join(", ")}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}
