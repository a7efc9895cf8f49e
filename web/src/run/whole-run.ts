import type { StreamStats } from "@zarrcam/protocol";

/** All cameras of a run as one: what is left of it is left for the slowest of them. */
export interface WholeRun {
  /** How many frames are stored or lost. */
  decided: number;
  /** How many frames all cameras together are to take; null: until stopped. */
  limit: number | null;
  remainingS: number | null;
  elapsedS: number;
  cameraFps: number;
  storedFps: number;
  storedBytesPerS: number;
  queue: { frames: number; capacity: number };
  inFlight: number;
  lost: number;
  paths: string[];
  /** How late the latest time point began, ms; null: no interval is set. */
  latenessMs: number | null;
  /** A failure before a warning, with the name of its camera where there are several. */
  warning: string | null;
  waitsForTrigger: string | null;
}

export function wholeRun(streams: readonly StreamStats[]): WholeRun | null {
  if (streams.length === 0) return null;
  const sum = (pick: (stream: StreamStats) => number) => streams.reduce((total, stream) => total + pick(stream), 0);
  const sumOrNull = (pick: (stream: StreamStats) => number | null) =>
    streams.some((stream) => pick(stream) === null) ? null : sum((stream) => pick(stream) ?? 0);
  const largest = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const of = (stream: StreamStats, text: string) => (streams.length > 1 ? `${stream.name}: ${text}` : text);
  const failed = streams.find(({ error }) => error !== null);
  const warned = streams.find(({ warnings }) => warnings.length > 0);
  const waiting = streams.find(({ state_of_stream }) => state_of_stream === "waiting_for_trigger");
  // One that ended leaves nothing to wait for; one whose time is not known leaves the whole unknown.
  const unknown = streams.some(({ remaining_s }) => remaining_s === null);
  return {
    decided: sum(({ ledger }) => ledger.array_frames),
    limit: sumOrNull(({ frame_limit }) => frame_limit),
    remainingS: unknown ? null : largest(streams.map(({ remaining_s }) => remaining_s)),
    elapsedS: largest(streams.map(({ elapsed_s }) => elapsed_s)) ?? 0,
    cameraFps: sum(({ rates }) => rates.camera_fps),
    storedFps: sum(({ rates }) => rates.stored_fps),
    storedBytesPerS: sum(({ rates }) => rates.stored_bytes_per_s),
    queue: { frames: sum(({ queue }) => queue.frames), capacity: sum(({ queue }) => queue.capacity) },
    inFlight: sum(({ ledger }) => ledger.in_flight),
    lost: sum(({ ledger }) => ledger.dropped),
    paths: streams.flatMap(({ path }) => path ?? []),
    latenessMs: largest(streams.map(({ lateness_ms }) => lateness_ms)),
    warning: failed?.error ? of(failed, failed.error.message) : warned ? of(warned, warned.warnings[0] ?? "") : null,
    waitsForTrigger: waiting ? of(waiting, "waiting for a trigger") : null,
  };
}
