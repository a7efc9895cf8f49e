import type {
  AppliedConfiguration,
  Capabilities,
  Configuration,
  DatasetInfo,
  DeviceIdentifier,
  DeviceInfo,
  DeviceKind,
  LeftOut,
  LossPage,
  PixelType,
  PreviewFrame,
  PreviewRegion,
  Recovery,
  RunSummary,
  RuntimeEvents,
  RuntimeState,
  Snapshot,
  SpeedReport,
  Stats,
  Suggestion,
  Use,
  Validation,
  VideoStream,
} from "@zarrcam/protocol";

import type { DeviceManager } from "./device-manager.ts";

export interface PreviewRequest {
  /** Index in `video`. */
  stream: number;
  /** The picture is reduced by a whole number until it is no larger than this, px. */
  maxWidth: number;
  maxHeight: number;
  /** Of the frame, px; the whole frame where it is left out. */
  region?: PreviewRegion | undefined;
  /** It may begin with the last picture of the run that has ended, as long as no other has begun. Default false. */
  endedRun?: boolean | undefined;
}

export interface StartOptions {
  /** False runs the cameras into the preview alone and writes nothing. Default true. */
  record?: boolean;
  /**
   * When the recording has ended, each stream's `uri` counts on to the next name that is free: for people who record again
   * and again. Default false: the configuration stays, and a second start is refused (`exists`).
   */
  nextNames?: boolean;
  /**
   * A dataset that is overwritten is deleted with files in it that zarrcam did not write. Default false: then it rejects with
   * `foreign_files`, which names them.
   */
  replaceForeignFiles?: boolean;
}

export interface StartedRun {
  runId: string;
  /** Counts the runs of this runtime, previews included: `run` of a picture's header. */
  runNumber: number;
}

/** Takes a picture. While its promise is pending the picture counts as on its way, and fewer follow. */
export type PreviewListener = (frame: PreviewFrame) => void | Promise<void>;

export interface PreviewSubscription {
  /** Another size or region from the next picture on. */
  update(request: Omit<PreviewRequest, "stream">): Promise<void>;
  close(): Promise<void>;
}

/** A frame as `getAvailableData` gives it: a copy, yours to keep. */
export interface AvailableFrame {
  stream: number;
  hardwareFrameId: number;
  /** Position in the array; null: not saved. */
  place: number | null;
  /** The camera's own clock. */
  hardwareClockNs: bigint;
  /** The host's clock at capture, ms since 1970. */
  hostClockMs: number;
  width: number;
  height: number;
  pixelType: PixelType;
  /** Rows tight. */
  pixels: Uint8Array;
  /** The run that it belongs to: `runNumber` of `start`. 0: a snap. */
  runNumber: number;
  /** Frames between the one before and this one that were not given: the observer was slower than the camera. No loss. */
  skipped: number;
}

/** Acquisition as Acquire's users know it, in process (`NativeRuntime`) and over the wire (`RemoteRuntime`) alike. */
export interface Runtime extends AsyncDisposable {
  /** Acquire's name for the calls that list and select devices. */
  deviceManager(): DeviceManager;
  devices(kind?: DeviceKind): Promise<DeviceInfo[]>;
  /** `name` is a case-insensitive regular expression for the whole name; none: the first of its kind. Null: nothing matches. */
  select(kind: DeviceKind, name?: string): Promise<DeviceIdentifier | null>;
  /** The first of the names that resolves. */
  selectOneOf(kind: DeviceKind, names: string[]): Promise<DeviceIdentifier | null>;

  getConfiguration(): Promise<Configuration>;
  /** The configuration and its revision, for `setConfiguration(…, { revision })`. */
  getRevision(): Promise<AppliedConfiguration>;
  /**
   * Applies the whole document or, with `InvalidConfigurationError`, nothing of it. Returns what was really applied.
   * With `revision` it is refused (`StaleRevisionError`) where somebody else was faster.
   */
  setConfiguration(configuration: Configuration, options?: { revision?: number }): Promise<AppliedConfiguration>;
  getCapabilities(): Promise<Capabilities>;
  /** All problems of a document, and what it would write. Changes nothing. */
  validate(configuration: Configuration): Promise<Validation>;
  /** A sound layout of the stream's dimensions for a use of the data. */
  suggest(stream: number, use: Use): Promise<Suggestion>;
  /** The name itself where it is free, else the first that counts on from it. `taken`: names that are not free either. */
  nextName(uri: string, taken: readonly string[]): Promise<string>;

  start(options?: StartOptions): Promise<StartedRun>;
  /** Waits for `max_frame_count`, where there is none ends capture now; answers when all is stored. Where nothing ran the summary has no streams. */
  stop(): Promise<RunSummary>;
  /** Ends capture now and stores all that was captured. */
  abort(): Promise<RunSummary>;
  /** Ends now; what is not stored yet is counted as lost. */
  giveUp(): Promise<RunSummary>;
  /**
   * What cameras and storage reach with the configuration in force, beside what it asks: about two seconds. What is written
   * for it lies beside the target and is deleted. A preview makes room and comes back; a recording refuses it. `stop` and
   * `abort` end it, and so does whoever wants the cameras: then it rejects with `cancelled`.
   */
  measureSpeed(): Promise<SpeedReport>;
  /** The last measurement; null: nothing was measured yet. */
  getSpeed(): Promise<SpeedReport | null>;
  /** One frame at full resolution, unsaved. */
  snap(stream?: number): Promise<PreviewFrame>;
  /** One frame, as captured, as a TIFF in the data folder: `name`, or the next free `snapshot_NNN.tif`. */
  saveSnapshot(stream?: number, name?: string): Promise<Snapshot>;
  executeTrigger(stream?: number): Promise<void>;

  getState(): Promise<RuntimeState>;
  getStats(): Promise<Stats>;
  getLosses(stream: number, options?: { from?: number; count?: number }): Promise<LossPage>;

  /** @returns a function that ends it. */
  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void;
  /** All events of one name from now on, in order; ends with the signal, a `break`, or the runtime. */
  events<E extends keyof RuntimeEvents>(
    event: E,
    options?: { signal?: AbortSignal },
  ): AsyncIterableIterator<RuntimeEvents[E]>;
  /** `onEnded`: no picture follows any more, though nobody closed it: the runtime, the bridge or the connection ended. */
  subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription>;
  /** The same as an iterator: the picture counts as taken when the next one is asked for. */
  previews(request: PreviewRequest, options?: { signal?: AbortSignal }): AsyncIterableIterator<PreviewFrame>;
  /** The latest frames at full resolution while the cameras run; a slow reader skips and never holds anything up. */
  getAvailableData(stream?: number, options?: { signal?: AbortSignal }): AsyncIterableIterator<AvailableFrame>;

  listDatasets(): Promise<DatasetInfo[]>;
  /** What the last `listDatasets` does not show of the data folder, and why. */
  getLeftOutDatasets(): Promise<LeftOut[]>;
  getDatasetInfo(name: string): Promise<DatasetInfo>;
  /** Which places of a dataset hold no frame, and why, as far as it was recorded by us. */
  getDatasetLosses(name: string, options?: { from?: number; count?: number }): Promise<LossPage>;
  /** The stream that a dataset was recorded with: camera, exposure, layout, notes. Null: its format does not keep it. */
  getDatasetSettings(name: string): Promise<VideoStream | null>;
  /** Makes a dataset whole that a crash left. */
  recoverDataset(name: string): Promise<Recovery>;

  /** In process a running acquisition is aborted, what was captured is stored; over the wire only the connection ends. */
  close(): Promise<void>;
}
