// Made from the Rust types by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.

/** What `set_configuration` applied, with all that a client shows of it: one answer in place of four. */
export type AppliedChange = {
  configuration: Configuration;
  revision: number;
  /** Of the devices, with `configuration` in force. */
  capabilities: Capabilities;
  /** Of `configuration`. */
  validation: Validation;
};

/** The configuration in force. */
export type AppliedConfiguration = {
  configuration: Configuration;
  /** Counts its changes. */
  revision: number;
};

export type Camera = {
  identifier: DeviceIdentifier | null;
  settings: CameraSettings;
};

export type CameraCapabilities = {
  exposure_time_us: Range;
  line_interval_us: Range;
  readout_direction_writable: boolean;
  /** The values it takes. */
  binning: Array<number>;
  pixel_types: Array<PixelType>;
  /** x, y, px, for the binning in force. */
  offset: [Range, Range];
  /** x, y, px, for the binning in force. */
  shape: [Range, Range];
  /** Names of the digital lines, by their number. */
  lines: Array<string>;
  /** Input triggers that a line may drive: `acquisition_start`, `frame_start`, `exposure`. */
  input_triggers: Array<string>;
  output_triggers: Array<string>;
  /** The shape and type a fresh set-up starts with. */
  default_shape: [number, number];
  default_pixel_type: PixelType;
  /**
   * It takes about so long, and no less, to make a frame with the settings in force, us: frames come no faster. 0: not
   * known.
   */
  frame_time_us: number;
};

export type CameraSettings = {
  exposure_time_us: number;
  line_interval_us: number;
  readout_direction: ReadoutDirection;
  binning: number;
  pixel_type: PixelType;
  /** [x, y], px. */
  offset: [number, number];
  /** [x, y], px. */
  shape: [number, number];
  input_triggers: InputTriggers;
  output_triggers: OutputTriggers;
  /** What the `replay` camera plays. Not Acquire's. */
  replay?: Replay;
};

export type Capabilities = {
  video: Array<StreamCapabilities>;
};

export type CodecName = "none" | "blosc-lz4" | "blosc-zstd" | "zstd";

export type Compression = {
  codec: CodecName;
  /** Blosc 0 to 9; zstd -7 to 22. 0 is Blosc's "stored" and zstd's default, which is 3. */
  level: number;
  /** Blosc only. */
  shuffle: Shuffle;
};

/** The whole document: one entry a stream. */
export type Configuration = {
  video: Array<VideoStream>;
};

export type ConfigurationChange = {
  revision: number;
  /** Who changed it: a page's session, "cli", "runtime" (the next free name after a run). */
  changed_by: string;
  configuration: Configuration;
};

/** Where a frame lies along one dimension. */
export type Coordinate = {
  name: string;
  index: number;
};

/** Names what went wrong, for programs. A code never changes its meaning. */
export type CoreErrorCode = "invalid_configuration" | "stale_revision" | "already_running" | "not_running" | "not_configured" | "unknown_stream" | "exists" | "foreign_files" | "trigger_refused" | "storage" | "camera" | "invalid_params" | "locked" | "not_found" | "cancelled" | "closed" | "internal";

/** By the plan where there is one. */
export type Cost = {
  /** To be stored; `null`: until stopped. */
  frames: number | null;
  /** `null`: until stopped, or nobody knows. */
  duration_s: number | null;
  /** On disk, before compression; `null`: until stopped. */
  bytes: number | null;
  /** `null`: nobody knows. */
  bytes_per_minute: number | null;
};

/** What the runtime does at the moment. */
export type CurrentState = {
  state: RuntimeState;
};

export type DatasetAxis = {
  name: string;
  kind: DimensionKind;
  /** Empty: none. */
  unit: string;
  scale: number;
  /** Names of the elements; empty: none. */
  labels: Array<string>;
};

/** How the run of a dataset ended. */
export type DatasetEnd = {
  kind: EndKind;
  /** Of a failure, in a few words: "disk full". */
  reason: string | null;
};

