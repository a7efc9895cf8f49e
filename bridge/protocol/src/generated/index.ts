// Made from the Rust types by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.

/** How the data will be read most. */
export type AccessPattern = "planes" | "time_courses" | "cloud";

/** What `set_configuration` applied, with all that a client shows of it: one answer in place of four. */
export type AppliedChange = {
  /** The whole document, as it was applied. */
  configuration: Configuration;
  /** Its revision. */
  revision: number;
  /** What the devices can do with it in force. */
  capabilities: Capabilities;
  /** What is wrong with it, and what it means. */
  validation: Validation;
};

/** The configuration in force. */
export type AppliedConfiguration = {
  /** The whole document. */
  configuration: Configuration;
  /** How often it was changed: a write on an older revision is refused. */
  revision: number;
};

/** A stream's camera. */
export type Camera = {
  /** Which camera it is; `null` or NONE: the stream does not run. */
  identifier: DeviceIdentifier | null;
  /** How it takes frames. */
  settings: CameraSettings;
};

/** What a camera can do with the settings in force. */
export type CameraCapabilities = {
  /** How long light may be collected for a frame, us. */
  exposure_time_us: Range;
  /** Time from the exposure of one row to that of the next, us. */
  line_interval_us: Range;
  /** Whether rows can be read out backward as well. */
  readout_direction_writable: boolean;
  /** Pixels of the sensor along x and along y that can make one of the frame. */
  binning: Array<number>;
  /** The pixel types that it gives. */
  pixel_types: Array<PixelType>;
  /** Where the region of interest may begin, along x and y, px, for the binning and shape in force. */
  offset: [Range, Range];
  /** Width and height that a frame may have, px, for the binning in force. */
  shape: [Range, Range];
  /** Names of the digital lines, by their number. */
  lines: Array<string>;
  /** Input triggers that a line may drive: `acquisition_start`, `frame_start`, `exposure`. */
  input_triggers: Array<string>;
  /** Output triggers that it can drive a line with: `exposure`, `frame_start`, `trigger_wait`. */
  output_triggers: Array<string>;
  /** Width and height that a new stream starts with, px. */
  default_shape: [number, number];
  /** The pixel type that a new stream starts with. */
  default_pixel_type: PixelType;
  /** Time that the camera takes to make a frame with the settings in force, about, us: frames come no faster. 0: not known. */
  frame_time_us: number;
  /** Whether it plays the file that `settings.replay` names. Only such a camera does anything with that field. */
  plays_file: boolean;
  /**
   * What the frames of one exposure show, in their order, where the camera gives several for each: red, green, blue. Empty: an
   * exposure is a frame.
   */
  channels?: Array<string>;
  /** Whether it has features that it alone knows by name, which `settings.features` sets and `camera.features` lists. */
  has_features?: boolean;
  /** Whether ids and clock of its frames are counted by the camera itself; false: by this program, on this computer. */
  own_clock?: boolean;
  /** What is to be known of its frames and its settings that no range says, in sentences for people; empty: nothing. */
  remarks?: string;
};

/** Something of a camera that it knows by a name of its own, as it is now. */
export type CameraFeature = {
  /** Its name in `camera.settings.features`, which no other feature of the camera has. */
  name: string;
  /** What people call it. */
  display_name: string;
  /** What it does, in the camera's words; empty: it does not say. */
  description: string;
  /** The categories that it lies in, the outermost first. */
  category: Array<string>;
  /** What it holds. */
  kind: FeatureKind;
  /** Whom it is for. */
  level: FeatureLevel;
  /** What it is now; `null`: it cannot be read, or has no value. */
  value: FeatureValue | null;
  /** The values that a number can have; `null`: the camera does not say, or it is no number. */
  range: Range | null;
  /** The unit of a number; empty: it has none. */
  unit: string;
  /** The values that one of several can have now. */
  choices: Array<FeatureChoice>;
  /** Whether it can be set now. */
  writable: boolean;
  /**
   * The setting of the document that it is set by, `exposure_time_us` say, and by nothing else; empty: by
   * `features`.
   */
  setting: string;
};

/** How a camera takes frames. */
export type CameraSettings = {
  /** How long light is collected for a frame, us. */
  exposure_time_us: number;
  /** Time from the exposure of one row to that of the next (rolling shutter), us. */
  line_interval_us: number;
  /** From which side the sensor is read out. */
  readout_direction: ReadoutDirection;
  /** Pixels of the sensor along x and along y that make one of the frame. */
  binning: number;
  /** What one pixel of a frame is. */
  pixel_type: PixelType;
  /** Where the region of interest begins on the sensor, [x, y], in pixels of the frame. */
  offset: [number, number];
  /** Width and height of a frame, px. */
  shape: [number, number];
  /** What signals from outside start. */
  input_triggers: InputTriggers;
  /** What the camera signals to others. */
  output_triggers: OutputTriggers;
  /** What the `replay` camera plays. Not Acquire's. */
  replay?: Replay;
  /**
   * Features that the camera knows by names of its own, `Gain` say, and what they are to be; those that are left out stay as
   * the camera has them. Not Acquire's.
   */
  features?: { [key in string]: FeatureValue };
};

/** What the configured devices can do. */
export type Capabilities = {
  /** One entry for each stream, in the order of the document. */
  video: Array<StreamCapabilities>;
};

/** The codecs that chunks are compressed by. */
export type CodecName = "none" | "blosc-lz4" | "blosc-zstd" | "zstd";

/** How chunks are compressed. */
export type Compression = {
  /** The codec that compresses. */
  codec: CodecName;
  /** How hard it tries: 0 to 9 for Blosc, -7 to 22 for zstd. 0 is Blosc's "stored" and zstd's default, which is 3. */
  level: number;
  /** How bytes are sorted before; for Blosc alone. */
  shuffle: Shuffle;
};

/** The whole document. */
export type Configuration = {
  /** One entry for each stream. */
  video: Array<VideoStream>;
};

/** The configuration that is in force now, and whose it is. */
export type ConfigurationChange = {
  /** Counts the changes; a write on an older revision is refused. */
  revision: number;
  /** Who changed it: a page's session, "cli", "runtime" (the next free name after a run). */
  changed_by: string;
  /** The whole document, as it was applied. */
  configuration: Configuration;
};

