import type { FramesOptions } from "@zarrcam/client/remote";
import type { ErrorCode } from "@zarrcam/protocol";

export type FrameRequest = Pick<FramesOptions, "stream" | "nextRun" | "backPressure">;

/** To the thread that reads: what to read, or memory that it may use again. */
export type ToReader = { kind: "open"; url: string; request: FrameRequest } | { kind: "return"; memory: ArrayBuffer };

/** From it. After `end` or `failed` nothing follows. */
export type FromReader =
  | { kind: "opened" }
  | { kind: "piece"; memory: ArrayBuffer; bytes: number }
  | { kind: "end" }
  /** `code` is null where the error is none of ours. */
  | { kind: "failed"; code: ErrorCode | null; message: string };