/** What is in a dataset, as far as its own files tell. */
export type DatasetInfo = {
  /** In the data folder, with slashes: the part of its URL after `/data/`. */
  name: string;
  /** On the camera computer. */
  path: string;
  kind: DatasetKind;
  state: DatasetState;
  /** Of the full-resolution array, slowest axis first. */
  shape: Array<number>;
  /** Slowest first, as `shape`. */
  axes: Array<DatasetAxis>;
  /**
   * Names of the axes behind the image's two in the order of acquisition, fastest first: place p lies at p modulo the
   * first one's size, and so on. Empty: not ours.
   */
  acquisition_order: Array<string>;
  /** Zoom levels, the full one first. Empty where there are no arrays (`raw`, `tiff`). */
  levels: Array<DatasetLevel>;
  /** Zarr V3's name: `uint8`, `float32`, ... */
  dtype: string;
  /** What the camera's bits were; `null`: not ours. */
  pixel_type: PixelType | null;
  chunks: Array<number>;
  /** Shape of a shard in pixels; `null`: not sharded. */
  shards: Array<number> | null;
  /** `null`: a codec that we do not write. */
  codec: Compression | null;
  /** Places that hold a frame. */
  frames_stored: number;
  /** `null`: not ours, or no record of it. */
  losses: Ledger | null;
  /**
   * One past the last place that was captured, stored or lost. Places from here to the end of the array were never
   * captured: they are fill, and no loss. `null`: not known, or the run goes on.
   */
  captured_end: number | null;
  /** Places that the run was asked to fill; `null`: until stopped, or not known. */
  planned_frames: number | null;
  /** How the run ended; `null`: not known, or it goes on. */
  end: DatasetEnd | null;
  /** Wall clock of the camera computer, ms since 1970-01-01 UTC. */
  started_unix_ms: number | null;
  /** On disk, everything included. */
  bytes: number;
  run_id: string | null;
  /** A stored place that stands for the dataset in a list. */
  thumbnail_place: number | null;
  /**
   * What other programs may stumble over: axes that are no OME-NGFF, units that they do not know, chunks that are slow
   * to read. Whole sentences, for people.
   */
  remarks: Array<string>;
};

export type DatasetKind = "zarr2" | "zarr3" | "tiff" | "raw";

export type DatasetLevel = {
  /** In the dataset: "0". */
  path: string;
  shape: Array<number>;
  /** Physical size of an element along each axis. */
  scale: Array<number>;
};

export type DatasetState = "open" | "closed" | "needs_recovery";

/** Names decide; `id` ([driver, device]) is written for Acquire's sake and ignored when read. */
export type DeviceIdentifier = {
  id: [number, number];
  kind: DeviceKind;
  name: string;
};

/** A device of this machine. */
export type DeviceInfo = {
  identifier: DeviceIdentifier;
  /** One sentence for people. */
  description: string;
};

/** Acquire's kinds; there are devices of two of them. */
export type DeviceKind = "NONE" | "Camera" | "Storage" | "StageAxis" | "Signals";

export type Dimension = {
  name: string;
  kind: DimensionKind;
  /** Elements (px, planes, channels, time points); 0, last dimension only: grows with the run. */
  array_size_px: number;
  chunk_size_px: number;
  /** Chunks a shard along this dimension; 0 in every dimension: no shards. */
  shard_size_chunks: number;
  /**
   * Physical step from element to element, in `unit`; 0: for x and y `pixel_scale_um`, for time the interval, or the frames'
   * own time where it is known, else nobody knows it. Not Acquire's, as all that follow.
   */
  scale?: number;
  /**
   * A UDUNITS-2 name ("micrometer", "second"), as OME-NGFF recommends, or a usual abbreviation of one. Empty: micrometer and
   * second for a step that follows from other fields, else none.
   */
  unit?: string;
  /** Names of the elements (of channels, say); empty, or one an element. */
  labels?: Array<string>;
};

export type DimensionKind = "Space" | "Channel" | "Time" | "Other";

export type DownsampleMethod = "mean" | "decimate" | "min" | "max";

export type DropCause = "camera" | "queue" | "storage";

