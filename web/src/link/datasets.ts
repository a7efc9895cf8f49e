import type { DatasetInfo } from "@zarrcam/protocol";
import { formatCount, formatDay } from "../ui/format.ts";

export interface Day {
  day: string;
  datasets: DatasetInfo[];
}

/** Newest day first, and within a day the newest first; what has no date comes last. */
export function groupByDay(datasets: readonly DatasetInfo[], nowMs = Date.now()): Day[] {
  const days = new Map<string, DatasetInfo[]>();
  const sorted = [...datasets].sort(
    (a, b) => (b.started_unix_ms ?? -1) - (a.started_unix_ms ?? -1) || a.name.localeCompare(b.name),
  );
  for (const dataset of sorted) {
    const day = dataset.started_unix_ms === null ? "Without a date" : dayWords(dataset.started_unix_ms, nowMs);
    const list = days.get(day);
    if (list) list.push(dataset);
    else days.set(day, [dataset]);
  }
  return [...days].map(([day, list]) => ({ day, datasets: list }));
}

function dayWords(unixMs: number, nowMs: number): string {
  const day = formatDay(unixMs);
  if (day === formatDay(nowMs)) return `Today, ${day}`;
  if (day === formatDay(nowMs - 86_400_000)) return `Yesterday, ${day}`;
  return day;
}

export function datasetState({ state, frames_stored }: DatasetInfo): { words: string; tone: "" | "warn" | "error" } {
  switch (state) {
    case "open":
      return { words: "Being recorded", tone: "error" };
    case "needs_recovery":
      return { words: "Cut off: needs recovery", tone: "warn" };
    case "closed":
      return { words: formatCount(frames_stored, "frame"), tone: "" };
  }
}

/** "t 10, c 3, z 10, 1920 × 1080 px". */
export function shapeWords({ axes, shape }: DatasetInfo): string {
  const outer = shape.slice(0, -2).map((size, index) => `${axes[index]?.name ?? "?"} ${size}`);
  const [height, width] = shape.slice(-2);
  if (width === undefined) return outer.join(", ");
  return [...outer, `${width} × ${height ?? 1} px`].join(", ");
}
