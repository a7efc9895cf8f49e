// Processor time of what is measured: on a machine that does other work as well it says more than how long something took.
import { readFileSync, readdirSync } from "node:fs";

/** The kernel counts so many a second. */
const TICKS_PER_S = 100;

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** Seconds of the processor that processes have used: `group` is a browser's first one, whose others are of its group. */
export function processorSeconds({ pid, group }: { pid: number; group: number }): number {
  if (process.platform !== "linux") return NaN;
  let ticks = 0;
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    // The name in front may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(name) === pid || Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS_PER_S;
}