/** How a document is refused: the first of its errors, and how many there are. The errors themselves are its problems. */
export type ConfigurationRefusal = {
  /** `exists` where that alone is wrong, else `invalid_configuration`. */
  code: RefusalCode;
  /** The path and the message of the first error, and how many more there are. */
  message: string;
  /** The path of the first field at fault. */
  path: string | null;
};

/** Where a frame lies along one dimension. */
export type Coordinate = {
  /** The dimension's name. */
  name: string;
  /** Index along it, from 0. */
  index: number;
};

/** Names what went wrong, for programs. A code never changes its meaning. */
export type CoreErrorCode = "invalid_configuration" | "stale_revision" | "already_running" | "not_running" | "not_configured" | "unknown_stream" | "exists" | "foreign_files" | "trigger_refused" | "storage" | "camera" | "invalid_params" | "locked" | "not_found" | "cancelled" | "closed" | "internal";

/** What the runtime does at the moment. */
export type CurrentState = {
  /** Whether it is closed, idle, previewing, measuring or recording. */
  state: RuntimeState;
};

/** One axis of a dataset's array. */
export type DatasetAxis = {
  /** Its name: "z". */
  name: string;
  /** Whether it runs through space, time, channels, or something else. */
  kind: DimensionKind;
  /** The unit of `scale`; empty: nobody said one. */
  unit: string;
  /** Physical step from element to element, in `unit`. */
  scale: number;
  /** Names of the elements; empty: none. */
  labels: Array<string>;
};

/** How the run of a dataset ended. */
export type DatasetEnd = {
  /** Whether all that was planned was captured, or why not. */
  kind: EndKind;
  /** Why it failed, in a few words ("disk full"); `null`: it did not fail. */
  reason: string | null;
};

/** What is in a dataset, as far as its own files tell. */
export type DatasetInfo = {
  /** Its path in the data folder, with slashes: the part of its URL after `/data/`. */
  name: string;
  /** Its path on the camera computer. */
  path: string;
  /** What kind of file or folder it is. */
  kind: DatasetKind;
  /** Whether it is being written, closed, or was left open by a crash. */
  state: DatasetState;
  /** Elements of the full-resolution array along each axis, slowest first. */
  shape: Array<number>;
  /** The axes of the array, slowest first, as `shape`. */
  axes: Array<DatasetAxis>;
  /**
   * Names of the axes behind the image's two in the order of acquisition, fastest first: frame index i lies at i modulo the
   * first one's size along the first, and so on. Empty: not ours.
   */
  acquisition_order: Array<string>;
  /** Zoom levels, the full one first. Empty where there are no arrays (`raw`, `tiff`). */
  levels: Array<DatasetLevel>;
  /** What an element is, by Zarr V3's name: `uint8`, `float32`, ... */
  dtype: string;
  /** What a pixel of the camera was; `null`: not ours. */
  pixel_type: PixelType | null;
  /** Elements of a chunk along each axis, as `shape`. */
  chunks: Array<number>;
  /** Elements of a shard along each axis, as `shape`; `null`: not sharded. */
  shards: Array<number> | null;
  /** How chunks are compressed; `null`: by a codec that we do not write. */
  codec: Compression | null;
  /** Frames of the array that are stored. */
  frames_stored: number;
  /** What was captured, stored and lost; `null`: not ours, or no record of it. */
  losses: Ledger | null;
  /**
   * One past the last frame index that was captured, stored or lost. From here to the end of the array nothing was ever
   * captured: it is fill, and no loss. `null`: not known, or the run goes on.
   */
  captured_end: number | null;
  /** Frames of the array that the run was asked to fill; `null`: until stopped, or not known. */
  frame_limit: number | null;
  /** How the run ended; `null`: not known, or it goes on. */
  end: DatasetEnd | null;
  /** When the run began, by the wall clock of the camera computer, ms since 1970-01-01 UTC; `null`: not known. */
  started_unix_ms: number | null;
  /** Bytes on disk, everything included. */
  bytes: number;
  /** The id of the run that wrote it; `null`: not ours. */
  run_id: string | null;
  /** Frame index of a stored frame that stands for the dataset in a list; `null`: none is stored, or it is not ours. */
  thumbnail_frame_index: number | null;
  /**
   * What people wrote down of the sample and the run; of long texts the beginning. Empty: nothing, or it is not told without reading
   * the dataset.
   */
  notes: Notes;
  /**
   * What other programs may stumble over: axes that are no OME-NGFF, units that they do not know, chunks that are slow
   * to read. Whole sentences, for people.
   */
  remarks: Array<string>;
};

/** What kind of file or folder a dataset is. */
export type DatasetKind = "zarr2" | "zarr3" | "tiff" | "raw";

/** One zoom level of a dataset. */
export type DatasetLevel = {
  /** Path of its array in the dataset: "0". */
  path: string;
  /** Elements along each axis, slowest first. */
  shape: Array<number>;
  /** Physical size of an element along each axis. */
  scale: Array<number>;
};

/** Whether a dataset is whole. */
export type DatasetState = "open" | "closed" | "needs_recovery";

/** A device by its name. `id` ([driver, device]) is written for Acquire's sake and ignored when read. */
export type DeviceIdentifier = {
  /** Acquire's numbers of driver and device; ignored when read. */
  id: [number, number];
  /** What kind of device it is. */
  kind: DeviceKind;
  /** Its exact name, which decides. */
  name: string;
};

/** A device of this machine. */
export type DeviceInfo = {
  /** Its kind and its exact name, as a document names it. */
  identifier: DeviceIdentifier;
  /** What it is, in one sentence for people. */
  description: string;
  /**
   * Whether one stream at a time can have it, as is so for cameras of glass and metal. Any number of streams can have any
   * other device.
   */
  exclusive: boolean;
  /** Whether it is a camera that plays a file, which `camera.settings.replay` names. */
  plays_file: boolean;
};

/** What kind of device it is, by Acquire's names. There are devices of two kinds: cameras and storage. */
export type DeviceKind = "NONE" | "Camera" | "Storage" | "StageAxis" | "Signals";

/** Which devices there are now. */
export type DevicesChange = {
  /** All of them, cameras first. */
  devices: Array<DeviceInfo>;
};

