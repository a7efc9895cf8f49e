/**
 * The native addon. Structured data crosses as JSON text; its types are the generated ones (`bridge/protocol/src/generated`).
 *
 * Every error, thrown or rejected, has as its message the JSON of `{code, message, path, problems}`.
 * No call blocks the event loop or one of libuv's threads: what takes time is a promise. Waits (`stop`, `nextPreview` and
 * their like) hold no thread; the other calls are answered by 24 threads at most, each kind by its own: 8 read `@live`,
 * 4 copy frames, 4 answer questions, 4 take the cameras, 2 recover, 2 close. The 10,001st call of a kind that waits is rejected with
 * `too_many_requests`. A pending promise keeps Node alive, the event callback does not.
 */
export class NativeRuntime {
  /**
   * @param optionsJson `{data_dir?: string, working_dir?: string, set_up?: boolean, camera_interfaces?: string[]}`.
   *   With `data_dir` a `uri` resolves under it and may not leave it; else under `working_dir` (default: the process's).
   *   `set_up`: it begins with a configuration that could record at once. `camera_interfaces`: the network interfaces on which
   *   cameras are searched; `all`: every one; none (default): nothing is sent to any network.
   * @param onEvent gets each event as JSON: `Event`, tagged by `event`.
   */
  constructor(optionsJson: string, onEvent: (eventJson: string) => void);

  /**
   * Any call of `CoreCalls`, by its name: parameters and answer are the JSON of the types that stand there. Throws or rejects
   * with `invalid_params` where the parameters are none of the call's.
   */
  call(method: string, paramsJson: string): Promise<string>;

  /** One unsaved frame, as a preview message at full resolution. */
  snap(stream: number): Promise<Picture>;

  /**
   * The next picture of a stream: of the newest frame after `after` (a `sequence`), at once where there is one.
   * Without `after` it is of the run that goes on; with `ended_run` also the last picture of one that has ended.
   * @param requestJson `PreviewRequest`: `{stream, subscription?, max_width?, max_height?, region?, full?, ended_run?}`
   */
  nextPreview(requestJson: string, after?: number | null): Promise<Picture>;
  /** Rejects the waiting `nextPreview`s and `nextFrame`s of a subscription with the code `cancelled`. */
  cancelPreviews(subscription: number): void;
  /** The newest whole frame after `after`, copied. For observers: never holds a buffer. */
  nextFrame(stream: number, after: number | null, subscription: number): Promise<ObservedFrame>;

  /**
   * Begins to take every frame of a recording: of the one that goes on, from now on, or with `next_run` of the one that is
   * started next, from its first frame on. Rejects with `not_running`, `unknown_stream`, `closed`.
   * @param requestJson `{stream, next_run?, back_pressure?}`; with `back_pressure` the run waits for the reader, where
   *   nothing is written on this computer.
   */
  openFrames(requestJson: string): Promise<FrameReader>;

  /**
   * What stands at a key below a dataset's `@live/`: `zarr.json`, `0/c/7/0/0`, with the run's id in front immutable.
   * Rejects with `not_found` where no dataset of ours stands.
   * @param rangeJson `{kind: "nothing" | "whole"}`, `{kind: "from", start, end}`, `{kind: "last", count}`
   */
  readLive(dataset: string, key: string, rangeJson: string): Promise<LiveReading>;

  /** Ends a run (storing what was captured) and all threads. Waiting previews are rejected with `closed`. */
  close(): Promise<void>;
}

/** Reads one recording's frames, as the bytes of the protocol's records. Made by `openFrames`. */
export class FrameReader {
  private constructor();
  /**
   * Fills `into` from its start with what is there, once something is; 0: all was read. A record may be cut at any byte. One
   * call at a time, during which the buffer is the addon's. Rejects with `closed` where the recording does not come.
   */
  read(into: Buffer): Promise<number>;
  /** What was not read is given up, and its memory freed. A read that waits gives 0. */
  close(): void;
}

export interface Picture {
  /** Header of 128 bytes, histogram, pixels: the preview message of the protocol. */
  data: Buffer;
  /** Of the frame in its stream: what the next call takes as `after`. */
  sequence: number;
}

export interface LiveReading {
  kind: "found" | "not_found" | "out_of_range";
  totalBytes: number;
  /** Strong, with its quotes. */
  etag: string;
  /** These bytes never change. */
  immutable: boolean;
  /** What was asked for. */
  body: Buffer;
}

export interface ObservedFrame {
  /** Pixels, rows tight, little endian. */
  data: Buffer;
  sequence: number;
  /** Frames of the stream since `after` that this observer did not get. */
  skipped: number;
  width: number;
  height: number;
  pixelType: string;
  /** The camera's own count, since the camera started. */
  hardwareId: number;
  hardwareClockNs: bigint;
  /** When it was complete, by this computer's wall clock, ns since 1970-01-01 UTC. */
  unixNs: bigint;
  /** Which frame of the dataset it is, along all axes but the image's own; null: it is not saved. */
  frameIndex: number | null;
  /** The run that it belongs to; 0: a snap. */
  runNumber: number;
}

/**
 * A frame as the bytes of a baseline TIFF. Throws `invalid_params` where `pixels` (rows tight, little endian) are not as many as
 * it says.
 * @param imageJson `{width, height, pixel_type, description, pixel_size_um}`: the description becomes `ImageDescription`; with a
 *   pixel size of 0 no resolution is claimed.
 */
export function snapshotTiff(imageJson: string, pixels: Uint8Array): Uint8Array;

/**
 * A new authority of this computer, which may speak for these names and addresses, `.local` and private networks alone, and for
 * nothing below the names. Throws `invalid_params` where a name is none.
 * @param requestJson `{common_name, names: [string], addresses: [string], now_unix_s}`
 * @returns `{certificate, key}`, PEM.
 */
export function makeAuthority(requestJson: string): string;
/**
 * What an authority may speak for.
 * @param requestJson `{authority: PEM of its certificate, names: [string], addresses: [string]}`
 * @returns `{names, addresses, left_out}`; `left_out` with what is no name at all.
 */
export function permittedNames(requestJson: string): string;
/**
 * A server's certificate with a new key, valid for 396 days from now on. Throws `invalid_params` where the authority cannot be read
 * or may not speak for what is wanted.
 * @param requestJson `{authority: {certificate, key}, names: [string], addresses: [string], now_unix_s}`
 * @returns `{certificate, key}`, PEM.
 */
export function issueCertificate(requestJson: string): string;