/** When stored frames are forced to the disk itself. */
export type Durability = "none" | "layer" | "second";

export type EndKind = "complete" | "stopped" | "failed" | "interrupted";

/** What the runtime tells everybody, unasked. On the wire `event` is the notification's method, the rest its parameters. */
export type Event = { "event": "state" } & StateChange | { "event": "configuration" } & ConfigurationChange | { "event": "stats" } & Stats | { "event": "published" } & Published | { "event": "run_ended" } & RunSummary | { "event": "speed" } & SpeedProgress | { "event": "log" } & LogEntry;

/** A document to start from. */
export type Example = {
  /** Stable, for programs: `chunked`. */
  id: string;
  title: string;
  /** One sentence for people. */
  description: string;
  configuration: Configuration;
};

/** Set `path` to `value` and the problem is gone. `path` may differ from the problem's. */
export type Fix = {
  /** "Use 1,000 ms" */
  label: string;
  path: string;
  value: unknown;
};

/** A name that is free. */
export type FreeName = {
  name: string;
};

export type InputTriggers = {
  acquisition_start: Trigger;
  frame_start: Trigger;
  exposure: Trigger;
};

/**
 * Counts of camera frames by hardware id, ids that were never delivered included.
 *
 * `captured == stored + dropped + in_flight`, always; at the end of a run `in_flight` is 0.
 */
export type Ledger = {
  captured: number;
  stored: number;
  /** The sum of the three causes below. */
  dropped: number;
  in_flight: number;
  /** Ids that the camera never delivered, and the rest of an average that waited for one. */
  dropped_camera: number;
  /** No free buffer. */
  dropped_queue: number;
  /** Taken by storage, and lost there. */
  dropped_storage: number;
  /** Places of the array that are decided (stored or dropped). With averaging one place is many camera frames. */
  places: number;
};

/** Why some of what lies in a data folder is not in the list of its datasets. */
export type LeftOut = {
  cause: LeftOutCause;
  /** One sentence, for people. */
  reason: string;
  count: number;
  /** The first of them, in the data folder, with slashes. */
  names: Array<string>;
};

export type LeftOutCause = "damaged" | "name" | "link" | "unreadable" | "hidden" | "too_many";

export type LogEntry = {
  level: LogLevel;
  message: string;
  /** Wall clock of the camera computer, ms since 1970-01-01 UTC. */
  host_clock_ms: number;
  /** Index in `video`; `null`: concerns all. */
  stream: number | null;
};

export type LogLevel = "info" | "warning" | "error";

/** A run of consecutive lost frames. */
export type Loss = {
  first_place: number;
  first_hardware_id: number;
  /** Frames of the camera. */
  count: number;
  /** Places of the array that stay empty. With averaging each is many frames. */
  places: number;
  cause: DropCause;
};

/** Some of the losses, oldest first. */
export type LossPage = {
  /** Runs that there are in all. */
  total: number;
  /** Index of the first run of this page. */
  from: number;
  runs: Array<Loss>;
  /** Places from here to the end of the array were never captured, which is no loss. `null`: not known, or the run goes on. */
  captured_end: number | null;
};

/** What a stream's settings mean, nothing left open, whether they are right or not. */
export type Meaning = {
  /** What people call it. */
  name: string;
  stream: ResolvedStream;
  /** Of a pixel of a stored frame; `null`: not calibrated. */
  pixel_size: PixelSize | null;
  /** The same along x and y, um, for files whose unit is fixed; `null`: not calibrated, or in a unit that nobody knows. */
  pixel_size_um: [number, number] | null;
  cost: Cost;
};

export type Multiscale = {
  method: DownsampleMethod;
  /** Levels besides the full one; 0: until a level fits into one chunk. */
  max_levels: number;
};

export type Notes = {
  sample: string;
  operator: string;
  text: string;
};

/** `{}`: it was done, and there is nothing to say of it. */
export type Nothing = Record<symbol, never>;

export type OutputTriggers = {
  exposure: Trigger;
  frame_start: Trigger;
  trigger_wait: Trigger;
};