/** One dimension of the array, as frames fill it. */
export type Dimension = {
  /** Its name ("z"); no other dimension has the same. */
  name: string;
  /** What it runs through. */
  kind: DimensionKind;
  /** Elements along it (px, planes, channels, time points). 0, which only the last dimension may have: it grows with the run. */
  array_size_px: number;
  /** Elements of a chunk along it. */
  chunk_size_px: number;
  /** Chunks of a shard along it; 0 in every dimension: there are no shards. */
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
  /** Names of the elements, of channels for example: none, or one for each element. */
  labels?: Array<string>;
  /** The colours of channels, "00FF00" or "#00ff00": none, or one for each name; an empty text, or none: by the name. */
  colors?: Array<string>;
};

/** What a dimension runs through. */
export type DimensionKind = "Space" | "Channel" | "Time" | "Other";

/** How a pixel of a zoom level is made of those of the finer one. */
export type DownsampleMethod = "mean" | "decimate" | "min" | "max";

/** When stored frames are forced to the disk itself. */
export type Durability = "none" | "layer" | "second";

/** How a run ended, in a word. */
export type EndKind = "complete" | "stopped" | "failed" | "interrupted";

/** What the runtime tells everybody, unasked. On the wire `event` is the notification's method, the rest its parameters. */
export type Event = { "event": "state" } & StateChange | { "event": "configuration" } & ConfigurationChange | { "event": "devices" } & DevicesChange | { "event": "stats" } & Stats | { "event": "published" } & Published | { "event": "run_ended" } & RunSummary | { "event": "speed" } & SpeedProgress | { "event": "log" } & LogEntry;

/** A document to start from. */
export type Example = {
  /** Stable, for programs: `chunked`. */
  id: string;
  /** What people call it. */
  title: string;
  /** One sentence for people. */
  description: string;
  /** The document. */
  configuration: Configuration;
};

/** One of several values that a feature can have. */
export type FeatureChoice = {
  /** How it is written in the document. */
  value: string;
  /** What people call it. */
  label: string;
};

/** What a feature holds. */
export type FeatureKind = "integer" | "float" | "boolean" | "enumeration" | "text" | "command" | "register";

/** Whom a feature is for, as the camera's maker says. */
export type FeatureLevel = "beginner" | "expert" | "guru";

/** What a feature is, or is to be: a number, whole or not; the name of a choice, or text; true or false. */
export type FeatureValue = boolean | number | string;

/** What a TIFF or raw file of ours says of the run that wrote it. */
export type FileDescription = {
  /** The camera, and how it was set; `null`: the file does not say. Raw files do. */
  camera: Camera | null;
  /** What people wrote down; `null`: nothing, or the file does not say. */
  notes: Notes | null;
  /** The user's own metadata, a JSON object as text, word for word; `null`: there is none. */
  external_metadata_json: string | null;
};

/** Set `path` to `value` and the problem is gone. `path` may differ from the problem's. */
export type Fix = {
  /** "Use 1,000 ms" */
  label: string;
  /** The field that is set. */
  path: string;
  /** What it is set to. */
  value: unknown;
};

/**
 * How a program stands that takes every frame of a stream over the network. Counts are frames of the array.
 *
 * `taken + waiting + lost` are all frames from `first_frame_index` on, until it leaves.
 */
export type FrameClientStats = {
  /** Counts the clients of the stream's run, from 1. */
  client: number;
  /** Whether it still reads; false: it has left, and its counts change no more. */
  connected: boolean;
  /** Where it came in: earlier frames are not available to it, and no loss. */
  first_frame_index: number;
  /** Frames that were handed to its connection. */
  taken: number;
  /** Frames that wait for it in memory of its own. */
  waiting: number;
  /** Frames that it does not get, for whatever reason. */
  lost: number;
  /**
   * Of the lost ones those that the run had: it did not take the ones before in time, left, or the bridge's own recording
   * went first.
   */
  lost_to_client: number;
  /** Frames that may wait for it. */
  room: number;
  /** Whether the run waits for it. */
  back_pressure: boolean;
};

/** A name that is free. */
export type FreeName = {
  /** The name, with its ending. */
  name: string;
};

/** What signals from outside start; those that are not enabled do nothing. */
export type InputTriggers = {
  /** Starts the acquisition. */
  acquisition_start: Trigger;
  /** Starts one frame. */
  frame_start: Trigger;
  /** Exposes for as long as the signal lasts. */
  exposure: Trigger;
};

/**
 * Counts of the camera's frames by hardware id, ids that were never delivered included.
 *
 * `captured == stored + dropped + in_flight`, always; at the end of a run `in_flight` is 0.
 */
export type Ledger = {
  /** Frames that the camera exposed since the run began. */
  captured: number;
  /** Frames whose pixels and record have left the process. */
  stored: number;
  /** Frames that are lost: the sum of the three causes below. */
  dropped: number;
  /** Frames between camera and disk. */
  in_flight: number;
  /** Lost ids that the camera never delivered, and the rest of an average that waited for one. */
  dropped_camera: number;
  /** Frames that were lost because no buffer was free. */
  dropped_queue: number;
  /** Frames that storage took, and lost. */
  dropped_storage: number;
  /** Frames of the array that are decided (stored or dropped). With averaging one of them is many frames of the camera. */
  array_frames: number;
};

/** Why some of what lies in a data folder is not in the list of its datasets. */
export type LeftOut = {
  /** Why they are not in the list. */
  cause: LeftOutCause;
  /** Why, in one sentence for people. */
  reason: string;
  /** How many there are. */
  count: number;
  /** Names of the first of them, in the data folder, with slashes. */
  names: Array<string>;
};

/** Why something in a data folder is not in the list of its datasets. */
export type LeftOutCause = "damaged" | "name" | "link" | "unreadable" | "hidden" | "too_many";

/** A message for people. */
export type LogEntry = {
  /** How bad it is. */
  level: LogLevel;
  /** One or more whole sentences. */
  message: string;
  /** When it was written, by the wall clock of the camera computer, ms since 1970-01-01 UTC. */
  unix_ms: number;
  /** Index in `video` of the stream that it is about; `null`: it concerns all. */
  stream: number | null;
};

