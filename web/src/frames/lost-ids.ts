import type { DropCause, Loss } from "@zarrcam/protocol";

export interface LostFrame {
  hardwareId: number;
  frameIndex: number;
  cause: DropCause;
}

/** More than this in one gap and the page would be nothing but buttons: the rest is counted in the table. */
const IDS_A_PAGE = 2000;

/** Every lost id of the gaps, one entry a frame. */
export function lostIds(runs: readonly Loss[]): LostFrame[] {
  const result: LostFrame[] = [];
  for (const { first_hardware_id, first_frame_index, count, array_frames, cause } of runs) {
    // Of an average many frames share an index.
    const framesPerIndex = Math.max(1, Math.round(count / array_frames));
    for (let index = 0; index < count && result.length < IDS_A_PAGE; index += 1) {
      const frameIndex = first_frame_index + Math.floor(index / framesPerIndex);
      result.push({ hardwareId: first_hardware_id + index, frameIndex, cause });
    }
  }
  return result;
}

export function countLost(runs: readonly Loss[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}

export function causeLabel(cause: DropCause): string {
  switch (cause) {
    case "camera":
      return "not delivered by the camera";
    case "queue":
      return "queue full";
    case "storage":
      return "storage failed";
  }
}
