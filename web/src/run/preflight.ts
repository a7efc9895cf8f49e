import type { RecordingEstimate, Plan, Problem, VideoStream } from "@zarrcam/protocol";
import { diskLeftS } from "../draft/disk-room.ts";
import { formatBytes, formatDuration } from "../ui/format.ts";

/** One thing that was looked at before the start. */
export interface Check {
  label: string;
  value: string;
  /** What the value means, and where it is from. */
  explanation: string;
  tone: "" | "warn" | "alarm";
}

export interface PreflightInput {
  streams: readonly {
    stream: VideoStream;
    plan: Plan | null;
    /** Null: the core has not said yet. */
    estimate: RecordingEstimate | null;
    problems: readonly Problem[];
    freeBytes: number | null;
  }[];
}

export function preflight({ streams }: PreflightInput): Check[] {
  return [disk(streams), memory(streams), name(streams)];
}

function disk(streams: PreflightInput["streams"]): Check {
  const label = "Disk after";
  // What the core has not judged yet is not counted.
  const estimates = streams.flatMap(({ estimate, freeBytes }) => (estimate ? [{ ...estimate, freeBytes }] : []));
  // Streams that see the same free bytes at the same moment write to the same disk.
  const disks = [...new Set(estimates.map(({ freeBytes }) => freeBytes))].flatMap((free) => {
    const here = estimates.filter(({ freeBytes }) => freeBytes === free);
    const sum = (pick: (estimate: (typeof here)[number]) => number | null) =>
      here.reduce((total, estimate) => total + (pick(estimate) ?? 0), 0);
    const endless = here.some(({ bytes }) => bytes === null);
    return free === null
      ? []
      : [{ free, endless, needed: sum(({ bytes }) => bytes), rate: sum(({ bytes_per_minute }) => bytes_per_minute) }];
  });
  const left = disks.map(({ free, endless, needed, rate }) => ({
    free,
    needed,
    endless,
    seconds: endless ? diskLeftS(free, rate) : null,
    after: endless ? free : free - needed,
  }));
  // Of several the one that is worst off.
  const [worst] = left.sort((a, b) => Number(b.endless) - Number(a.endless) || a.after - b.after);
  if (!worst) return { label, value: "–", explanation: "Nothing is written, or the free space is not known", tone: "" };
  if (worst.endless) {
    const value = worst.seconds === null ? formatBytes(worst.free) : `full: ${formatDuration(worst.seconds)}`;
    const explanation = `${formatBytes(worst.free)} are free; the run goes on until it is stopped`;
    return { label, value, explanation, tone: "" };
  }
  const explanation = `${formatBytes(worst.needed)} of ${formatBytes(worst.free)} free, before compression`;
  return worst.after < 0
    ? { label, value: "too full", explanation, tone: "warn" }
    : { label, value: formatBytes(worst.after), explanation, tone: "" };
}

function memory(streams: PreflightInput["streams"]): Check {
  const bound = streams.reduce((sum, { plan }) => sum + (plan?.memory_bound_bytes ?? 0), 0);
  const value = bound > 0 ? formatBytes(bound) : "–";
  return { label: "Memory", value, explanation: "The writer never takes more, its queue included", tone: "" };
}

function name(streams: PreflightInput["streams"]): Check {
  const label = "Name";
  const about = streams.flatMap(({ problems }) => problems).filter(({ path }) => path.endsWith(".uri"));
  const wrong = about.find(({ severity }) => severity === "error");
  if (wrong)
    return { label, value: wrong.code === "exists" ? "taken" : "wrong", explanation: wrong.message, tone: "alarm" };
  const replaced = about.find(({ code }) => code === "overwrite" || code === "foreign_files");
  if (replaced) return { label, value: "replaced", explanation: replaced.message, tone: "warn" };
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  if (saved.length === 0) return { label, value: "none", explanation: "Nothing is saved", tone: "warn" };
  return { label, value: "free", explanation: "Nothing of this name is in the data folder", tone: "" };
}
