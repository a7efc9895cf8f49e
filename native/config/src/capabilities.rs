use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

use crate::{Configuration, DeviceCatalog, DeviceIdentifier, VideoStream};

/// A device of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DeviceInfo {
    /// Its kind and its exact name, as a document names it.
    pub identifier: DeviceIdentifier,
    /// What it is, in one sentence for people.
    pub description: String,
    /// Whether one stream at a time can have it, as is so for cameras of glass and metal. Any number of streams can have any
    /// other device.
    pub exclusive: bool,
    /// Whether it is a camera that plays a file, which `camera.settings.replay` names.
    pub plays_file: bool,
}

/// The values that a setting can have, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Range {
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The step from value to value, counted from `low`; 0: any value between.
    pub step: f64,
    /// Whether it can be set; if not, it is `low`.
    pub writable: bool,
}

/// What a camera can do with the settings in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CameraCapabilities {
    /// How long light may be collected for a frame, us.
    pub exposure_time_us: Range,
    /// Time from the exposure of one row to that of the next, us.
    pub line_interval_us: Range,
    /// Whether rows can be read out backward as well.
    pub readout_direction_writable: bool,
    /// Pixels of the sensor along x and along y that can make one of the frame.
    pub binning: Vec<u32>,
    /// The pixel types that it gives.
    pub pixel_types: Vec<PixelType>,
    /// Where the region of interest may begin, along x and y, px, for the binning and shape in force.
    pub offset: [Range; 2],
    /// Width and height that a frame may have, px, for the binning in force.
    pub shape: [Range; 2],
    /// Names of the digital lines, by their number.
    pub lines: Vec<String>,
    /// Input triggers that a line may drive: `acquisition_start`, `frame_start`, `exposure`.
    pub input_triggers: Vec<String>,
    /// Output triggers that it can drive a line with: `exposure`, `frame_start`, `trigger_wait`.
    pub output_triggers: Vec<String>,
    /// Width and height that a new stream starts with, px.
    pub default_shape: [u32; 2],
    /// The pixel type that a new stream starts with.
    pub default_pixel_type: PixelType,
    /// Time that the camera takes to make a frame with the settings in force, about, us: frames come no faster. 0: not known.
    pub frame_time_us: f64,
    /// Whether it plays the file that `settings.replay` names. Only such a camera does anything with that field.
    pub plays_file: bool,
    /// What the frames of one exposure show, in their order, where the camera gives several for each: red, green, blue. Empty: an
    /// exposure is a frame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub channels: Vec<String>,
    /// Whether it has features that it alone knows by name, which `settings.features` sets and `camera.features` lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub has_features: bool,
    /// Whether ids and clock of its frames are counted by the camera itself; false: by this program, on this computer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub own_clock: bool,
    /// What is to be known of its frames and its settings that no range says, in sentences for people; empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub remarks: String,
}

/// What a storage device can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StorageCapabilities {
    /// Whether it takes `acquisition_dimensions` with chunks.
    pub chunking: bool,
    /// Whether it takes `shard_size_chunks`.
    pub sharding: bool,
    /// Whether it writes zoom levels.
    pub multiscale: bool,
    /// The codecs that it takes in `compression`.
    pub codecs: Vec<crate::CodecName>,
    /// How it compresses where `compression` is left out, as its name implies.
    pub compression: crate::Compression,
    /// The ending that is proposed for names, with the dot; empty for `trash`.
    pub extension: String,
    /// Whether it writes files, so that `uri` is required.
    pub needs_uri: bool,
}

/// What one stream can do as it is configured now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamCapabilities {
    /// What its camera can do; `null`: no camera is chosen, or it does not answer.
    pub camera: Option<CameraCapabilities>,
    /// What its storage device can do; `null`: none is chosen.
    pub storage: Option<StorageCapabilities>,
    /// How many frames a run may take.
    pub max_frame_count: Range,
    /// How many frames may be averaged into one.
    pub frame_average_count: Range,
}

/// What the configured devices can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Capabilities {
    /// One entry for each stream, in the order of the document.
    pub video: Vec<StreamCapabilities>,
}

impl Capabilities {
    /// What every stream's camera and storage can do, as they are set.
    pub fn of(configuration: &Configuration, catalog: &dyn DeviceCatalog) -> Self {
        let range = |high: f64| Range { low: 0.0, high, step: 1.0, writable: true };
        let name = |identifier: &Option<DeviceIdentifier>| {
            identifier.as_ref().filter(|identifier| !identifier.is_none()).map(|identifier| identifier.name.clone())
        };
        let of_stream = |video: &VideoStream| StreamCapabilities {
            camera: name(&video.camera.identifier).and_then(|name| catalog.camera(&name, &video.camera.settings)),
            storage: name(&video.storage.identifier).and_then(|name| catalog.storage(&name)),
            max_frame_count: range(u64::MAX as f64),
            frame_average_count: range(f64::from(u32::MAX)),
        };
        Self { video: configuration.video.iter().map(of_stream).collect() }
    }
}
