import type { RecordingEstimate, Plan, VideoStream } from "@zarrcam/protocol";

/** A camera that would run, and what the core plans for it. */
export interface ActiveStream {
  stream: VideoStream;
  /** In `video`. */
  index: number;
  plan: Plan | null;
  /** Null: the core has not said yet. */
  estimate: RecordingEstimate | null;
}