/** How bad it is what a message says. */
export type LogLevel = "info" | "warning" | "error";

/** A range of consecutive frames that were lost for one cause. */
export type Loss = {
  /** The frame index in the array at which the range begins. */
  first_frame_index: number;
  /** The camera's id of the first lost frame. */
  first_hardware_id: number;
  /** Lost frames of the camera. */
  count: number;
  /** Frames of the array that stay fill. With averaging each is many frames of the camera. */
  array_frames: number;
  /** Why they were lost. */
  cause: LossCause;
};

/** Why a frame was lost. */
export type LossCause = "camera" | "queue" | "storage";

/** Some of the losses, oldest first. */
export type LossPage = {
  /** Ranges that there are in all. */
  total: number;
  /** Number of this page's first range among all of them, from 0. */
  from: number;
  /** The ranges of this page. */
  ranges: Array<Loss>;
  /**
   * Frame indices from here to the end of the array were never captured, which is no loss. `null`: not known, or the run
   * goes on.
   */
  captured_end: number | null;
};

/** Zoom levels: copies of the array, each half as large as the one before. */
export type Multiscale = {
  /** How a pixel is made of those of the finer level. */
  method: DownsampleMethod;
  /** Levels besides the full one; 0: until a level fits into one chunk. */
  max_levels: number;
};

/** What people write down of the sample and the run; kept with the data. */
export type Notes = {
  /** What was looked at. */
  sample: string;
  /** Who recorded it. */
  operator: string;
  /** Anything else. */
  text: string;
};

/** The answer `{}`: it was done, and there is nothing to say of it. */
export type Nothing = Record<symbol, never>;

/** An objective, and how large a pixel of the sensor is through it. */
export type Objective = {
  /** What people call it: "40x/1.3 oil". */
  name: string;
  /** Width and height in the sample of one pixel of the sensor, without binning, um; above 0. */
  pixel_size_um: number;
};

/** What the camera signals to others; those that are not enabled do nothing. */
export type OutputTriggers = {
  /** Lasts as long as an exposure. */
  exposure: Trigger;
  /** Comes with each frame. */
  frame_start: Trigger;
  /** Lasts as long as the camera waits for a trigger. */
  trigger_wait: Trigger;
};

/** The size of a pixel of a stored frame. */
export type PixelSize = {
  /** Its width, in `unit`. */
  x: number;
  /** Its height, in `unit`. */
  y: number;
  /** The unit as OME-NGFF names it. */
  unit: string;
};

/** What one pixel is. U10, U12 and U14 lie unpacked in the low bits of 16. */
export type PixelType = "U8" | "U16" | "I8" | "I16" | "F32" | "U10" | "U12" | "U14";

/** What a recording will be, known before it starts. */
export type Plan = {
  /** Elements of the array along each axis, the slowest first; `null`: grows until the run is stopped. */
  shape: Array<number | null>;
  /** The axes of the array, slowest first. */
  axes: Array<PlannedAxis>;
  /** Elements of a chunk along each axis, as `shape`. */
  chunk: Array<number>;
  /** Elements of a shard along each axis, as `shape`; `null`: every chunk is a file. */
  shard: Array<number> | null;
  /** Zoom levels, the full one first. */
  levels: Array<PlannedLevel>;
  /** Frames of the array; `null`: until stopped. */
  frames: number | null;
  /** Bytes of a stored frame, before compression. */
  frame_bytes: number;
  /** Chunk or shard files of all levels; `null`: until stopped. */
  files: number | null;
  /** Bytes of the largest file, before compression. */
  bytes_per_file: number;
  /** Bytes on disk, all levels, before compression; `null`: until stopped. */
  total_bytes: number | null;
  /** Bytes of memory: the writer never takes more, the queue of frames included. */
  memory_bound_bytes: number;
  /** Bytes on the disk that are needed besides the data while it runs, at most. */
  temporary_disk_bytes: number;
  /** Bytes of pixels a minute, before compression; `null`: as fast as it goes. */
  bytes_per_minute: number | null;
  /** Time from the first frame to the last, s; `null`: until stopped, or as fast as it goes. */
  duration_s: number | null;
  /** What it costs to show one plane. */
  read_plane: ReadCost;
  /** What it costs to show the course of one pixel along the axis that grows; `null`: until stopped. */
  read_course: ReadCost | null;
  /** Frames until the first chunk or shard file is complete. */
  frames_per_layer: number;
  /** Whether OME-NGFF metadata is written. */
  ngff: boolean;
  /** Why no OME-NGFF metadata is written; `null`: it is. */
  ngff_reason: string | null;
  /** What another storage order would gain; `null`: nothing. */
  order_note: string | null;
};

/** An axis of a planned array. */
export type PlannedAxis = {
  /** Its name. */
  name: string;
  /** What it runs through. */
  kind: DimensionKind;
  /** The unit of `scale`; empty: none. */
  unit: string;
  /** Physical step from element to element, in `unit`. */
  scale: number;
};

/** A zoom level of a planned array. */
export type PlannedLevel = {
  /** Elements along each axis, slowest first; `null`: grows until the run is stopped. */
  shape: Array<number | null>;
  /** By how much each axis is coarser than at full resolution. */
  factors: Array<number>;
};

/** One thing that is wrong with a document. */
export type Problem = {
  /** `video[0].storage.settings.acquisition_dimensions[2].chunk_size_px` */
  path: string;
  /** What kind of problem it is. */
  code: ProblemCode;
  /** Whether the document is refused for it. */
  severity: Severity;
  /** What is wrong and what would be right, in one sentence. */
  message: string;
  /** The one right value, where there is one; the page makes a button of it. */
  fix?: Fix;
};

/** Names what is wrong, for programs. A code never changes its meaning. */
export type ProblemCode = "out_of_range" | "type" | "unknown_field" | "unknown_value" | "unknown_device" | "conflict" | "too_long" | "too_many" | "too_few" | "missing" | "no_stream" | "wrong_kind" | "not_json" | "name" | "labels" | "order" | "mixed" | "shape_mismatch" | "duplicate" | "unsupported" | "read_only" | "camera" | "replay" | "unused" | "slow" | "slow_camera" | "late" | "no_frames" | "incomplete" | "large_chunk" | "small_chunks" | "many_files" | "no_size" | "no_unit" | "contradiction" | "escaped" | "extension" | "outside" | "in_dataset" | "exists" | "overwrite" | "foreign_files" | "not_a_folder" | "not_writable" | "not_ome_zarr" | "disk_full" | "changed" | "more";

