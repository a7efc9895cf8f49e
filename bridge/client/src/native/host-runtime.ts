import type { Configuration, Result } from "@zarrcam/protocol";

import type { PreviewRequest } from "../previews.ts";
import type { Runtime } from "../runtime.ts";

/** Which bytes of what stands at a key are wanted. */
export type LiveRange =
  | { kind: "nothing" }
  | { kind: "whole" }
  /** `end` is one past the last, and cut at the end. */
  | { kind: "from"; start: number; end: number }
  /** So many at the end. */
  | { kind: "last"; count: number };

export type LiveAnswer =
  | { kind: "not_found" }
  | {
      kind: "found";
      total_bytes: number;
      /** Strong, with its quotes. */
      etag: string;
      /** Asked for by the run's id, and no document: these bytes never change. */
      immutable: boolean;
      /** What was asked for. */
      body: Uint8Array;
    }
  | { kind: "out_of_range"; total_bytes: number; etag: string; immutable: boolean };

export interface PreviewPicture {
  /** As it goes over the wire; subscription and skipped frames are for the sender to fill in. */
  message: Uint8Array;
  /** Counts the frames of the stream; what the next call takes as `after`. */
  sequence: number;
}

/** What a bridge needs of the runtime in its own process beyond what everybody may call. */
export interface HostRuntime extends Runtime {
  readonly dataDir: string;
  setConfiguration(
    configuration: Configuration,
    options?: { revision?: number; /** Who: told to everybody with the change. */ changedBy?: string },
  ): Promise<Result<"set_configuration">>;
  /**
   * The newest frame after `after` (null: the newest there is), at once where there is one, else when it comes.
   * Null: the signal ended the wait.
   */
  nextPreview(request: PreviewRequest, after: number | null, signal: AbortSignal): Promise<PreviewPicture | null>;
  /**
   * What stands at a key of a dataset's `@live` group: `zarr.json`, `0/c/7/0/0`, `RUN/0/c/7/0/0`. `not_found` for what is
   * not stored yet, every unknown key, and every dataset that is none of ours.
   */
  readLive(dataset: string, key: string, range: LiveRange): Promise<LiveAnswer>;
  /** One frame as it goes over the wire. */
  snapMessage(stream: number): Promise<Uint8Array>;
}
