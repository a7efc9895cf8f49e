use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

/// `max_frame_count` from here on means "until stopped" (JavaScript reads 2^64-1 as 18446744073709552000).
pub const UNTIL_STOPPED: u64 = 1 << 53;

/// The whole document: one entry a stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Configuration {
    /// The streams.
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
    /// Where the frames come from.
    pub camera: Camera,
    /// Where the frames go.
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
    /// No device.
    #[default]
    #[serde(rename = "NONE")]
    None,
    /// A camera, simulated ones included.
    Camera,
    /// What writes frames.
    Storage,
    /// Acquire's; there is none here.
    StageAxis,
    /// Acquire's; there is none here.
    Signals,
}

/// Names decide; `id` ([driver, device]) is written for Acquire's sake and ignored when read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DeviceIdentifier {
    /// Acquire's numbers of driver and device; ignored when read.
    pub id: [u32; 2],
    /// What kind of device it is.
    pub kind: DeviceKind,
    /// Its exact name, which decides.
    pub name: String,
}

/// A stream's camera.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Camera {
    /// Which camera; `null` or NONE: the stream does not run.
    pub identifier: Option<DeviceIdentifier>,
    /// How it takes frames.
    pub settings: CameraSettings,
}

/// How a camera takes frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CameraSettings {
    /// How long light is collected for a frame, us.
    pub exposure_time_us: f64,
    /// Time from the exposure of one row to that of the next (rolling shutter), us.
    pub line_interval_us: f64,
    /// From which side the sensor is read out.
    pub readout_direction: ReadoutDirection,
    /// Pixels of the sensor along x and along y that make one of the frame.
    pub binning: u32,
    /// What one pixel of a frame is.
    pub pixel_type: PixelType,
    /// [x, y], px.
    pub offset: [u32; 2],
    /// [x, y], px.
    pub shape: [u32; 2],
    /// What signals from outside start.
    pub input_triggers: InputTriggers,
    /// What the camera signals to others.
    pub output_triggers: OutputTriggers,
    /// What the `replay` camera plays. Not Acquire's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replay: Option<Replay>,
}

/// What the `replay` camera plays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Replay {
    /// A TIFF stack on the camera computer.
    pub path: String,
}

/// From which side a sensor is read out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum ReadoutDirection {
    /// The first row first.
    #[default]
    Forward,
    /// The last row first.
    Backward,
}

/// What signals from outside start; those that are not enabled do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct InputTriggers {
    /// Starts the acquisition.
    pub acquisition_start: Trigger,
    /// Starts one frame.
    pub frame_start: Trigger,
    /// Exposes for as long as the signal lasts.
    pub exposure: Trigger,
}

/// What the camera signals to others; those that are not enabled do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct OutputTriggers {
    /// Lasts as long as an exposure.
    pub exposure: Trigger,
    /// Comes with each frame.
    pub frame_start: Trigger,
    /// Lasts as long as the camera waits for a trigger.
    pub trigger_wait: Trigger,
}

/// A signal on one line of a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Trigger {
    /// Whether it does anything; if not, the rest is not looked at.
    pub enable: bool,
    /// Number of the camera's digital line.
    pub line: u32,
    /// Whether the signal goes into the camera or out of it.
    pub kind: TriggerKind,
    /// Which change or level of the signal counts.
    pub edge: TriggerEdge,
}

/// Whether a signal goes into the camera or out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerKind {
    /// Into the camera.
    #[default]
    Input,
    /// Out of the camera.
    Output,
}

/// Which change or level of a signal counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerEdge {
    /// From low to high.
    #[default]
    Rising,
    /// From high to low.
    Falling,
    /// Any change.
    AnyEdge,
    /// As long as it is high.
    LevelHigh,
    /// As long as it is low.
    LevelLow,
    /// None: of a trigger that is not used.
    NotApplicable,
}

/// Where the frames of a stream go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Storage {
    /// Which storage device.
    pub identifier: Option<DeviceIdentifier>,
    /// How it writes.
    pub settings: StorageSettings,
    /// How long storage waits before it takes a frame from the queue, ms.
    pub write_delay_ms: f64,
}

