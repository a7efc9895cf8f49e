/**
 * The native addon. Structured data crosses as JSON text; its types are the generated ones (`bridge/protocol/src/generated`).
 *
 * Every error, thrown or rejected, has as its message the JSON of `{code, message, path, problems}`.
 * No call blocks the event loop or one of libuv's threads: what takes time is a promise. Waits (`stop`, `nextPreview` and
 * their like) hold no thread; the other calls are answered by 20 threads at most, each kind by its own: 8 read `@live`,
 * 4 answer questions, 4 take the cameras, 2 recover, 2 close. The 10,001st call of a kind that waits is rejected with
 * `too_many_requests`. A pending promise keeps Node alive, the event callback does not.
 */
export class NativeRuntime {
  /**
   * @param optionsJson `{data_dir?: string, working_dir?: string, set_up?: boolean}`.
   *   With `data_dir` a `uri` resolves under it and may not leave it; else under `working_dir` (default: the process's).
   *   `set_up`: it begins with a configuration that could record at once.
   * @param onEvent gets each event as JSON: `Event`, tagged by `event`.
   */
  constructor(optionsJson: string, onEvent: (eventJson: string) => void);

  /** `DeviceInfo[]` */
  devices(): string;
  /** `kind`: a `DeviceKind`. `DeviceIdentifier`, or null where nothing matches. */
  select(kind: string, name?: string | null): string | null;
  selectOneOf(kind: string, names: string[]): string | null;
  /** `{configuration, revision}` */
  configuration(): string;
  /** `Capabilities` of the configuration in force. */
  capabilities(): string;
  /** `RuntimeState`, plain. */
  state(): string;
  /** `Stats` */
  stats(): string;
  /** `LossPage` */
  losses(stream: number, from: number, count: number): string;
  /** Throws `not_running` or `trigger_refused`. */
  executeTrigger(stream: number): void;

  /** `{configuration, revision}` as applied. Rejects with `invalid_configuration` (problems), `stale_revision` (problems: what changed) or `already_running`. */
  setConfiguration(configurationJson: string, revision?: number | null, changedBy?: string | null): Promise<string>;
  /** `Validation`: `{problems, plans}` */
  validate(configurationJson: string): Promise<string>;
  /** `Suggestion`. `use`: "planes", "time_courses", "cloud". */
  suggest(stream: number, use: string): Promise<string>;
  /** The name itself where it is free, else the first that counts on from it. `taken`: by other streams. */
  nextName(uri: string, taken: string[]): Promise<string>;
  /**
   * `{run_id, run_number}` as soon as the cameras run.
   * @param optionsJson `{record?: boolean, next_names?: boolean, replace_foreign_files?: boolean}`. `next_names`: after the
   *   recording the next free name is set. `replace_foreign_files`: a dataset that is overwritten is deleted with files in it
   *   that no writer of ours made; else it rejects with `foreign_files`, which names them.
   */
  start(optionsJson: string): Promise<string>;
  /** `RunSummary`, or "null" where nothing was recorded. Rejects when a stream of the run failed. */
  stop(): Promise<string>;
  abort(): Promise<string>;
  /** Ends capture and storage now; what is not stored is counted lost. */
  giveUp(): Promise<string>;
  /**
   * `SpeedReport`: every stream's camera and storage, timed for about two seconds; what it writes is deleted. Progress
   * comes as events. Rejects with `already_running` while a recording goes on, with `cancelled` when `stop`, `abort` or
   * whoever wants the cameras ended it.
   */
  measureSpeed(): Promise<string>;
  /** `SpeedReport` of the last measurement, or "null". */
  speed(): string;
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

  /** `DatasetInfo[]` of the data folder. */
  datasets(): Promise<string>;
  /** `LeftOut[]`: what the last list of datasets does not show, and why. */
  datasetsLeftOut(): Promise<string>;
  /** `DatasetInfo`. A name in the data folder, or a path. */
  datasetInfo(path: string): Promise<string>;
  /** `LossPage` of a dataset's places. A name in the data folder, or a path. */
  datasetLosses(path: string, from: number, count: number): Promise<string>;
  /** `VideoStream` that a dataset was recorded with, or "null" where its format does not keep it. */
  datasetSettings(path: string): Promise<string>;
  /** `Recovery`. A name in the data folder, or a path. */
  recover(path: string): Promise<string>;

  /**
   * What stands at a key below a dataset's `@live/`: `zarr.json`, `0/c/7/0/0`, with the run's id in front immutable.
   * Rejects with `not_found` where no dataset of ours stands.
   * @param rangeJson `{kind: "nothing" | "whole"}`, `{kind: "from", start, end}`, `{kind: "last", count}`
   */
  readLive(dataset: string, key: string, rangeJson: string): Promise<LiveReading>;

  /** Ends a run (storing what was captured) and all threads. Waiting previews are rejected with `closed`. */
  close(): Promise<void>;
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
  /** Wall clock, ns since 1970-01-01 UTC. */
  hostClockNs: bigint;
  /** Position in the array; null: not saved. */
  place: number | null;
  /** The run that it belongs to; 0: a snap. */
  runNumber: number;
}
