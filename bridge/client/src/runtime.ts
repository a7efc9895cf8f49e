import type {
  AppliedConfiguration,
  CameraFeature,
  Capabilities,
  Configuration,
  DatasetInfo,
  DeviceIdentifier,
  DeviceInfo,
  DeviceKind,
  FileDescription,
  LeftOut,
  LossPage,
  Objective,
  Params,
  PreviewFrame,
  Recovery,
  RefreshedDevices,
  Result,
  RunSummary,
  RuntimeEvents,
  RuntimeMethodName,
  RuntimeState,
  Snapshot,
  SpeedReport,
  Stats,
  Suggestion,
  Trash,
  AccessPattern,
  Validation,
  VideoStream,
} from "@zarrcam/protocol";

import { DeviceManager } from "./device-manager.ts";
import { iteratePreviews } from "./preview-iterator.ts";
import type {
  AvailableFrame,
  PreviewListener,
  PreviewRequest,
  PreviewSource,
  PreviewSubscription,
} from "./previews.ts";

/** How `start` runs the cameras. */
export interface StartOptions {
  /** Whether the frames are stored; false runs the cameras into the preview alone. Default true. */
  record?: boolean;
  /**
   * Whether each stream's `uri`, when the recording has ended, counts on to the next name that is free: for people who record again
   * and again. Default false: the configuration stays, and a second start is refused (`exists`).
   */
  nextNames?: boolean;
  /**
   * Whether a dataset that is overwritten is deleted although files lie in it that zarrcam did not write. Default false: then `start` rejects with
   * `foreign_files`, which names the files.
   */
  replaceForeignFiles?: boolean;
  /**
   * Whether the frames of a recording are stored on the camera computer. False: the clients of every frame that wait for the run
   * (`FrameStream.open` with `nextRun`) store it; each stream that is to be saved needs one. Default true.
   */
  storeHere?: boolean;
}

/** A run that `start` began. */
export interface StartedRun {
  runId: string;
  /** Counts the runs of this runtime, previews included: `run` of a picture's header. */
  runNumber: number;
}

/** A part of a list of losses: `count` of them (1000) from number `from` (0) on. */
export interface LossRange {
  from?: number;
  count?: number;
}

/**
 * Acquisition as Acquire's users know it, in process (`NativeRuntime`) and over the wire (`RemoteRuntime`) alike. Every call is
 * `call`; the other methods give the more common ones the arguments that a script wants.
 */
export abstract class Runtime implements PreviewSource, AsyncDisposable {
  /** Any call of the protocol by its name, with its parameters and its answer as they go over the wire. */
  abstract call<M extends RuntimeMethodName>(method: M, params: Params<M>): Promise<Result<M>>;

  /** Acquire's name for the calls that list and select devices. */
  deviceManager(): DeviceManager {
    return new DeviceManager(this);
  }
  devices(kind?: DeviceKind): Promise<DeviceInfo[]> {
    return this.call("devices", kind ? { kind } : {});
  }
  /** Searches for cameras again, the network included where it may be searched: a second or two. */
  refreshDevices(): Promise<RefreshedDevices> {
    return this.call("refresh_devices", {});
  }
  /** All that a stream's camera knows by a name of its own; `camera.settings.features` of the document sets it. */
  cameraFeatures(stream: number): Promise<CameraFeature[]> {
    return this.call("camera.features", { stream });
  }
  /** `name` is a case-insensitive regular expression for the whole name; none: the first of its kind. Null: nothing matches. */
  select(kind: DeviceKind, name?: string): Promise<DeviceIdentifier | null> {
    return this.call("select", name === undefined ? { kind } : { kind, name });
  }
  /** Selects the first of the names that a device has. Null: none has. */
  selectOneOf(kind: DeviceKind, names: string[]): Promise<DeviceIdentifier | null> {
    return this.call("select_one_of", { kind, names });
  }

  /** The configuration in force. */
  async getConfiguration(): Promise<Configuration> {
    return (await this.getRevision()).configuration;
  }
  /** The configuration and its revision, for `setConfiguration(…, { revision })`. */
  getRevision(): Promise<AppliedConfiguration> {
    return this.call("get_configuration", {});
  }
  /**
   * Applies the whole document or, with `InvalidConfigurationError`, nothing of it. Returns what was really applied.
   * With `revision` it is refused (`StaleRevisionError`) where somebody else was faster.
   */
  setConfiguration(
    configuration: Configuration,
    { revision }: { revision?: number } = {},
  ): Promise<Result<"set_configuration">> {
    return this.call("set_configuration", { configuration, ...(revision === undefined ? {} : { revision }) });
  }
  /** What cameras and storage can do as they are configured now. */
  getCapabilities(): Promise<Capabilities> {
    return this.call("get_capabilities", {});
  }
  /**
   * All problems of a document, and what it would write. Changes nothing. `storeHere` false: nothing is to be stored on the camera
   * computer, whose names and disks say nothing then.
   */
  validate(configuration: Configuration, { storeHere = true }: { storeHere?: boolean } = {}): Promise<Validation> {
    return this.call("validate", { configuration, store_here: storeHere });
  }
  /** A sound layout of the stream's dimensions for a use of the data. */
  suggest(stream: number, use: AccessPattern): Promise<Suggestion> {
    return this.call("suggest", { stream, use });
  }
  /** The name itself where it is free, else the first that counts on from it. `taken`: names that are not free either. */
  async nextName(uri: string, taken: readonly string[]): Promise<string> {
    return (await this.call("next_name", { uri, taken: [...taken] })).name;
  }