/// How a storage device writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StorageSettings {
    /// Where the store is made. Acquire 0.3's `filename` is read as well.
    pub uri: Option<String>,
    /// A JSON object as text; kept as the array's attributes.
    pub external_metadata_json: Option<String>,
    /// The id of the first frame in the dataset; the others count on.
    #[ts(type = "number")]
    pub first_frame_id: u64,
    /// [x, y] of a pixel of the stored frame, um: with binning that of the binned pixel. 0: not calibrated, and none is stored.
    pub pixel_scale_um: [f64; 2],
    /// Fastest first; empty: x, y of the camera and a growing t.
    pub acquisition_dimensions: Vec<Dimension>,
    /// Acquire's switch: the same as `multiscale` with the method mean.
    pub enable_multiscale: bool,
    /// Read for the sake of Acquire; S3 is not supported yet, and a key is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub s3_access_key_id: Option<String>,
    /// Read for the sake of Acquire; S3 is not supported yet, and a key is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub s3_secret_access_key: Option<String>,
    /// Overrides what the storage device's name implies. Not Acquire's, as all that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub compression: Option<Compression>,
    /// Zoom levels; left out: none, unless `enable_multiscale` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub multiscale: Option<Multiscale>,
    /// Names of the dimensions, slowest first, as the array's axes lie; empty: the acquisition's order reversed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub storage_order: Vec<String>,
    /// When stored frames are forced to the disk itself.
    #[serde(skip_serializing_if = "Durability::is_default")]
    #[ts(optional, as = "Option<Durability>")]
    pub durability: Durability,
    /// Replace a store of ours that stands at `uri`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub overwrite: bool,
    /// What people write down of the sample and the run.
    #[serde(skip_serializing_if = "Notes::is_empty")]
    #[ts(optional, as = "Option<Notes>")]
    pub notes: Notes,
}

/// What a dimension runs through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum DimensionKind {
    /// Places in the sample: x, y, z.
    #[default]
    Space,
    /// Channels: colours, stains.
    Channel,
    /// Time points.
    Time,
    /// Anything else: angles, positions.
    Other,
}

/// One dimension of the array, as frames fill it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Dimension {
    /// Its name, once in the list: "z".
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// Elements (px, planes, channels, time points); 0, last dimension only: grows with the run.
    pub array_size_px: u32,
    /// Elements of a chunk along it.
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

/// How chunks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Compression {
    /// By which codec.
    pub codec: CodecName,
    /// Blosc 0 to 9; zstd -7 to 22. 0 is Blosc's "stored" and zstd's default, which is 3.
    pub level: i32,
    /// Blosc only.
    pub shuffle: Shuffle,
}

/// The codecs that chunks are compressed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CodecName {
    /// Not at all.
    #[default]
    None,
    /// Blosc 1 with LZ4: fast.
    BloscLz4,
    /// Blosc 1 with Zstandard: small.
    BloscZstd,
    /// Zstandard alone.
    Zstd,
}

/// How Blosc sorts the bytes of pixels before it compresses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Shuffle {
    /// Not at all.
    None,
    /// The first bytes of all pixels, then the second, ...
    #[default]
    Byte,
    /// The first bits of all pixels, then the second, ...
    Bit,
}

/// Zoom levels: copies of the array, each half as large as the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Multiscale {
    /// How a pixel is made of those of the finer level.
    pub method: DownsampleMethod,
    /// Levels besides the full one; 0: until a level fits into one chunk.
    pub max_levels: u32,
}

/// How a pixel of a zoom level is made of those of the finer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DownsampleMethod {
    /// Their mean.
    #[default]
    Mean,
    /// The first of them.
    Decimate,
    /// The smallest of them.
    Min,
    /// The largest of them.
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

/// What people write down of the sample and the run; kept with the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Notes {
    /// What was looked at.
    pub sample: String,
    /// Who recorded it.
    pub operator: String,
    /// Anything else.
    pub text: String,
}

impl Durability {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl CodecName {
    /// All codecs, none first.
    pub const ALL: [Self; 4] = [Self::None, Self::BloscLz4, Self::BloscZstd, Self::Zstd];
}

impl Notes {
    /// Whether nothing was written down.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl DeviceIdentifier {
    /// Whether it names no device.
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