/** Of a pixel of a stored frame. */
export type PixelSize = {
  x: number;
  y: number;
  /** As OME-NGFF names it. */
  unit: string;
};

/** What one pixel is. U10, U12 and U14 lie unpacked in the low bits of 16. */
export type PixelType = "U8" | "U16" | "I8" | "I16" | "F32" | "U10" | "U12" | "U14";

/** What a recording will be, known before it starts. */
export type Plan = {
  /** Slowest axis first; `null`: grows until the run is stopped. */
  shape: Array<number | null>;
  /** As `shape`. */
  axes: Array<PlannedAxis>;
  /** Of a chunk, in elements, as `shape`. */
  chunk: Array<number>;
  /** Of a shard, in elements; `null`: every chunk is a file. */
  shard: Array<number> | null;
  /** Zoom levels, the full one first. */
  levels: Array<PlannedLevel>;
  /** `null`: until stopped. */
  frames: number | null;
  frame_bytes: number;
  /** Chunk or shard files of all levels; `null`: until stopped. */
  files: number | null;
  /** Of the largest file, before compression. */
  bytes_per_file: number;
  /** On disk, all levels, before compression; `null`: until stopped. */
  total_bytes: number | null;
  /** The writer never takes more, the queue of frames included. */
  memory_bound_bytes: number;
  /** Room on the disk that is needed besides the data while it runs, at most. */
  temporary_room_bytes: number;
  /** Of pixels, before compression; `null`: as fast as it goes. */
  bytes_per_minute: number | null;
  /** `null`: until stopped, or as fast as it goes. */
  duration_s: number | null;
  /** To show one plane. */
  read_plane: ReadCost;
  /** To show the course of one pixel along the axis that grows; `null`: until stopped. */
  read_course: ReadCost | null;
  /** Frames until the first chunk or shard file is complete. */
  frames_per_layer: number;
  /** OME-NGFF metadata is written. */
  ngff: boolean;
  /** Why not. */
  ngff_reason: string | null;
  /** What another storage order would gain. */
  order_note: string | null;
};

export type PlannedAxis = {
  name: string;
  kind: DimensionKind;
  unit: string;
  scale: number;
};

export type PlannedLevel = {
  shape: Array<number | null>;
  /** By how much each axis is coarser than at full resolution. */
  factors: Array<number>;
};

/** One thing that is wrong with a document. */
export type Problem = {
  /** `video[0].storage.settings.acquisition_dimensions[2].chunk_size_px` */
  path: string;
  /** Stable, for programs: `out_of_range`, `unknown_device`, `type`, `unknown_field`, `duplicate`, `exists`, ... */
  code: string;
  severity: Severity;
  /** What is wrong and what would be right, in one sentence. */
  message: string;
  /** The one right value, where there is one; the page makes a button of it. */
  fix?: Fix;
};

/** Other programs can read more of a dataset than before. */
export type Published = {
  /** Index in `video`. */
  stream: number;
  /** The dataset's name in the data folder; its full path where it lies outside. */
  dataset: string;
  /** The run's id. */
  run: string;
  /** The same run, as its pictures name it. */
  run_number: number;
  frames_stored: number;
  shape: Array<number>;
};

/** Frames between camera and storage. */
export type Queue = {
  frames: number;
  capacity: number;
};

/** Inclusive range with its step (0: continuous). Read-only where `writable` is false. */
export type Range = {
  low: number;
  high: number;
  step: number;
  writable: boolean;
};

/** Measured over the last two seconds. */
export type Rates = {
  /** Frames that the camera exposed, lost ones included. */
  camera_fps: number;
  stored_fps: number;
  /** Pixels of stored frames, before compression. */
  stored_bytes_per_s: number;
};

export type ReadCost = {
  files: number;
  /** To be decoded, before compression. */
  bytes: number;
};

export type ReadoutDirection = "Forward" | "Backward";