/** Other programs can read more of a dataset than before. */
export type Published = {
  /** Index of the stream in `video`. */
  stream: number;
  /** The dataset's name in the data folder; its full path where it lies outside. */
  dataset: string;
  /** The run's id. */
  run_id: string;
  /** The number of the same run, which its pictures carry. */
  run_number: number;
  /** Frames of the array that other programs can read, from the first on without a gap: each is stored or lost. */
  frames_published: number;
  /** Elements of the full-resolution array along each axis, slowest first. */
  shape: Array<number>;
};

/** Buffers between camera and storage. */
export type Queue = {
  /** Those that wait for storage. */
  frames: number;
  /** How many there are in all. */
  capacity: number;
};

/** The values that a setting can have, both ends included. */
export type Range = {
  /** The smallest value. */
  low: number;
  /** The largest value. */
  high: number;
  /** The step from value to value, counted from `low`; 0: any value between. */
  step: number;
  /** Whether it can be set; if not, it is `low`. */
  writable: boolean;
};

/** How fast frames come and are stored, measured over the last two seconds. */
export type Rates = {
  /** Frames a second that the camera exposed, lost ones included. */
  camera_fps: number;
  /** Frames of the camera a second that were stored. */
  stored_fps: number;
  /** Bytes a second of stored pixels, before compression. */
  stored_bytes_per_s: number;
};

/** What it costs to read something of a planned array. */
export type ReadCost = {
  /** Files that are opened. */
  files: number;
  /** Bytes that are decoded, before compression. */
  bytes: number;
};

/** From which side a sensor is read out. */
export type ReadoutDirection = "Forward" | "Backward";

/** What a recording of one stream takes, by its plan where it has one, else by its pixels. */
export type RecordingEstimate = {
  /** Frames of the array; `null`: until stopped. */
  frames: number | null;
  /** How long it takes, s; `null`: until stopped, or the frame period is not known. */
  duration_s: number | null;
  /** Bytes on disk, before compression; `null`: until stopped. */
  bytes: number | null;
  /** Bytes of pixels a minute, before compression; `null`: the frame period is not known. */
  bytes_per_minute: number | null;
};

/** What a recovery found and did. */
export type Recovery = {
  /** Whether anything was mended; if not, the dataset was whole and nothing was changed. */
  was_needed: boolean;
  /** Frames of the array that are stored. */
  frames_stored: number;
  /** Frame indices that are fill: dropped in the run, or accepted and never stored. */
  frames_missing: number;
  /** Frames that the log calls stored and whose bytes are damaged; a power cut can do that. */
  frames_damaged: number;
  /** Layers whose chunk or shard files were made now. */
  layers_sealed: number;
  /** Elements of the full-resolution array along each axis, slowest first. */
  shape: Array<number>;
};

/** The devices after a search. */
export type RefreshedDevices = {
  /** All of them, cameras first. */
  devices: Array<DeviceInfo>;
  /** What people should know who miss a camera, in whole sentences. */
  advice: Array<string>;
};

/** The error codes of a refused document. */
export type RefusalCode = "exists" | "invalid_configuration";

/** What the `replay` camera plays. */
export type Replay = {
  /** A TIFF stack on the camera computer. */
  path: string;
};

/** A dimension with nothing left open. */
export type ResolvedDimension = {
  /** Its name. */
  name: string;
  /** What it runs through. */
  kind: DimensionKind;
  /** Elements; 0: grows with the run. */
  size: number;
  /** Elements of a chunk. */
  chunk: number;
  /** Chunks a shard; 0 in every dimension: no shards. */
  shard_chunks: number;
  /** Physical step from element to element, in `unit`; above 0. 1 where there is no unit: nobody said how large it is. */
  scale: number;
  /** The unit as OME-NGFF names it; empty: none. */
  unit: string;
  /** Names of the elements; empty, or one an element. */
  labels: Array<string>;
  /** The colours of named channels, "RRGGBB", one for each name; else empty. */
  colors?: Array<string>;
};

/** What a stream's settings mean, nothing left open, whether they are right or not. */
export type ResolvedSettings = {
  /** What people call the stream. */
  name: string;
  /** Its settings. */
  stream: ResolvedStream;
  /** The size of a pixel of a stored frame; `null`: not calibrated. */
  pixel_size: PixelSize | null;
  /** The same along x and y, um, for files whose unit is fixed; `null`: not calibrated, or in a unit that nobody knows. */
  pixel_size_um: [number, number] | null;
  /** What a recording of them takes. */
  estimate: RecordingEstimate;
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
  /** What a stored pixel is: a mean of several frames is F32. */
  pixel_type: PixelType;
  /** Width of a frame, px. */
  width: number;
  /** Height of a frame, px. */
  height: number;
  /** Fastest first. */
  dimensions: Array<ResolvedDimension>;
  /** Names of the dimensions as the array's axes lie, slowest first. */
  storage_order: Array<string>;
  /** How chunks are compressed. */
  compression: Compression;
  /** By how much each dimension is coarser at each zoom level; the full level first, all 1. */
  levels: Array<Array<number>>;
  /** How coarser levels are made. */
  method: DownsampleMethod;
  /**
   * Frames of the array to fill: those that the camera's frames make, or the end of a last dimension of fixed size. `None`:
   * until stopped.
   */
  frame_limit: number | null;
  /** Time from stored frame to stored frame, us; 0: not known. */
  stored_frame_period_us: number;
  /** The `uri` as the document gave it. */
  uri: string | null;
  /** The user's own metadata, a JSON object as text. */
  external_metadata_json: string | null;
  /** The id of the first frame in the dataset. */
  first_frame_id: number;
  /** When stored frames are forced to the disk itself. */
  durability: Durability;
  /** Whether it may replace a dataset of ours. */
  overwrite: boolean;
  /** What people wrote down. */
  notes: Notes;
};

