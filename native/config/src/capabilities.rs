use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

use crate::DeviceIdentifier;

/// A device of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DeviceInfo {
    pub identifier: DeviceIdentifier,
    /// One sentence for people.
    pub description: String,
}

/// Inclusive range with its step (0: continuous). Read-only where `writable` is false.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Range {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    pub writable: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CameraCapabilities {
    pub exposure_time_us: Range,
    pub line_interval_us: Range,
    pub readout_direction_writable: bool,
    /// The values it takes.
    pub binning: Vec<u32>,
    pub pixel_types: Vec<PixelType>,
    /// x, y, px, for the binning in force.
    pub offset: [Range; 2],
    /// x, y, px, for the binning in force.
    pub shape: [Range; 2],
    /// Names of the digital lines, by their number.
    pub lines: Vec<String>,
    /// Input triggers that a line may drive: `acquisition_start`, `frame_start`, `exposure`.
    pub input_triggers: Vec<String>,
    pub output_triggers: Vec<String>,
    /// The shape and type a fresh set-up starts with.
    pub default_shape: [u32; 2],
    pub default_pixel_type: PixelType,
    /// It takes about so long, and no less, to make a frame with the settings in force, us: frames come no faster. 0: not
    /// known.
    pub frame_time_us: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StorageCapabilities {
    /// Takes `acquisition_dimensions` with chunks.
    pub chunking: bool,
    /// Takes `shard_size_chunks`.
    pub sharding: bool,
    pub multiscale: bool,
    /// Codecs it takes in `compression`.
    pub codecs: Vec<crate::CodecName>,
    /// What its name implies.
    pub compression: crate::Compression,
    /// Proposed ending of the name, with the dot; empty for `trash`.
    pub extension: String,
    /// Writes files, so `uri` is required.
    pub needs_uri: bool,
}

/// What one stream can do as it is configured now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamCapabilities {
    pub camera: Option<CameraCapabilities>,
    pub storage: Option<StorageCapabilities>,
    pub max_frame_count: Range,
    pub frame_average_count: Range,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Capabilities {
    pub video: Vec<StreamCapabilities>,
}
