//! A stream's camera, and how it takes frames.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

use super::{DeviceIdentifier, FeatureValue, InputTriggers, OutputTriggers};

/// A stream's camera.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Camera {
    /// Which camera it is; `null` or NONE: the stream does not run.
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
    /// Where the region of interest begins on the sensor, [x, y], in pixels of the frame.
    pub offset: [u32; 2],
    /// Width and height of a frame, px.
    pub shape: [u32; 2],
    /// What signals from outside start.
    pub input_triggers: InputTriggers,
    /// What the camera signals to others.
    pub output_triggers: OutputTriggers,
    /// What the `replay` camera plays. Not Acquire's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replay: Option<Replay>,
    /// Features that the camera knows by names of its own, `Gain` say, and what they are to be; those that are left out stay as
    /// the camera has them. Not Acquire's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(optional, as = "Option<BTreeMap<String, FeatureValue>>")]
    pub features: BTreeMap<String, FeatureValue>,
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
