import type { Ledger, Loss } from "@zarrcam/protocol";

/** What the time axis draws, in places. */
export interface TimeSegments {
  /** Length of the axis. */
  total: number;
  /** Saved from 0 to here. */
  saved: number;
  /** Waiting to be saved from there to here. */
  waiting: number;
  /** The end is the plan's, not a guess. */
  planned: boolean;
}

/** A run without end gets an axis that doubles when it is full: it moves seldom. */
const LEAST_TOTAL = 64;

export function timeSegments(ledger: Ledger | null, limit: number | null): TimeSegments {
  const saved = ledger?.places ?? 0;
  const waiting = saved + (ledger?.in_flight ?? 0);
  if (limit !== null && limit > 0) {
    return { total: limit, saved: Math.min(limit, saved), waiting: Math.min(limit, waiting), planned: true };
  }
  let total = LEAST_TOTAL;
  while (total < waiting) total *= 2;
  return { total, saved, waiting, planned: false };
}

export interface LossMark {
  place: number;
  /** Frames that the mark stands for. */
  count: number;
  loss: Loss;
}

/** Losses nearer than `least` px to the mark before are counted with it, so that each mark can be hit. */
export function lossMarks(losses: Loss[], position: (place: number) => number, least: number): LossMark[] {
  const marks: LossMark[] = [];
  let taken = Number.NEGATIVE_INFINITY;
  for (const loss of losses) {
    const at = position(loss.first_place);
    const last = marks.at(-1);
    if (last && at - taken < least) last.count += loss.count;
    else {
      marks.push({ place: loss.first_place, count: loss.count, loss });
      taken = at;
    }
  }
  return marks;
}

export function lossAt(losses: Loss[], place: number): Loss | null {
  let low = 0;
  let high = losses.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const loss = losses[middle];
    if (!loss) return null;
    if (place < loss.first_place) high = middle - 1;
    else if (place >= loss.first_place + loss.places) low = middle + 1;
    else return loss;
  }
  return null;
}

const causes = {
  camera: "the camera never delivered it",
  queue: "queue full",
  storage: "storage failed",
} as const;

/** "frame 118 lost: queue full" */
export function lossWords(loss: Loss, place: number): string {
  // Of an average the first of its frames.
  const framesPerPlace = Math.max(1, Math.round(loss.count / loss.places));
  return `frame ${loss.first_hardware_id + (place - loss.first_place) * framesPerPlace} lost: ${causes[loss.cause]}`;
}
