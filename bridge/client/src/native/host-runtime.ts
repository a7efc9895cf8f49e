import type { Configuration, PreviewEncoding, Result, Validation } from "@zarrcam/protocol";

import type { PreviewRequest } from "../previews.ts";
import type { Runtime } from "../runtime.ts";

/** Which bytes of the body at a key of `@live` are wanted. */
export type LiveRange =
  | { kind: "nothing" }
  | { kind: "whole" }
  /** Bytes from `start` to `end`, without `end`; fewer where the body ends before. */
  | { kind: "from"; start: number; end: number }
  /** The last `count` bytes. */
  | { kind: "last"; count: number };

/** What stands at a key of `@live`. */
export type LiveAnswer =
  | { kind: "not_found" }
  | {
      kind: "found";
      total_bytes: number;
      /** A strong entity tag with its quotes, as the header ETag takes it. */
      etag: string;
      /** Whether these bytes never change: a shard that was asked for under the id of its run. */
      immutable: boolean;
      /** The bytes that were asked for. */
      body: Uint8Array;
    }
  | { kind: "out_of_range"; total_bytes: number; etag: string; immutable: boolean };

/** The frames of one recording as the bytes of the protocol's records. */
export interface FrameBytes {
  /**
   * Fills `into` from its start with what is there, once something is; 0: all was read. One call at a time. Rejects with
   * `closed` where the recording that was waited for does not come.
   */
  read(into: Buffer): Promise<number>;
  /** Whoever reads wants no more: what waits is lost to it. */
  close(): void;
}

/** A picture of a preview that the core made. */
export interface PreviewPicture {
  /** The binary message as it goes over the wire; who sends it fills in subscription and skipped frames. */
  message: Uint8Array;
  /** Number of the frame in its stream: what the next `nextPreview` takes as `after`. */
  sequence: number;
}

/** A picture that is asked of the core. */
export interface HostPreviewRequest extends PreviewRequest {
  /** How it is made smaller for the network; left out: it is not. */
  form?: { encoding: PreviewEncoding; /** How many times along each side. */ reduce: number };
}

/** What a bridge needs of the runtime in its own process beyond what everybody may call. */
export interface HostRuntime extends Runtime {
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  setConfiguration(
    configuration: Configuration,
    options?: {
      revision?: number;
      /** Whose edit it is: everybody is told it with the change. */
      changedBy?: string;
      /** Whether files that are to be played must lie in the data folder. Default false. */
      onlyDataFolder?: boolean;
    },
  ): Promise<Result<"set_configuration">>;
  validate(
    configuration: Configuration,
    options?: {
      storeHere?: boolean;
      /** As for `setConfiguration`. */
      onlyDataFolder?: boolean;
    },
  ): Promise<Validation>;
  /**
   * The newest frame after `after` (null: the newest there is), at once where there is one, else when it comes.
   * Null: the signal ended the wait.
   */
  nextPreview(request: HostPreviewRequest, after: number | null, signal: AbortSignal): Promise<PreviewPicture | null>;
  /**
   * What stands at a key of a dataset's `@live` group: `zarr.json`, `0/c/7/0/0`, `RUN/0/c/7/0/0`. `not_found` for what is
   * not stored yet, every unknown key, and every dataset that is none of ours.
   */
  readLive(dataset: string, key: string, range: LiveRange): Promise<LiveAnswer>;
  /**
   * Every frame of a recording: of the one that goes on, or with `nextRun` of the one that is started next. With `backPressure`
   * the run waits for the reader where nothing is written here. Rejects with `not_running`, `unknown_stream`, `closed`.
   */
  openFrames(wanted: { stream: number; nextRun: boolean; backPressure: boolean }): Promise<FrameBytes>;
  /** Takes one frame with a stream that rests, as the binary message that goes over the wire. */
  snapMessage(stream: number): Promise<Uint8Array>;
}
