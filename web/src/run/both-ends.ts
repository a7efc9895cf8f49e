import type { Ledger, Loss, RunSummary, Stats, StreamStats, StreamSummary } from "@zarrcam/protocol";
import type { LostOnTheWay, Report } from "../recorder/index.ts";
import type { StorePlace } from "./store-choice.svelte.ts";

/** One stream of a run that this browser stores. */
export interface BrowserStream {
  /** Index in `video`. */
  stream: number;
  /** The name of its dataset, as Datasets lists it. */
  dataset: string;
  /** Frames of the camera in one that is stored. */
  framesAveraged: number;
  /** Bytes of one that is stored. */
  frameBytes: number;
  /** What was said last; null: nothing yet. */
  report: Report | null;
  /** Why it is not recorded, or no longer: a sentence, and a few words; null: all is well. */
  failure: { message: string; reason: string } | null;
  /** It is closed. */
  ended: boolean;
  /** Frames a second that are stored here. */
  storedFps: number;
}

/** Why a frame is lost: as the statistics have it, or what was in its way to this browser. */
export type LossWithWhy = Loss & { why?: LostOnTheWay["why"] };

/**
 * The counts over both ends: what the camera computer captured is stored here, lost, or waits at either end.
 * @param there the camera computer's; null: it says nothing any more
 */
export function ledgerOverBothEnds(there: Ledger | null, { report, framesAveraged, ended }: BrowserStream): Ledger {
  const here = report?.ledger;
  const times = (frames: number | undefined) => (frames ?? 0) * framesAveraged;
  const [stored, dropped] = [times(here?.stored), times(here?.dropped)];
  const captured = Math.max(there?.captured ?? 0, times(here?.captured));
  // When nothing more is stored here, what did not come is lost: on its way, or with the storage.
  const rest = captured - stored - dropped;
  const gone = ended ? rest : 0;
  return {
    captured,
    stored,
    dropped: dropped + gone,
    in_flight: rest - gone,
    dropped_camera: times(here?.dropped_camera),
    dropped_queue: times(here?.dropped_queue) + (report?.failure ? 0 : gone),
    dropped_storage: times(here?.dropped_storage) + (report?.failure ? gone : 0),
    array_frames: (here?.array_frames ?? 0) + Math.ceil(gone / framesAveraged),
  };
}

/** The losses with what is known of why; those that nobody told of one by one are at the end. */
export function lossesHere({ report, framesAveraged }: BrowserStream, ledger: Ledger): LossWithWhy[] {
  const told = report?.losses.ranges ?? [];
  const losses: LossWithWhy[] = told.map((loss) => {
    const why = loss.cause === "queue" ? whyOf(report?.onTheWay ?? [], loss.first_frame_index) : undefined;
    return {
      ...loss,
      count: loss.count * framesAveraged,
      first_hardware_id: loss.first_hardware_id * framesAveraged,
      ...(why === undefined ? {} : { why }),
    };
  });
  const known = report?.ledger.array_frames ?? 0;
  const rest = ledger.array_frames - known;
  if (rest > 0 && (report?.losses.total ?? 0) <= told.length)
    losses.push({
      first_frame_index: known,
      first_hardware_id: known * framesAveraged,
      count: rest * framesAveraged,
      array_frames: rest,
      cause: report?.failure ? "storage" : "queue",
      ...(report?.failure ? { why: "this browser" } : { why: "network" }),
    });
  return losses;
}

function whyOf(onTheWay: readonly LostOnTheWay[], frameIndex: number): LostOnTheWay["why"] | undefined {
  return onTheWay.findLast((lost) => lost.frameIndex <= frameIndex && frameIndex < lost.frameIndex + lost.count)?.why;
}

/** What the statistics say of a stream that this browser stores: of storage, what is true here. */
export function statsHere(stats: StreamStats, here: BrowserStream): StreamStats {
  const ledger = ledgerOverBothEnds(stats.ledger, here);
  const { report } = here;
  const ranges = lossesHere(here, ledger);
  return {
    ...stats,
    ledger,
    losses: { from: 0, ranges, total: Math.max(report?.losses.total ?? 0, ranges.length), captured_end: null },
    frames_published: report?.published?.frames_published ?? 0,
    bytes_stored: (report?.ledger.stored ?? 0) * here.frameBytes,
    rates: {
      ...stats.rates,
      stored_fps: here.storedFps * here.framesAveraged,
      stored_bytes_per_s: here.storedFps * here.frameBytes,
    },
    error: here.failure === null ? stats.error : { code: "storage", ...here.failure },
  };
}

/** The statistics of a run as the page shows them, where this browser is the only one that stores it. */
export function statsOverBothEnds(stats: Stats, streams: readonly BrowserStream[], place: StorePlace): Stats {
  if (place !== "browser") return stats;
  return {
    ...stats,
    streams: stats.streams.map((one) => {
      const here = streams.find(({ stream }) => stream === one.stream);
      return here ? statsHere(one, here) : one;
    }),
  };
}

/** How the run ended, as this browser has it. */
export function summaryHere(summary: RunSummary, streams: readonly BrowserStream[]): RunSummary {
  const ended = summary.streams.map((one): StreamSummary => {
    const here = streams.find(({ stream }) => stream === one.stream);
    return here ? streamSummaryHere(one, here) : one;
  });
  return {
    ...summary,
    complete: ended.every(({ error, ledger }) => error === null && ledger.dropped === 0),
    streams: ended,
  };
}

function streamSummaryHere(summary: StreamSummary, here: BrowserStream): StreamSummary {
  const { report, failure, dataset } = here;
  const ledger = ledgerOverBothEnds(summary.ledger, here);
  const counts = {
    path: `${dataset} in this browser`,
    ledger,
    frames_stored: report?.ledger.stored ?? 0,
    frames_published: report?.published?.frames_published ?? 0,
    bytes_stored: (report?.ledger.stored ?? 0) * here.frameBytes,
  };
  if (failure !== null) {
    const error = { code: "storage", ...failure } as const;
    return { ...summary, ...counts, error, end: { kind: "failed", reason: failure.reason } };
  }
  return { ...summary, ...counts, end: report?.end ?? summary.end };
}
