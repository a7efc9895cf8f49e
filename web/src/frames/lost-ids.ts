import type { Loss } from "@zarrcam/protocol";
import type { lossCause } from "../viewer/ports.ts";

/** One exposure of the camera that is not stored. */
export interface LostFrame {
  /** How the camera itself counted it. */
  hardwareId: number;
  /** Of the dataset; frames that are averaged into one share it. */
  frameIndex: number;
  cause: Loss["cause"];
  /** What was in its way to this browser, which was to store it; none: it was lost before. */
  why?: KnownLoss["why"];
}

type KnownLoss = Parameters<typeof lossCause>[0] & Loss;

/** More than this in one gap and the page would be nothing but buttons: the rest is counted in the table. */
const IDS_A_PAGE = 2000;

/** The lost frames of these ranges by hardware id, one entry each, up to `IDS_A_PAGE` of them. */
export function lostIds(ranges: readonly KnownLoss[]): LostFrame[] {
  const result: LostFrame[] = [];
  for (const { first_hardware_id, first_frame_index, count, array_frames, cause, why } of ranges) {
    // Of an average many frames share an index.
    const framesPerIndex = Math.max(1, Math.round(count / array_frames));
    for (let index = 0; index < count && result.length < IDS_A_PAGE; index += 1) {
      const frameIndex = first_frame_index + Math.floor(index / framesPerIndex);
      result.push({ hardwareId: first_hardware_id + index, frameIndex, cause, ...(why ? { why } : {}) });
    }
  }
  return result;
}

/** How many frames, as the camera counts them, these ranges hold. */
export function countLost(ranges: readonly Loss[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
