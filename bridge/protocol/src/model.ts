// What the Rust core says in JSON. Field names are the document's: the same in the file, on the wire, in Rust and here.
// The generated files under `generated/` replace these one by one; a name never changes its place of import.

export type PixelType = "U8" | "U16" | "I8" | "I16" | "F32" | "U10" | "U12" | "U14";
export type DeviceKind = "NONE" | "Camera" | "Storage";
export interface DeviceIdentifier {
  id: [number, number];
  kind: DeviceKind;
  name: string;
}
export interface DeviceInfo {
  identifier: DeviceIdentifier;
  description: string;
}

export type TriggerKind = "Input" | "Output";
export type TriggerEdge = "Rising" | "Falling" | "AnyEdge" | "LevelHigh" | "LevelLow" | "NotApplicable";
export interface Trigger {
  enable: boolean;
  line: number;
  kind: TriggerKind;
  edge: TriggerEdge;
}
export interface InputTriggers {
  acquisition_start: Trigger;
  frame_start: Trigger;
  exposure: Trigger;
}
export interface OutputTriggers {
  exposure: Trigger;
  frame_start: Trigger;
  trigger_wait: Trigger;
}
export interface Replay {
  path: string;
}
export interface CameraSettings {
  exposure_time_us: number;
  line_interval_us: number;
  readout_direction: "Forward" | "Backward";
  binning: number;
  pixel_type: PixelType;
  offset: [number, number];
  shape: [number, number];
  input_triggers: InputTriggers;
  output_triggers: OutputTriggers;
  replay?: Replay;
}
export interface Camera {
  identifier: DeviceIdentifier | null;
  settings: CameraSettings;
}
export type DimensionKind = "Space" | "Channel" | "Time" | "Other";
export interface Dimension {
  name: string;
  kind: DimensionKind;
  array_size_px: number;
  chunk_size_px: number;
  shard_size_chunks: number;
  scale?: number;
  unit?: string;
  labels?: string[];
}
export type CodecName = "none" | "blosc-lz4" | "blosc-zstd" | "zstd";
export type Shuffle = "none" | "byte" | "bit";
export interface Compression {
  codec: CodecName;
  level: number;
  shuffle: Shuffle;
}
export type DownsampleMethod = "mean" | "decimate" | "min" | "max";
export interface Multiscale {
  method: DownsampleMethod;
  max_levels: number;
}
export type Durability = "none" | "layer" | "second";
export interface Notes {
  sample: string;
  operator: string;
  text: string;
}
export interface StorageSettings {
  uri: string | null;
  external_metadata_json: string | null;
  first_frame_id: number;
  pixel_scale_um: [number, number];
  acquisition_dimensions: Dimension[];
  enable_multiscale: boolean;
  s3_access_key_id?: string;
  s3_secret_access_key?: string;
  compression?: Compression;
  multiscale?: Multiscale;
  storage_order?: string[];
  durability?: Durability;
  overwrite?: boolean;
  notes?: Notes;
}
export interface Storage {
  identifier: DeviceIdentifier | null;
  settings: StorageSettings;
  write_delay_ms: number;
}
export interface VideoStream {
  name?: string;
  camera: Camera;
  storage: Storage;
  max_frame_count: number;
  frame_average_count: number;
  frame_period_us?: number;
  time_point_interval_us?: number;
}
export interface Configuration {
  video: VideoStream[];
}

export interface Fix {
  label: string;
  path: string;
  value: unknown;
}
export interface Problem {
  path: string;
  code: string;
  severity: "error" | "warning";
  message: string;
  fix?: Fix;
}

export interface Range {
  low: number;
  high: number;
  step: number;
  writable: boolean;
}
export interface CameraCapabilities {
  exposure_time_us: Range;
  line_interval_us: Range;
  readout_direction_writable: boolean;
  binning: number[];
  pixel_types: PixelType[];
  offset: [Range, Range];
  shape: [Range, Range];
  lines: string[];
  input_triggers: string[];
  output_triggers: string[];
  default_shape: [number, number];
  default_pixel_type: PixelType;
}
export interface StorageCapabilities {
  chunking: boolean;
  sharding: boolean;
  multiscale: boolean;
  codecs: CodecName[];
  compression: Compression;
  extension: string;
  needs_uri: boolean;
}
export interface StreamCapabilities {
  camera: CameraCapabilities | null;
  storage: StorageCapabilities | null;
  max_frame_count: Range;
  frame_average_count: Range;
}
export interface Capabilities {
  video: StreamCapabilities[];
}

export type RuntimeState = "Closed" | "AwaitingConfiguration" | "Armed" | "Previewing" | "Running";
export interface Ledger {
  captured: number;
  stored: number;
  dropped: number;
  in_flight: number;
  dropped_camera: number;
  dropped_queue: number;
  dropped_storage: number;
  places: number;
}
export type DropCause = "camera" | "queue" | "storage";
export interface Loss {
  first_place: number;
  first_hardware_id: number;
  count: number;
  cause: DropCause;
}

export interface StreamStats {
  name: string;
  ledger: Ledger;
  losses: { runs: Loss[]; total: number };
  frame_limit: number | null;
  rates: { camera_fps: number; stored_fps: number; stored_bytes_per_s: number };
  queue: { frames: number; capacity: number };
  coordinates: { name: string; index: number }[];
  started_unix_ms: number | null;
  elapsed_s: number;
  remaining_s: number | null;
  state_of_stream: string;
  path: string | null;
  run_id: string | null;
  frames_published: number;
  disk_free_bytes: number | null;
  warnings: string[];
  error: string | null;
}

export interface PlanLevel {
  shape: number[];
  chunk: number[];
  scale: number[];
}
export interface ReadCost {
  files: number;
  bytes: number;
}
export interface Plan {
  shape: number[];
  axes: { name: string; kind: DimensionKind; unit: string; scale: number }[];
  chunk: number[];
  shard: number[] | null;
  levels: PlanLevel[];
  files: number;
  bytes_per_file: number;
  total_bytes: number;
  memory_bound_bytes: number;
  temporary_room_bytes: number;
  bytes_per_minute: number;
  frames: number | null;
  duration_s: number | null;
  read_plane: ReadCost;
  read_time_course: ReadCost;
  order_note: string | null;
  ngff: boolean;
  ngff_reason: string | null;
}