/** What a stream's document means. Made by [`VideoStream::resolve`] alone. */
export type ResolvedStream = {
  /** What one pixel of a camera frame is. */
  camera_pixel_type: PixelType;
  /** Time from camera frame to camera frame, us; 0: as fast as the camera can. */
  frame_period_us: number;
  /** Time from camera frame to camera frame where it is known before the run, us: not of a camera that is as fast as it can, or waits for triggers. */
  known_period_us: number | null;
  /** Camera frames that are averaged to make one stored frame; 1: none are. */
  frames_averaged: number;
  /** Time from time point to time point, us; 0: continuous. */
  time_point_interval_us: number;
  /** What its storage is to write. */
  storage: ResolvedStorage;
};

/** How a run ended. */
export type RunSummary = {
  /** The run's id; empty where nothing was recorded. */
  run_id: string;
  /** The number of the same run, which its pictures carry; 0: nothing ran. */
  run_number: number;
  /** Time from the start until the last stream had ended, s. */
  elapsed_s: number;
  /** Nothing was lost and nothing failed. */
  complete: boolean;
  /** One entry for each stream that took part. */
  streams: Array<StreamSummary>;
};

/** What the runtime does: Acquire's states, and two that are ours (`Previewing`, `Measuring`). */
export type RuntimeState = "Closed" | "AwaitingConfiguration" | "Armed" | "Previewing" | "Measuring" | "Running";

/** Whether a document is refused for a problem. */
export type Severity = "error" | "warning";

/** How Blosc sorts the bytes of pixels before it compresses them. */
export type Shuffle = "none" | "byte" | "bit";

/** How measuring goes on, and at its end what was measured. */
export type SpeedProgress = {
  /** How much of it is done, from 0 to 1. */
  share: number;
  /** What was measured, at the end. */
  report: SpeedReport | null;
};

/** What cameras and storage reach with a configuration, beside what it asks of them. */
export type SpeedReport = {
  /** When the measurement ended, by the wall clock of the camera computer, ms since 1970-01-01 UTC. */
  measured_unix_ms: number;
  /** What was measured: the figures hold for these settings. */
  configuration: Configuration;
  /** One entry for each stream that has a camera. */
  streams: Array<StreamSpeed>;
};

/** A run that has begun. */
export type Started = {
  /** The run's id. */
  run_id: string;
  /** The number of the run, counted by this runtime, previews included. Its pictures carry it. */
  run_number: number;
};

/** What the runtime does now, and for which run. */
export type StateChange = {
  /** What it does now. */
  state: RuntimeState;
  /** The id of the recording that goes on, or just ended; `null`: there is none. */
  run_id: string | null;
  /** The number of the run that goes on, or just ended, previews included: pictures carry it. `null`: nothing has run yet. */
  run_number: number | null;
};

/** How a run stands now; sent four times a second while cameras run. */
export type Stats = {
  /** What the runtime does now. */
  state: RuntimeState;
  /** When these numbers were taken, wall clock of the camera computer, ms since 1970-01-01 UTC. */
  unix_ms: number;
  /** The id of the recording that goes on, or of the last one; `null`: nothing was recorded yet. */
  run_id: string | null;
  /** The number of the run that goes on or was last, a preview too; pictures carry it. `null`: nothing has run yet. */
  run_number: number | null;
  /** One entry for each stream that takes part. */
  streams: Array<StreamStats>;
};

/** Where the frames of a stream go. */
export type Storage = {
  /** Which storage device it is. */
  identifier: DeviceIdentifier | null;
  /** How it writes. */
  settings: StorageSettings;
  /** How long storage waits before it takes a frame from the queue, ms. */
  write_delay_ms: number;
};

/** What a storage device can do. */
export type StorageCapabilities = {
  /** Whether it takes `acquisition_dimensions` with chunks. */
  chunking: boolean;
  /** Whether it takes `shard_size_chunks`. */
  sharding: boolean;
  /** Whether it writes zoom levels. */
  multiscale: boolean;
  /** The codecs that it takes in `compression`. */
  codecs: Array<CodecName>;
  /** How it compresses where `compression` is left out, as its name implies. */
  compression: Compression;
  /** The ending that is proposed for names, with the dot; empty for `trash`. */
  extension: string;
  /** Whether it writes files, so that `uri` is required. */
  needs_uri: boolean;
};

/** The kinds of file behind the names. */
export type StorageFormat = "zarr2" | "zarr3" | "raw" | "tiff" | "tiff-json" | "trash";

/** How a storage device writes. */
export type StorageSettings = {
  /** Where the store is made. Acquire 0.3's `filename` is read as well. */
  uri: string | null;
  /** A JSON object as text. It is kept as the attributes of the array. */
  external_metadata_json: string | null;
  /** The id of the first frame in the dataset; the others count on. */
  first_frame_id: number;
  /**
   * Width and height of a pixel of the stored frame, um; with binning those of the binned pixel. 0: not calibrated, and no
   * size is stored.
   */
  pixel_scale_um: [number, number];
  /** The dimensions of the array, the fastest first; empty: x and y of the camera, and a t that grows with the run. */
  acquisition_dimensions: Array<Dimension>;
  /** Acquire's switch: the same as `multiscale` with the method mean. */
  enable_multiscale: boolean;
  /** Read for the sake of Acquire; S3 is not supported yet, and a key is an error. */
  s3_access_key_id?: string;
  /** Read for the sake of Acquire; S3 is not supported yet, and a key is an error. */
  s3_secret_access_key?: string;
  /** How chunks are compressed, instead of what the storage device's name implies. Not Acquire's, as all fields that follow. */
  compression?: Compression;
  /** Zoom levels; left out: none, unless `enable_multiscale` is set. */
  multiscale?: Multiscale;
  /** Names of the dimensions, slowest first, as the array's axes lie; empty: the acquisition's order reversed. */
  storage_order?: Array<string>;
  /** When stored frames are forced to the disk itself. */
  durability?: Durability;
  /** Whether a store of ours that stands at `uri` is replaced. */
  overwrite?: boolean;
  /** What people write down of the sample and the run. */
  notes?: Notes;
};

