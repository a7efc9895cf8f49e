import type { RunSummary, RuntimeState, Stats } from "@zarrcam/protocol";
import { wholeRun } from "../run/whole-run.ts";
import { stateLabel } from "../run/state-labels.ts";
import { formatBytes, formatCount, formatDuration, formatFps, formatRate, formatTime } from "../ui/format.ts";

/** What a tile tells of a rig, in words. */
export interface RigFacts {
  readonly state: string;
  /** What the run comes to, or how the last one ended; empty: there is nothing to tell. */
  readonly progress: string;
  /** Empty: no camera runs. */
  readonly rates: string;
  readonly losses: string;
  readonly disk: string;
  /** Something was lost, or failed. */
  readonly bad: boolean;
  readonly warning: string | null;
}

export interface RigNumbers {
  readonly state: RuntimeState;
  readonly stats: Stats | null;
  readonly lastRun: RunSummary | null;
  readonly diskFreeBytes: number | null;
}

/** @param nowMs by the clock of who looks, at which a planned end is told */
export function rigFacts({ state, stats, lastRun, diskFreeBytes }: RigNumbers, nowMs: number): RigFacts {
  const runs = state === "Running" || state === "Previewing";
  const whole = runs && stats ? wholeRun(stats.streams) : null;
  const lastLost = lastRun?.streams.reduce((sum, { ledger }) => sum + ledger.dropped, 0) ?? 0;
  const lastError = lastRun?.streams.find(({ error }) => error !== null)?.error?.message ?? null;
  const recording = state === "Running";
  // A preview loses nothing that anybody wanted; what the last recording lost stands until the next.
  const lost = recording ? (whole?.lost ?? 0) : lastLost;
  const hasRun = recording || lastRun !== null;
  return {
    state: stateLabel(state),
    progress: recording ? progressOf(whole, nowMs) : lastRun === null ? "" : lastRunOf(lastRun),
    rates: whole
      ? [`${formatFps(whole.cameraFps)} frames/s`, ...(recording ? [formatRate(whole.storedBytesPerS)] : [])].join(", ")
      : "",
    losses: !hasRun ? "" : `${recording ? "" : "last run "}lost ${formatCount(lost, "frame")}`,
    disk: diskFreeBytes === null ? "" : `${formatBytes(diskFreeBytes)} free`,
    bad: lost > 0 || (recording ? (whole?.warning ?? null) !== null : lastError !== null),
    warning: recording ? (whole?.warning ?? null) : lastError,
  };
}

function progressOf(whole: ReturnType<typeof wholeRun>, nowMs: number): string {
  if (!whole) return "";
  if (whole.waitsForTrigger !== null) return whole.waitsForTrigger;
  if (whole.remainingS !== null)
    return `${formatDuration(whole.remainingS)} left, until ${formatTime(nowMs + whole.remainingS * 1000).slice(0, 5)}`;
  return `${formatDuration(Math.floor(whole.elapsedS))} so far, until stopped`;
}

function lastRunOf({ streams }: RunSummary): string {
  const stored = streams.reduce((sum, { ledger }) => sum + ledger.stored, 0);
  return streams.length === 0 ? "" : `last run saved ${formatCount(stored, "frame")}`;
}