  async start({
    record = true,
    nextNames = false,
    replaceForeignFiles = false,
    storeHere = true,
  }: StartOptions = {}): Promise<StartedRun> {
    const how = { record, next_names: nextNames, replace_foreign_files: replaceForeignFiles, store_here: storeHere };
    const { run_id: runId, run_number: runNumber } = await this.call("start", how);
    return { runId, runNumber };
  }
  /** Waits for `max_frame_count`, where there is none ends capture now; answers when all is stored. Where nothing ran the summary has no streams. */
  stop(): Promise<RunSummary> {
    return this.call("stop", {});
  }
  /** Ends capture now and stores all that was captured. */
  abort(): Promise<RunSummary> {
    return this.call("abort", {});
  }
  /** Ends the run now and waits for nothing: what is not stored yet is counted as lost. */
  giveUp(): Promise<RunSummary> {
    return this.call("give_up", {});
  }
  /**
   * What cameras and storage reach with the configuration in force, beside what it asks: about two seconds. What is written
   * for it lies beside the target and is deleted. A preview makes room and comes back; a recording refuses it. `stop` and
   * `abort` end it, and so does whoever wants the cameras: then it rejects with `cancelled`.
   */
  measureSpeed(): Promise<SpeedReport> {
    return this.call("measure_speed", {});
  }
  /** The last measurement; null: nothing was measured yet. */
  getSpeed(): Promise<SpeedReport | null> {
    return this.call("get_speed", {});
  }
  /** Takes one frame at full resolution and saves nothing. */
  abstract snap(stream?: number): Promise<PreviewFrame>;
  /** Takes one frame and saves it as captured, as a TIFF in the data folder: `name`, or the next free `snapshot_NNN.tif`. */
  saveSnapshot(stream = 0, name?: string): Promise<Snapshot> {
    return this.call("save_snapshot", name === undefined ? { stream } : { stream, name });
  }
  /** Fires the software trigger of a stream. */
  async executeTrigger(stream = 0): Promise<void> {
    await this.call("execute_trigger", { stream });
  }

  async getState(): Promise<RuntimeState> {
    return (await this.call("get_state", {})).state;
  }
  /** What the streams have captured, stored and lost by now, and how fast. */
  getStats(): Promise<Stats> {
    return this.call("get_stats", {});
  }
  /** Which frames of the run that goes on, or of the last one, are lost. */
  getLosses(stream: number, range: LossRange = {}): Promise<LossPage> {
    return this.call("get_losses", { stream, ...range });
  }

  /** Calls the listener at each event of this name. @returns a function that ends the calls. */
  abstract on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void;
  /** All events of one name from now on, in order; ends with the signal, a `break`, or the runtime. */
  abstract events<E extends keyof RuntimeEvents>(
    event: E,
    options?: { signal?: AbortSignal },
  ): AsyncIterableIterator<RuntimeEvents[E]>;
  /**
   * Calls the listener with each picture of a stream.
   * @param onEnded is called where no picture follows though nobody closed the subscription: runtime, bridge or connection ended
   */
  abstract subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription>;
  /** Pictures of a stream as an iterator: one counts as taken when the next one is asked for. */
  previews(request: PreviewRequest, { signal }: { signal?: AbortSignal } = {}): AsyncIterableIterator<PreviewFrame> {
    return iteratePreviews(this, request, signal);
  }
  /** The latest frames at full resolution while the cameras run; a slow reader skips and never holds anything up. */
  abstract getAvailableData(stream?: number, options?: { signal?: AbortSignal }): AsyncIterableIterator<AvailableFrame>;

  listDatasets(): Promise<DatasetInfo[]> {
    return this.call("datasets.list", {});
  }
  /** What the last `listDatasets` does not show of the data folder, and why. */
  getLeftOutDatasets(): Promise<LeftOut[]> {
    return this.call("datasets.left_out", {});
  }
  getDatasetInfo(name: string): Promise<DatasetInfo> {
    return this.call("datasets.info", { name });
  }
  /** Which frames of a dataset's array are missing, and why, as far as it was recorded by us. */
  getDatasetLosses(name: string, range: LossRange = {}): Promise<LossPage> {
    return this.call("datasets.losses", { name, ...range });
  }
  /** The stream that a dataset was recorded with: camera, exposure, layout, notes. Null: its format does not keep it. */
  getDatasetSettings(name: string): Promise<VideoStream | null> {
    return this.call("datasets.settings", { name });
  }
  /** What a TIFF or raw file says of the run that wrote it: camera, notes, metadata. Null: it is none of ours. */
  getFileDescription(name: string): Promise<FileDescription | null> {
    return this.call("datasets.description", { name });
  }
  /** Makes a dataset readable that a crash left open, and says what was saved. */
  recoverDataset(name: string): Promise<Recovery> {
    return this.call("datasets.recover", { name });
  }

  /** Gives a dataset another name in the data folder. */
  renameDataset(name: string, to: string): Promise<DatasetInfo> {
    return this.call("datasets.rename", { name, to });
  }
  /** Moves a dataset into the trash of the data folder. @returns what lies there now */
  deleteDataset(name: string): Promise<Trash> {
    return this.call("datasets.delete", { name });
  }
  getTrash(): Promise<Trash> {
    return this.call("datasets.trash", {});
  }
  /** Deletes for good what lies in the trash. */
  emptyTrash(): Promise<Trash> {
    return this.call("datasets.empty_trash", {});
  }
  /** The table of objectives that the camera computer keeps. */
  getObjectives(): Promise<Objective[]> {
    return this.call("objectives.get", {});
  }
  setObjectives(objectives: Objective[]): Promise<Objective[]> {
    return this.call("objectives.set", { objectives });
  }

  /** In process a running acquisition is aborted, what was captured is stored; over the wire only the connection ends. */
  abstract close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
