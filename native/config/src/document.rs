use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

/// `max_frame_count` from here on means "until stopped" (JavaScript reads 2^64-1 as 18446744073709552000).
pub const UNTIL_STOPPED: u64 = 1 << 53;

/// The whole document: one entry a stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Configuration {
    pub video: Vec<VideoStream>,
}

/// One camera and where its frames go. A `null` or `NONE` identifier means: no stream, its settings are not validated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct VideoStream {
    /// What the page calls the stream; empty: "Camera N". Not Acquire's.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub name: String,
    pub camera: Camera,
    pub storage: Storage,
    /// Frames of the camera; >= 2^53: until stopped; 0: no frames. With averaging it takes `frame_average_count` of them
    /// to store one, and what is left over at the end is not taken: 11 with an average of 2 are 5 stored frames.
    #[ts(type = "number")]
    pub max_frame_count: u64,
    /// 0 or 1: off. Otherwise the mean of so many camera frames is stored, as F32.
    pub frame_average_count: u32,
    /// Time from frame to frame, us; 0: follows the exposure. Not Acquire's.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<f64>")]
    pub frame_period_us: f64,
    /// Time from time point to time point, us; 0: continuous. Not Acquire's.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<f64>")]
    pub time_point_interval_us: f64,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

/// Acquire's kinds; there are devices of two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum DeviceKind {
    #[default]
    #[serde(rename = "NONE")]
    None,
    Camera,
    Storage,
    StageAxis,
    Signals,
}