/** What one stream can do as it is configured now. */
export type StreamCapabilities = {
  /** What its camera can do; `null`: no camera is chosen, or it does not answer. */
  camera: CameraCapabilities | null;
  /** What its storage device can do; `null`: none is chosen. */
  storage: StorageCapabilities | null;
  /** How many frames a run may take. */
  max_frame_count: Range;
  /** How many frames may be averaged into one. */
  frame_average_count: Range;
};

/** Why a stream ended before its time. */
export type StreamError = {
  /** Which part failed, for programs. */
  code: StreamErrorCode;
  /** What failed, in whole sentences. */
  message: string;
  /** What failed in a few words, without paths: "disk full". */
  reason: string;
};

/** Whose fault it is that a stream ended before its time. */
export type StreamErrorCode = "camera" | "storage" | "internal";

/** What one stream reaches. Rates are in camera frames, also where a stored frame is the mean of several. */
export type StreamSpeed = {
  /** Index of the stream in `video`. */
  stream: number;
  /** What people call the stream. */
  name: string;
  /** Frames a second that the configuration asks while the camera runs; `null`: as fast as it can, or one a trigger. */
  asked_fps: number | null;
  /** Frames a second of the camera alone, without its triggers and with no pause between exposures. */
  camera_fps: number;
  /** Bytes of pixels a second of the camera alone. */
  camera_bytes_per_s: number;
  /** Frames a second that storage alone takes, until all of it is stored, sealed and closed. */
  stored_fps: number;
  /** Bytes of pixels a second that storage alone takes, before compression. */
  stored_bytes_per_s: number;
  /** Bytes of pixels that were written to measure this, before compression. All of it is deleted. */
  stored_bytes: number;
  /** How long after the start no buffer would be free, and frames would be lost, s; `null`: not before the end of the run. */
  loses_after_s: number | null;
};

/** What a stream of a run does. */
export type StreamState = "idle" | "running" | "waiting_for_trigger" | "storing" | "failed";

/** How one stream of a run stands now. */
export type StreamStats = {
  /** Index of the stream in `video`. */
  stream: number;
  /** What people call the stream. */
  name: string;
  /** What the stream does now. */
  state_of_stream: StreamState;
  /** What was captured, stored and lost so far. */
  ledger: Ledger;
  /** The first of the losses; `get_losses` has the rest. */
  losses: LossPage;
  /** Frames of the array to fill; `null`: until stopped. */
  frame_limit: number | null;
  /** How fast frames come and are stored. */
  rates: Rates;
  /** Frames that wait for storage. */
  queue: Queue;
  /** Where the last stored frame lies, fastest dimension first, x and y left out. */
  coordinates: Array<Coordinate>;
  /** When the run began, by the wall clock of the camera computer, ms since 1970-01-01 UTC. */
  started_unix_ms: number | null;
  /** Since the run began, s. */
  elapsed_s: number;
  /** Until the run will have ended, s; `null`: until stopped, or not known yet. */
  remaining_s: number | null;
  /** How late the last time point began, ms. `null`: no interval is set. */
  lateness_ms: number | null;
  /** Pictures a second that previews are limited to while storage needs the computer; `null`: as many as a screen shows. */
  preview_limit_fps: number | null;
  /** Where the data goes, on the camera computer; `null`: nothing is written. */
  path: string | null;
  /** The run's id; `null`: nothing is recorded. */
  run_id: string | null;
  /** The number of the same run, which its pictures carry. */
  run_number: number;
  /** Frames of the array that other programs can read. */
  frames_published: number;
  /** Pixels of the stored frames, bytes before compression. */
  bytes_stored: number;
  /** Free on the disk that the data goes to; `null`: nothing is written, or not known. */
  disk_free_bytes: number | null;
  /**
   * Programs that take every frame over the network, in the order in which they came; of those that are gone the last
   * ones. Their losses are their own: the ledger speaks of the bridge's storage.
   */
  frame_clients: Array<FrameClientStats>;
  /**
   * How the camera's frames came over its cable, where it has one that may lose some. Since the camera was started last:
   * with time points, since the last one began.
   */
  transport?: Transport;
  /** What people should know now: "buffer full in 9 s". */
  warnings: Array<string>;
  /** Why it ended before its time; `null`: it did not. */
  error: StreamError | null;
};

/** How a run ended for one stream. */
export type StreamSummary = {
  /** Index of the stream in `video`. */
  stream: number;
  /** What people call the stream. */
  name: string;
  /** Where the data is, on the camera computer; `null`: nothing was written. */
  path: string | null;
  /** What was captured, stored and lost. */
  ledger: Ledger;
  /** Frames of the array that the run was asked to fill; `null`: until stopped. */
  frame_limit: number | null;
  /** Frames of the array that are stored. */
  frames_stored: number;
  /** Whether all that was planned was captured, or why not. */
  end: DatasetEnd;
  /** Frames of the array that other programs can read. */
  frames_published: number;
  /** Pixels of the stored frames, bytes before compression. */
  bytes_stored: number;
  /** Time from the start until the stream had ended, s. */
  elapsed_s: number;
  /** How the camera's frames came over its cable, where it has one that may lose some. */
  transport?: Transport;
  /** Why it ended before its time; `null`: it did not. */
  error: StreamError | null;
};

/** A layout for an access pattern, and why. */
export type Suggestion = {
  /** The dimensions with the proposed chunks and shards. */
  dimensions: Array<Dimension>;
  /** Why they are proposed, in whole sentences. */
  why: string;
};

/** How a camera's frames came over its cable since the last start. */
export type Transport = {
  /** Packets that did not come, and did not come when they were asked for again either. */
  packets_lost: number;
  /** Packets that came when they were asked for again. */
  packets_resent: number;
  /** Frames of which something is missing: each is lost, with the cause `camera`. */
  frames_incomplete: number;
  /** Frames that found no buffer of the receiver: each is lost, with the cause `camera`. */
  frames_without_buffer: number;
};

/** Datasets that were deleted, and lie aside until the trash is emptied. */
export type Trash = {
  /** The folder that they lie in, on the camera computer. */
  path: string;
  /** How many there are. */
  datasets: number;
  /** Bytes on disk. */
  bytes: number;
};

/** A signal on one line of a camera. */
export type Trigger = {
  /** Whether it does anything; if not, the rest is not looked at. */
  enable: boolean;
  /** Number of the camera's digital line. */
  line: number;
  /** Whether the signal goes into the camera or out of it. */
  kind: TriggerKind;
  /** Which change or level of the signal counts. */
  edge: TriggerEdge;
};