/** What a recovery found and did. */
export type Recovery = {
  /** False: the store was whole, and nothing was changed. */
  was_needed: boolean;
  frames_stored: number;
  /** Places that are fill: dropped in the run, or accepted and never stored. */
  frames_missing: number;
  /** Frames that the log calls stored and whose bytes are damaged; a power cut can do that. */
  frames_damaged: number;
  layers_sealed: number;
  /** Of the full level. */
  shape: Array<number>;
};

/** How a document is refused: the first of its errors, and how many there are. The errors themselves are its problems. */
export type Refusal = {
  code: CoreErrorCode;
  message: string;
  /** Of the first field at fault. */
  path: string | null;
};

export type Replay = {
  /** A TIFF stack on the camera computer. */
  path: string;
};

/** A dimension with nothing left open. */
export type ResolvedDimension = {
  name: string;
  kind: DimensionKind;
  /** Elements; 0: grows with the run. */
  size: number;
  /** Elements of a chunk. */
  chunk: number;
  /** Chunks a shard; 0 in every dimension: no shards. */
  shard_chunks: number;
  /** Physical step from element to element, in `unit`; above 0. 1 where there is no unit: nobody said how large it is. */
  scale: number;
  /** As OME-NGFF names it; empty: none. */
  unit: string;
  /** Names of the elements; empty, or one an element. */
  labels: Array<string>;
};

/**
 * What a stream's storage is to write: all that its layout depends on, and what goes with the data. Made by
 * [`VideoStream::resolve`], kept in a store's `run.json`.
 */
export type ResolvedStorage = {
  /** The storage device's name. */
  device: string;
  /** What it writes; `None`: there is no such device. */
  format: StorageFormat | null;
  /** As stored: a mean of several frames is F32. */
  pixel_type: PixelType;
  /** Of a frame, px. */
  width: number;
  height: number;
  /** Fastest first. */
  dimensions: Array<ResolvedDimension>;
  /** Names of the dimensions as the array's axes lie, slowest first. */
  storage_order: Array<string>;
  compression: Compression;
  /** By how much each dimension is coarser at each zoom level; the full level first, all 1. */
  levels: Array<Array<number>>;
  /** How coarser levels are made. */
  method: DownsampleMethod;
  /** Places to fill: those that the camera's frames make, or the end of a last dimension of fixed size. `None`: until stopped. */
  frame_limit: number | null;
  /** Time from stored frame to stored frame, us; 0: not known. */
  place_period_us: number;
  /** As it was asked for. */
  uri: string | null;
  external_metadata_json: string | null;
  first_frame_id: number;
  durability: Durability;
  overwrite: boolean;
  notes: Notes;
};

/** What a stream's document means. Made by [`VideoStream::resolve`] alone. */
export type ResolvedStream = {
  camera_pixel_type: PixelType;
  /** Time from camera frame to camera frame, us; 0: as fast as the camera can. */
  frame_period_us: number;
  /** The same where it is known before the run: not of a camera that is as fast as it can, or waits for triggers. */
  known_period_us: number | null;
  /** Camera frames that make one stored frame. */
  frames_per_place: number;
  /** Time from time point to time point, us; 0: continuous. */
  time_point_interval_us: number;
  storage: ResolvedStorage;
};

/** How a run ended. */
export type RunSummary = {
  /** Empty where nothing was recorded. */
  run_id: string;
  /** The same run, as its pictures name it; 0: nothing ran. */
  run_number: number;
  elapsed_s: number;
  /** Nothing was lost and nothing failed. */
  complete: boolean;
  streams: Array<StreamSummary>;
};

/**
 * Acquire's states, and two that are ours: `Previewing`, cameras run and nothing is saved; `Measuring`, for two seconds
 * cameras and storage run to be timed, and nothing is kept.
 */
export type RuntimeState = "Closed" | "AwaitingConfiguration" | "Armed" | "Previewing" | "Measuring" | "Running";

export type Severity = "error" | "warning";

export type Shuffle = "none" | "byte" | "bit";

/** How measuring goes on, and at its end what was measured. */
export type SpeedProgress = {
  /** From 0 to 1. */
  share: number;
  report: SpeedReport | null;
};

