import type { Ledger, Loss } from "@zarrcam/protocol";

/** What the time axis draws, in frames. */
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
  const saved = ledger?.array_frames ?? 0;
  const waiting = saved + (ledger?.in_flight ?? 0);
  if (limit !== null && limit > 0) {
    return { total: limit, saved: Math.min(limit, saved), waiting: Math.min(limit, waiting), planned: true };
  }
  let total = LEAST_TOTAL;
  while (total < waiting) total *= 2;
  return { total, saved, waiting, planned: false };
}

/** One mark on the axis, for something at a frame and for what lies too near to it for a mark of its own. */
export interface AxisMark<T> {
  frameIndex: number;
  /** How much it stands for. */
  count: number;
  /** The first of it. */
  first: T;
}

/**
 * Marks that lie at least so far from each other, so that each can be hit.
 *
 * @param all in order of their frames
 * @param position of a frame along the axis, px
 * @param least from one mark to the next, px
 */
export function axisMarks<T>(
  all: readonly T[],
  at: (one: T) => { frameIndex: number; count: number },
  position: (frameIndex: number) => number,
  least: number,
): AxisMark<T>[] {
  const marks: AxisMark<T>[] = [];
  let taken = Number.NEGATIVE_INFINITY;
  for (const first of all) {
    const { frameIndex, count } = at(first);
    const here = position(frameIndex);
    const last = marks.at(-1);
    if (last && here - taken < least) last.count += count;
    else {
      marks.push({ frameIndex, count, first });
      taken = here;
    }
  }
  return marks;
}

/** The loss that a frame belongs to; null: it is not lost. @param losses in order of their frames */
export function lossAt(losses: readonly Loss[], frameIndex: number): Loss | null {
  let low = 0;
  let high = losses.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const loss = losses[middle];
    if (!loss) return null;
    if (frameIndex < loss.first_frame_index) high = middle - 1;
    else if (frameIndex >= loss.first_frame_index + loss.array_frames) low = middle + 1;
    else return loss;
  }
  return null;
}

/** What is known of a loss; `why`: what was in its way from the camera computer to this browser, which was to store it. */
type KnownLoss = Pick<Loss, "cause"> & { why?: "network" | "this browser" | "busy" | undefined };

/** Why frames are lost, a clause for users: the same one wherever a loss is told. */
export function lossCause({ cause, why }: KnownLoss): string {
  switch (why) {
    case "network":
      return "the network to this browser was too slow";
    case "this browser":
      return "this browser was too slow";
    case "busy":
      return "the camera computer saved its own first";
    case undefined:
  }
  switch (cause) {
    case "camera":
      return "not delivered by the camera";
    case "queue":
      return "queue full";
    case "storage":
      return "storage failed";
  }
}

/** "frame 118 lost: queue full" */
export function lossLabel(loss: Loss, frameIndex: number): string {
  return `frame ${frameIndex} lost: ${lossCause(loss)}`;
}
