import type { StreamStats } from "@zarrcam/protocol";
import { isActive } from "../configuration/streams.ts";
import type { Draft } from "./draft.svelte.ts";

export interface DiskRoomPort {
  readonly draft: Pick<Draft, "working" | "resolved" | "diskFreeBytes">;
  /** Index in `video` of the shown camera. */
  readonly shownStream: number;
  /** Statistics of the shown camera in the recording that goes on; null: none does. */
  readonly recordingStats: Pick<StreamStats, "disk_free_bytes"> | null;
}

/** The disk to which the shown camera writes. */
export class DiskRoom {
  readonly #port: DiskRoomPort;

  constructor(port: DiskRoomPort) {
    this.#port = port;
  }

  /** Free bytes, as the run that goes on or else the last validation says; null: not known. */
  get freeBytes(): number | null {
    const { recordingStats, draft, shownStream } = this.#port;
    return recordingStats?.disk_free_bytes ?? draft.diskFreeBytes[shownStream] ?? null;
  }

  /** How long the disk lasts, in seconds, at the pace of all streams that write to it; null: not known, or nothing is written. */
  get leftS(): number | null {
    const { draft, shownStream: shown } = this.#port;
    // Streams that see the same free bytes at the same moment write to the same disk.
    const here = draft.diskFreeBytes[shown];
    const perMinute = draft.working.video.reduce((sum, stream, index) => {
      const shares = isActive(stream) && (index === shown || draft.diskFreeBytes[index] === here);
      return shares ? sum + (draft.resolved[index]?.estimate.bytes_per_minute ?? 0) : sum;
    }, 0);
    return diskLeftS(this.freeBytes, perMinute);
  }
}

/** How long a disk lasts, in seconds; null: nothing is known or written. */
export function diskLeftS(freeBytes: number | null, bytesPerMinute: number | null): number | null {
  if (freeBytes === null || !bytesPerMinute) return null;
  return (freeBytes / bytesPerMinute) * 60;
}