/** What cameras and storage reach with a configuration, beside what it asks of them. */
export type SpeedReport = {
  /** Wall clock of the camera computer at the end, ms since 1970-01-01 UTC. */
  measured_unix_ms: number;
  /** What was measured: the figures hold for these settings. */
  configuration: Configuration;
  /** The streams that there are. */
  streams: Array<StreamSpeed>;
};

/** A run that has begun. */
export type Started = {
  run_id: string;
  /** Counts the runs of this runtime, previews included; pictures carry it. */
  run_number: number;
};

export type StateChange = {
  state: RuntimeState;
  /** Of the recording that goes on, or just ended. */
  run_id: string | null;
  /** Of the run that goes on, or just ended, previews included: pictures carry it. `null`: nothing has run yet. */
  run_number: number | null;
};

/** How a run stands now; sent four times a second while cameras run. */
export type Stats = {
  state: RuntimeState;
  /** When these numbers were taken, wall clock of the camera computer, ms since 1970-01-01 UTC. */
  host_clock_ms: number;
  /** The running run, or the last one. */
  run_id: string | null;
  /** The same run, as its pictures name it; that of a preview too. `null`: nothing has run yet. */
  run_number: number | null;
  streams: Array<StreamStats>;
};

export type Storage = {
  identifier: DeviceIdentifier | null;
  settings: StorageSettings;
  /** How long storage waits before it takes a frame from the queue, ms. */
  write_delay_ms: number;
};

export type StorageCapabilities = {
  /** Takes `acquisition_dimensions` with chunks. */
  chunking: boolean;
  /** Takes `shard_size_chunks`. */
  sharding: boolean;
  multiscale: boolean;
  /** Codecs it takes in `compression`. */
  codecs: Array<CodecName>;
  /** What its name implies. */
  compression: Compression;
  /** Proposed ending of the name, with the dot; empty for `trash`. */
  extension: string;
  /** Writes files, so `uri` is required. */
  needs_uri: boolean;
};

/** The kinds of file behind the names. */
export type StorageFormat = "zarr2" | "zarr3" | "raw" | "tiff" | "tiff-json" | "trash";

export type StorageSettings = {
  /** Where the store is made. Acquire 0.3's `filename` is read as well. */
  uri: string | null;
  /** A JSON object as text; kept as the array's attributes. */
  external_metadata_json: string | null;
  first_frame_id: number;
  /** [x, y] of a pixel of the stored frame, um: with binning that of the binned pixel. 0: not calibrated, and none is stored. */
  pixel_scale_um: [number, number];
  /** Fastest first; empty: x, y of the camera and a growing t. */
  acquisition_dimensions: Array<Dimension>;
  /** Acquire's switch: the same as `multiscale` with the method mean. */
  enable_multiscale: boolean;
  s3_access_key_id?: string;
  s3_secret_access_key?: string;
  /** Overrides what the storage device's name implies. Not Acquire's, as all that follow. */
  compression?: Compression;
  multiscale?: Multiscale;
  /** Names of the dimensions, slowest first, as the array's axes lie; empty: the acquisition's order reversed. */
  storage_order?: Array<string>;
  durability?: Durability;
  /** Replace a store of ours that stands at `uri`. */
  overwrite?: boolean;
  notes?: Notes;
};

/** What one stream can do as it is configured now. */
export type StreamCapabilities = {
  camera: CameraCapabilities | null;
  storage: StorageCapabilities | null;
  max_frame_count: Range;
  frame_average_count: Range;
};

/** Why a stream ended before its time. */
export type StreamError = {
  code: StreamErrorCode;
  message: string;
  /** The same in a few words, without paths: "disk full". */
  reason: string;
};

/** Whose fault it is that a stream ended before its time. */
export type StreamErrorCode = "camera" | "storage" | "internal";

