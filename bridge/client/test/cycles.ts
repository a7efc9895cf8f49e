// A program of its own, so that nothing else moves its figures: 10 cycles of start and stop to warm up, then 50.
import { readFile, readdir } from "node:fs/promises";

import { NativeRuntime } from "../src/native.ts";
import { smallDocument } from "./small-document.ts";

const [, , dataDir = ""] = process.argv;
const runtime = new NativeRuntime({ dataDir });

async function cycle(number: number): Promise<void> {
  await runtime.setConfiguration(smallDocument({ uri: `${number}.zarr`, frames: 12, exposure_time_us: 500 }));
  await runtime.start();
  await runtime.stop();
}

/** But for those that answer calls: they come by need, each kind has its limit, and they end when nothing is asked. */
async function threads(): Promise<number> {
  const tasks = await readdir("/proc/self/task");
  const names = await Promise.all(
    tasks.map((task) => readFile(`/proc/self/task/${task}/comm`, "utf8").catch(() => "")),
  );
  return names.filter((name) => !/^(zarrcam (ask|do|read|end)\n)?$/.test(name)).length;
}

async function measure() {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const status = await readFile("/proc/self/status", "utf8");
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return { threads: await threads(), handles: (await readdir("/proc/self/fd")).length, kB: number("VmRSS") };
}

for (let number = 0; number < 10; number++) await cycle(number);
const before = await measure();
for (let number = 10; number < 60; number++) await cycle(number);
const after = await measure();
await runtime.close();
console.log(JSON.stringify({ before, after }));
