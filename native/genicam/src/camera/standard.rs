//! The features that the settings of every camera are, by the names of GenICam's standard and by those from before it.

use crate::aravis::Device;

/// How long light is collected: by name, in us. The first that the camera has counts.
pub const EXPOSURE: &[&str] = &["ExposureTime", "ExposureTimeAbs", "ExposureTimeRaw"];
/// What sets the exposure by itself where it is not off.
pub const EXPOSURE_AUTO: &str = "ExposureAuto";
/// The sides of a frame.
pub const SIDES: [&str; 2] = ["Width", "Height"];
/// Where it begins on the sensor.
pub const OFFSETS: [&str; 2] = ["OffsetX", "OffsetY"];
/// The sides of the sensor as it is binned: by name.
pub const WHOLE_SIDES: [&[&str]; 2] = [&["WidthMax", "SensorWidth"], &["HeightMax", "SensorHeight"]];
/// Pixels that are read together.
pub const BINNING: [&str; 2] = ["BinningHorizontal", "BinningVertical"];

/// The setting of the document that a feature is set by; `None`: it is set by `features`. An empty text: by the run itself.
pub fn setting_of(feature: &str) -> Option<&'static str> {
    Some(match feature {
        "ExposureTime" | "ExposureTimeAbs" | "ExposureTimeRaw" | "ExposureAuto" | "ExposureMode" => "exposure_time_us",
        "Width" => "shape[0]",
        "Height" => "shape[1]",
        "OffsetX" => "offset[0]",
        "OffsetY" => "offset[1]",
        "BinningHorizontal" | "BinningVertical" => "binning",
        "PixelFormat" => "pixel_type",
        "AcquisitionFrameRate"
        | "AcquisitionFrameRateAbs"
        | "AcquisitionFrameRateEnable"
        | "AcquisitionFrameRateEnabled"
        | "AcquisitionFramePeriod" => "frame_period_us",
        "TriggerSelector" | "TriggerMode" | "TriggerSource" | "TriggerActivation" => "input_triggers",
        "AcquisitionMode" | "AcquisitionFrameCount" | "ChunkModeActive" | "TLParamsLocked" => "",
        _ => return None,
    })
}

/// The first of these names that the camera has.
pub fn first_of(device: &Device, names: &[&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|name| device.has(name))
}
