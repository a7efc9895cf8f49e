import type { Plan, Problem, VideoStream } from "@zarrcam/protocol";
import { formatBytes, formatDuration } from "../ui/format.ts";
import { costOf, diskLeftS } from "./sentence.ts";

/** One thing that was looked at before the start. */
export interface Check {
  label: string;
  value: string;
  /** What the value means, and where it is from. */
  explained: string;
  tone: "" | "warn" | "alarm";
}

export interface PreflightInput {
  streams: readonly {
    stream: VideoStream;
    plan: Plan | null;
    problems: readonly Problem[];
    freeBytes: number | null;
  }[];
}

export function preflight({ streams }: PreflightInput): Check[] {
  return [disk(streams), memory(streams), name(streams)];
}

function disk(streams: PreflightInput["streams"]): Check {
  const label = "Disk after";
  const free = streams.find(({ freeBytes }) => freeBytes !== null)?.freeBytes ?? null;
  const costs = streams.map(({ stream, plan }) => costOf(stream, plan));
  if (free === null)
    return { label, value: "–", explained: "Nothing is written, or the free space is not known", tone: "" };
  if (costs.some(({ bytes }) => bytes === null)) {
    const perMinute = costs.reduce((sum, { bytesPerMinute }) => sum + (bytesPerMinute ?? 0), 0);
    const left = diskLeftS(free, perMinute);
    const value = left === null ? formatBytes(free) : `full: ${formatDuration(left)}`;
    return { label, value, explained: `${formatBytes(free)} are free; the run goes on until it is stopped`, tone: "" };
  }
  const needed = costs.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const after = free - needed;
  const explained = `${formatBytes(needed)} of ${formatBytes(free)} free, before compression`;
  return after < 0
    ? { label, value: "too full", explained, tone: "warn" }
    : { label, value: formatBytes(after), explained, tone: "" };
}

function memory(streams: PreflightInput["streams"]): Check {
  const bound = streams.reduce((sum, { plan }) => sum + (plan?.memory_bound_bytes ?? 0), 0);
  const value = bound > 0 ? formatBytes(bound) : "–";
  return { label: "Memory", value, explained: "The writer never takes more, its queue included", tone: "" };
}

function name(streams: PreflightInput["streams"]): Check {
  const label = "Name";
  const about = streams.flatMap(({ problems }) => problems).filter(({ path }) => path.endsWith(".uri"));
  const wrong = about.find(({ severity }) => severity === "error");
  if (wrong)
    return { label, value: wrong.code === "exists" ? "taken" : "wrong", explained: wrong.message, tone: "alarm" };
  const replaced = about.find(({ code }) => code === "overwrite");
  if (replaced) return { label, value: "replaced", explained: replaced.message, tone: "warn" };
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  if (saved.length === 0) return { label, value: "none", explained: "Nothing is saved", tone: "warn" };
  return { label, value: "free", explained: "Nothing of this name is in the data folder", tone: "" };
}