/** Rates are in camera frames, also where a stored frame is the mean of several. */
export type StreamSpeed = {
  /** Index in `video`. */
  stream: number;
  name: string;
  /** While the camera runs; `null`: as fast as it can, or one a trigger. */
  asked_fps: number | null;
  /** The camera alone, without its triggers and with no pause between exposures. */
  camera_fps: number;
  camera_bytes_per_s: number;
  /** Storage alone, until all of it was stored, sealed and closed. */
  stored_fps: number;
  /** Pixels, before compression. */
  stored_bytes_per_s: number;
  /** Pixels that were written to measure this, before compression. All of it is deleted. */
  stored_bytes: number;
  /** So long after the start no buffer would be free, and frames would be lost; `null`: not before the end of the run. */
  loses_after_s: number | null;
};

export type StreamState = "idle" | "running" | "waiting_for_trigger" | "storing" | "failed";

export type StreamStats = {
  /** Index in `video`. */
  stream: number;
  name: string;
  state_of_stream: StreamState;
  ledger: Ledger;
  /** The first of them; `get_losses` has the rest. */
  losses: LossPage;
  /** Places to fill; `null`: until stopped. */
  frame_limit: number | null;
  rates: Rates;
  queue: Queue;
  /** Of the last stored frame, fastest dimension first, x and y left out. */
  coordinates: Array<Coordinate>;
  /** Wall clock of the camera computer, ms since 1970-01-01 UTC. */
  started_unix_ms: number | null;
  elapsed_s: number;
  /** `null`: until stopped, or not known yet. */
  remaining_s: number | null;
  /** Time points that began late: how late the last one was, ms. `null`: no interval is set. */
  lateness_ms: number | null;
  /** Pictures a second that previews are held to while storage needs the computer; `null`: as many as a screen shows. */
  preview_limit_fps: number | null;
  /** Where the data goes, on the camera computer; `null`: nothing is written. */
  path: string | null;
  run_id: string | null;
  /** The same run, as its pictures name it. */
  run_number: number;
  /** Places that other programs can read. */
  frames_published: number;
  bytes_stored: number;
  disk_free_bytes: number | null;
  /** For people: "buffer full in 9 s". */
  warnings: Array<string>;
  error: StreamError | null;
};

export type StreamSummary = {
  /** Index in `video`. */
  stream: number;
  name: string;
  /** `null`: nothing was written. */
  path: string | null;
  ledger: Ledger;
  /** Places that the run was asked to fill; `null`: until stopped. */
  planned_frames: number | null;
  /** Places that hold a frame. */
  frames_stored: number;
  end: DatasetEnd;
  frames_published: number;
  bytes_stored: number;
  elapsed_s: number;
  error: StreamError | null;
};

/** A layout for a stated use, and why. */
export type Suggestion = {
  dimensions: Array<Dimension>;
  why: string;
};

export type Trigger = {
  enable: boolean;
  line: number;
  kind: TriggerKind;
  edge: TriggerEdge;
};

export type TriggerEdge = "Rising" | "Falling" | "AnyEdge" | "LevelHigh" | "LevelLow" | "NotApplicable";

export type TriggerKind = "Input" | "Output";

/** What the data will be looked at for. */
export type Use = "planes" | "time_courses" | "cloud";

/** What is wrong with a document, and what it means. */
export type Validation = {
  problems: Array<Problem>;
  /** How a recording of it would be refused; `null`: none of the problems is an error. */
  refusal: Refusal | null;
  /** One a stream; `null` where there is no stream, or its problems leave no plan. */
  plans: Array<Plan | null>;
  /** One a stream: what is free now where it would write; `null`: it writes nothing, or nobody knows. */
  disk_free_bytes: Array<number | null>;
  /** One a stream; `null` where there is no stream. */
  meanings: Array<Meaning | null>;
};

/** One camera and where its frames go. A `null` or `NONE` identifier means: no stream, its settings are not validated. */
export type VideoStream = {
  /** What the page calls the stream; empty: "Camera N". Not Acquire's. */
  name?: string;
  camera: Camera;
  storage: Storage;
  /**
   * Frames of the camera; >= 2^53: until stopped; 0: no frames. With averaging it takes `frame_average_count` of them
   * to store one, and what is left over at the end is not taken: 11 with an average of 2 are 5 stored frames.
   */
  max_frame_count: number;
  /** 0 or 1: off. Otherwise the mean of so many camera frames is stored, as F32. */
  frame_average_count: number;
  /** Time from frame to frame, us; 0: follows the exposure. Not Acquire's. */
  frame_period_us?: number;
  /** Time from time point to time point, us; 0: continuous. Not Acquire's. */
  time_point_interval_us?: number;
};