/// Names decide; `id` ([driver, device]) is written for Acquire's sake and ignored when read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DeviceIdentifier {
    pub id: [u32; 2],
    pub kind: DeviceKind,
    pub name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Camera {
    pub identifier: Option<DeviceIdentifier>,
    pub settings: CameraSettings,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CameraSettings {
    pub exposure_time_us: f64,
    pub line_interval_us: f64,
    pub readout_direction: ReadoutDirection,
    pub binning: u32,
    pub pixel_type: PixelType,
    /// [x, y], px.
    pub offset: [u32; 2],
    /// [x, y], px.
    pub shape: [u32; 2],
    pub input_triggers: InputTriggers,
    pub output_triggers: OutputTriggers,
    /// What the `replay` camera plays. Not Acquire's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replay: Option<Replay>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Replay {
    /// A TIFF stack on the camera computer.
    pub path: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum ReadoutDirection {
    #[default]
    Forward,
    Backward,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct InputTriggers {
    pub acquisition_start: Trigger,
    pub frame_start: Trigger,
    pub exposure: Trigger,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct OutputTriggers {
    pub exposure: Trigger,
    pub frame_start: Trigger,
    pub trigger_wait: Trigger,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Trigger {
    pub enable: bool,
    pub line: u32,
    pub kind: TriggerKind,
    pub edge: TriggerEdge,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerKind {
    #[default]
    Input,
    Output,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerEdge {
    #[default]
    Rising,
    Falling,
    AnyEdge,
    LevelHigh,
    LevelLow,
    NotApplicable,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Storage {
    pub identifier: Option<DeviceIdentifier>,
    pub settings: StorageSettings,
    /// How long storage waits before it takes a frame from the queue, ms.
    pub write_delay_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StorageSettings {
    /// Where the store is made. Acquire 0.3's `filename` is read as well.
    pub uri: Option<String>,
    /// A JSON object as text; kept as the array's attributes.
    pub external_metadata_json: Option<String>,
    #[ts(type = "number")]
    pub first_frame_id: u64,
    /// [x, y] of a pixel of the stored frame, um: with binning that of the binned pixel. 0: not calibrated, and none is stored.
    pub pixel_scale_um: [f64; 2],
    /// Fastest first; empty: x, y of the camera and a growing t.
    pub acquisition_dimensions: Vec<Dimension>,
    /// Acquire's switch: the same as `multiscale` with the method mean.
    pub enable_multiscale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub s3_access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub s3_secret_access_key: Option<String>,
    /// Overrides what the storage device's name implies. Not Acquire's, as all that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub compression: Option<Compression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub multiscale: Option<Multiscale>,
    /// Names of the dimensions, slowest first, as the array's axes lie; empty: the acquisition's order reversed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub storage_order: Vec<String>,
    #[serde(skip_serializing_if = "Durability::is_default")]
    #[ts(optional, as = "Option<Durability>")]
    pub durability: Durability,
    /// Replace a store of ours that stands at `uri`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub overwrite: bool,
    #[serde(skip_serializing_if = "Notes::is_empty")]
    #[ts(optional, as = "Option<Notes>")]
    pub notes: Notes,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum DimensionKind {
    #[default]
    Space,
    Channel,
    Time,
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Dimension {
    pub name: String,
    pub kind: DimensionKind,
    /// Elements (px, planes, channels, time points); 0, last dimension only: grows with the run.
    pub array_size_px: u32,
    pub chunk_size_px: u32,
    /// Chunks a shard along this dimension; 0 in every dimension: no shards.
    pub shard_size_chunks: u32,
    /// Physical step from element to element, in `unit`; 0: for x and y `pixel_scale_um`, for time the interval, or the frames'
    /// own time where it is known, else nobody knows it. Not Acquire's, as all that follow.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<f64>")]
    pub scale: f64,
    /// A UDUNITS-2 name ("micrometer", "second"), as OME-NGFF recommends, or a usual abbreviation of one. Empty: micrometer and
    /// second for a step that follows from other fields, else none.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub unit: String,
    /// Names of the elements (of channels, say); empty, or one an element.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub labels: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Compression {
    pub codec: CodecName,
    /// Blosc 0 to 9; zstd -7 to 22. 0 is Blosc's "stored" and zstd's default, which is 3.
    pub level: i32,
    /// Blosc only.
    pub shuffle: Shuffle,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CodecName {
    #[default]
    None,
    BloscLz4,
    BloscZstd,
    Zstd,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Shuffle {
    None,
    #[default]
    Byte,
    Bit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Multiscale {
    pub method: DownsampleMethod,
    /// Levels besides the full one; 0: until a level fits into one chunk.
    pub max_levels: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DownsampleMethod {
    #[default]
    Mean,
    Decimate,
    Min,
    Max,
}

/// When stored frames are forced to the disk itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// When the system likes to.
    None,
    /// With every layer that is sealed.
    #[default]
    Layer,
    /// At least once a second.
    Second,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Notes {
    pub sample: String,
    pub operator: String,
    pub text: String,
}

impl Durability {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl CodecName {
    pub const ALL: [Self; 4] = [Self::None, Self::BloscLz4, Self::BloscZstd, Self::Zstd];
}

impl Notes {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl DeviceIdentifier {
    pub fn is_none(&self) -> bool {
        self.kind == DeviceKind::None || self.name.is_empty()
    }
}

impl Configuration {
    /// The streams that run, each with its index in `video`.
    pub fn active_streams(&self) -> impl Iterator<Item = (u32, &VideoStream)> {
        (0..).zip(&self.video).filter(|(_, video)| video.is_active())
    }
}

impl VideoStream {
    /// Of a program that writes frames of its own: no camera, and until it stops.
    pub fn of_frames(device: &str, settings: StorageSettings, pixel_type: PixelType, shape: [u32; 2]) -> Self {
        let identifier = DeviceIdentifier { id: [0, 0], kind: DeviceKind::Storage, name: device.to_owned() };
        Self {
            camera: Camera {
                settings: CameraSettings { pixel_type, shape, ..CameraSettings::default() },
                ..Camera::default()
            },
            storage: Storage { identifier: Some(identifier), settings, ..Storage::default() },
            ..Self::default()
        }
    }

    /// What people call it. `index`: in `video`.
    pub fn display_name(&self, index: usize) -> String {
        if self.name.is_empty() { format!("Camera {}", index + 1) } else { self.name.clone() }
    }

    /// A stream runs only with a camera; NONE or null: there is no stream.
    pub fn is_active(&self) -> bool {
        self.camera.identifier.as_ref().is_some_and(|identifier| !identifier.is_none())
    }

    /// The camera's name; empty: there is none.
    pub fn camera_name(&self) -> &str {
        self.camera.identifier.as_ref().map_or("", |identifier| &identifier.name)
    }

    /// The storage device's name; empty: there is none.
    pub fn storage_name(&self) -> &str {
        self.storage.identifier.as_ref().map_or("", |identifier| &identifier.name)
    }

    /// Frames of the camera that are asked for; `None`: until stopped.
    pub fn frame_limit(&self) -> Option<u64> {
        (self.max_frame_count < UNTIL_STOPPED).then_some(self.max_frame_count)
    }
}
