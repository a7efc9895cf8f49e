import type { DatasetInfo } from "@zarrcam/protocol";
import { formatCount, formatDay, formatNumber } from "../ui/format.ts";

export interface Day<Dataset> {
  day: string;
  datasets: Dataset[];
}

/** "Today, 2026-11-27"; "Without a date". */
export function dayLabel(unixMs: number | null, nowMs: number): string {
  if (unixMs === null) return "Without a date";
  const day = formatDay(unixMs);
  if (day === formatDay(nowMs)) return `Today, ${day}`;
  if (day === formatDay(nowMs - 86_400_000)) return `Yesterday, ${day}`;
  return day;
}

export interface StateText {
  text: string;
  tone: "" | "warn" | "error";
}

export function datasetState(dataset: DatasetInfo): StateText {
  const incomplete = incompleteText(dataset);
  if (dataset.state === "open") return { text: "Being recorded", tone: "error" };
  if (dataset.state === "needs_recovery")
    return { text: `${incomplete?.text ?? "incomplete: interrupted"}. Recover makes it readable`, tone: "error" };
  return incomplete ?? { text: formatCount(dataset.frames_stored, "frame"), tone: "" };
}

/** "incomplete: 12 of 100, disk full"; null: complete, or nothing is known of its end. Lost frames are told beside it. */
export function incompleteText({ end, frame_limit, frames_stored }: DatasetInfo): StateText | null {
  if (!end || end.kind === "complete") return null;
  // Without a count to reach, a stop is the end that was meant.
  if (end.kind === "stopped" && frame_limit === null) return null;
  const stored = formatNumber(frames_stored);
  const count =
    frame_limit === null ? formatCount(frames_stored, "frame") : `${stored} of ${formatNumber(frame_limit)}`;
  const why = end.kind === "failed" ? (end.reason ?? "the run failed") : end.kind;
  return { text: `incomplete: ${count}, ${why}`, tone: end.kind === "stopped" ? "warn" : "error" };
}

/** "t 10, c 3, z 10, 1920 × 1080 px", which breaks between lines only after a comma. */
export function shapeText({ axes, shape }: DatasetInfo): string {
  const outer = shape.slice(0, -2).map((size, index) => `${axes[index]?.name ?? "?"} ${size}`);
  const [height, width] = shape.slice(-2);
  if (width === undefined) return outer.join(", ");
  return [...outer, `${width} × ${height ?? 1} px`].map((part) => part.replaceAll(" ", "\u00a0")).join(", ");
}