/** Every call of the core whose parameters and answer are data. */
export interface CoreCalls {
  /** Cameras and storage devices, or those of one kind. */
  "devices": { params: { kind?: DeviceKind, }; answer: Array<DeviceInfo> };
  /** The first device of the kind whose whole name matches the regular expression; without one, the first. */
  "select": { params: { kind: DeviceKind, name?: string, }; answer: DeviceIdentifier | null };
  /** The first of the names that resolves. */
  "select_one_of": { params: { kind: DeviceKind, names: Array<string>, }; answer: DeviceIdentifier | null };
  /** The configuration in force. */
  "get_configuration": { params: Record<symbol, never>; answer: AppliedConfiguration };
  /**
   * Applies a document as a whole or changes nothing. `revision` is the one that the writer knew; `changed_by` is told to
   * everybody with the change.
   */
  "set_configuration": { params: { configuration: Record<string, unknown>, revision?: number, changed_by?: string, }; answer: AppliedChange };
  /** What the devices of the configuration in force can do. */
  "get_capabilities": { params: Record<symbol, never>; answer: Capabilities };
  /** Every problem of a document, and what it would write. Nothing is changed. */
  "validate": { params: { configuration: Record<string, unknown>, }; answer: Validation };
  /** A sound layout of a stream's dimensions for a use of the data. */
  "suggest": { params: { stream: number, use: Use, }; answer: Suggestion };
  /** The name itself where it is free, else the first that counts on from it. `taken`: names that are not free either. */
  "next_name": { params: { uri: string, taken: Array<string>, }; answer: FreeName };
  /** Starts all streams; answered when the cameras run. `record` false: into the previews alone. */
  "start": { params: { record: boolean, next_names?: boolean, replace_foreign_files?: boolean, }; answer: Started };
  /** Ends the run when it has all its frames, or where it has no end of its own now; answered when all is stored. */
  "stop": { params: Record<symbol, never>; answer: RunSummary };
  /** Ends capture now and stores all that was captured. */
  "abort": { params: Record<symbol, never>; answer: RunSummary };
  /** Ends now; what is not stored yet is counted as lost. */
  "give_up": { params: Record<symbol, never>; answer: RunSummary };
  /** What cameras and storage reach with the configuration in force: about two seconds. */
  "measure_speed": { params: Record<symbol, never>; answer: SpeedReport };
  /** The last measurement. */
  "get_speed": { params: Record<symbol, never>; answer: SpeedReport | null };
  /** One pulse on the camera's line `software`. */
  "execute_trigger": { params: { stream: number, }; answer: Nothing };
  /** What is going on. */
  "get_state": { params: Record<symbol, never>; answer: CurrentState };
  /** Of the run that goes on, or of the last one. */
  "get_stats": { params: Record<symbol, never>; answer: Stats };
  /** `count` losses of a stream's run (1000) from number `from` (0) on. */
  "get_losses": { params: { stream: number, from?: number, count?: number, }; answer: LossPage };
  /** The datasets of the data folder. */
  "datasets.list": { params: Record<symbol, never>; answer: Array<DatasetInfo> };
  /** What the last list of datasets does not show, and why. */
  "datasets.left_out": { params: Record<symbol, never>; answer: Array<LeftOut> };
  /** What is known of a dataset. */
  "datasets.info": { params: { name: string, }; answer: DatasetInfo };
  /** As `get_losses`, of a dataset. */
  "datasets.losses": { params: { name: string, from?: number, count?: number, }; answer: LossPage };
  /** The stream that a dataset was recorded with, where its format keeps it. */
  "datasets.settings": { params: { name: string, }; answer: VideoStream | null };
  /** Makes a dataset whole that a crash left. A second time changes nothing. */
  "datasets.recover": { params: { name: string, }; answer: Recovery };
}