/** Which change or level of a signal counts. */
export type TriggerEdge = "Rising" | "Falling" | "AnyEdge" | "LevelHigh" | "LevelLow" | "NotApplicable";

/** Whether a signal goes into the camera or out of it. */
export type TriggerKind = "Input" | "Output";

/** What is wrong with a document, and what it means. */
export type Validation = {
  /** Errors and warnings, each with the path of its field. */
  problems: Array<Problem>;
  /** How a recording of it would be refused; `null`: none of the problems is an error. */
  refusal: ConfigurationRefusal | null;
  /** What each stream would write; `null` where there is no stream, or its problems leave no plan. */
  plans: Array<Plan | null>;
  /** Bytes that are free now where each stream would write; `null`: it writes nothing, or nobody knows. */
  disk_free_bytes: Array<number | null>;
  /** What the settings of each stream come to; `null` where there is no stream. */
  resolved: Array<ResolvedSettings | null>;
};

/** One camera and where its frames go. A `null` or `NONE` identifier means: no stream, its settings are not validated. */
export type VideoStream = {
  /** What the page calls the stream; empty: "Camera N". Not Acquire's. */
  name?: string;
  /** Where the frames come from. */
  camera: Camera;
  /** Where the frames go. */
  storage: Storage;
  /**
   * Frames of the camera; >= 2^53: until stopped; 0: no frames. With averaging it takes `frame_average_count` of them
   * to store one, and what is left over at the end is not taken: 11 with an average of 2 are 5 stored frames.
   */
  max_frame_count: number;
  /** Frames of the camera whose mean is stored, as F32; 0 or 1: each frame is stored as it is. */
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
  /** Searches for cameras again, the network included where it may be searched, and answers with all devices: a second or two. */
  "refresh_devices": { params: Record<symbol, never>; answer: RefreshedDevices };
  /**
   * All that a stream's camera knows by a name of its own, with what each is now. The document sets them, in
   * `camera.settings.features`.
   */
  "camera.features": { params: { stream: number, }; answer: Array<CameraFeature> };
  /** The first device of the kind whose whole name matches the regular expression; without one, the first. */
  "select": { params: { kind: DeviceKind, name?: string, }; answer: DeviceIdentifier | null };
  /** The first of the names that resolves. */
  "select_one_of": { params: { kind: DeviceKind, names: Array<string>, }; answer: DeviceIdentifier | null };
  /** The configuration in force. */
  "get_configuration": { params: Record<symbol, never>; answer: AppliedConfiguration };
  /**
   * Applies a document as a whole or changes nothing. `revision` is the one that the writer knew; `changed_by` is told to
   * everybody with the change. `only_data_folder`: files that are to be played must lie there.
   */
  "set_configuration": { params: { configuration: Record<string, unknown>, revision?: number, changed_by?: string, only_data_folder?: boolean, }; answer: AppliedChange };
  /** What the devices of the configuration in force can do. */
  "get_capabilities": { params: Record<symbol, never>; answer: Capabilities };
  /**
   * Every problem of a document, and what it would write. Nothing is changed. `store_here` false: nothing would be stored on this
   * computer, so its names and disks say nothing. `only_data_folder`: files that are to be played must lie there.
   */
  "validate": { params: { configuration: Record<string, unknown>, store_here?: boolean, only_data_folder?: boolean, }; answer: Validation };
  /** A sound layout of a stream's dimensions for a use of the data. */
  "suggest": { params: { stream: number, use: AccessPattern, }; answer: Suggestion };
  /** The name itself where it is free, else the first that counts on from it. `taken`: names that are not free either. */
  "next_name": { params: { uri: string, taken: Array<string>, }; answer: FreeName };
  /**
   * Starts all streams; answered when the cameras run. `record` false: into the previews alone.
   * `store_here` false: nothing is stored on this computer, its clients of every frame store the run.
   */
  "start": { params: { record: boolean, next_names?: boolean, replace_foreign_files?: boolean, store_here?: boolean, }; answer: Started };
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
  /** Tells how the run stands that goes on, or how the last one did. */
  "get_stats": { params: Record<symbol, never>; answer: Stats };
  /** `count` losses of a stream's run (1000) from number `from` (0) on. */
  "get_losses": { params: { stream: number, from?: number, count?: number, }; answer: LossPage };
  /** The datasets of the data folder. */
  "datasets.list": { params: Record<symbol, never>; answer: Array<DatasetInfo> };
  /** What the last list of datasets does not show, and why. */
  "datasets.left_out": { params: Record<symbol, never>; answer: Array<LeftOut> };
  /** What is known of a dataset. */
  "datasets.info": { params: { name: string, }; answer: DatasetInfo };
  /** Lists losses as `get_losses` does, of a dataset. */
  "datasets.losses": { params: { name: string, from?: number, count?: number, }; answer: LossPage };
  /** The stream that a dataset was recorded with, where its format keeps it. */
  "datasets.settings": { params: { name: string, }; answer: VideoStream | null };
  /** What a TIFF or raw file says of the run that wrote it: camera, notes, metadata. */
  "datasets.description": { params: { name: string, }; answer: FileDescription | null };
  /** Makes a dataset whole that a crash left. A second time changes nothing. */
  "datasets.recover": { params: { name: string, }; answer: Recovery };
  /** Gives a dataset another name. */
  "datasets.rename": { params: { name: string, to: string, }; answer: DatasetInfo };
  /** Moves a dataset into the trash, a hidden folder of the data folder. Answers what lies there now. */
  "datasets.delete": { params: { name: string, }; answer: Trash };
  /** What lies in the trash. */
  "datasets.trash": { params: Record<symbol, never>; answer: Trash };
  /** Deletes for good what lies in the trash. */
  "datasets.empty_trash": { params: Record<symbol, never>; answer: Trash };
  /** The table of objectives that the camera computer keeps, as the user ordered it. */
  "objectives.get": { params: Record<symbol, never>; answer: Array<Objective> };
  /** Replaces the table of objectives. */
  "objectives.set": { params: { objectives: Array<Objective>, }; answer: Array<Objective> };
}
