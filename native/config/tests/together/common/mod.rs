//! A machine with the simulated cameras, as far as their capabilities go.

use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceIdentifier, DeviceInfo, DeviceKind, Problem, ProblemCode,
    Range, STORAGE_DEVICES, StorageCapabilities, storage_capabilities,
};
use zarrcam_frame::PixelType;

pub struct Machine;

/// A camera that one stream at a time can have, as real ones are.
pub const EXCLUSIVE: &str = "lab: acA1920 (22345678)";

/// A camera that gives three frames an exposure.
pub const IN_COLOUR: &str = "webcam RGB: Integrated Camera";

const CAMERAS: [&str; 6] =
    ["simulated: uniform random", "simulated: radial sin", "simulated: empty", "replay", EXCLUSIVE, IN_COLOUR];

fn range(low: f64, high: f64, step: f64) -> Range {
    Range { low, high, step, writable: low < high }
}

impl DeviceCatalog for Machine {
    fn devices(&self) -> Vec<DeviceInfo> {
        let cameras = CAMERAS.map(|name| (DeviceKind::Camera, name)).into_iter();
        let storage = STORAGE_DEVICES.iter().map(|device| (DeviceKind::Storage, device.name));
        cameras
            .chain(storage)
            .map(|(kind, name)| DeviceInfo {
                identifier: DeviceIdentifier { id: [0, 0], kind, name: name.into() },
                description: String::new(),
                exclusive: name == EXCLUSIVE,
                plays_file: name == "replay",
            })
            .collect()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        if !CAMERAS.contains(&name) {
            return None;
        }
        let side = f64::from(8192 / settings.binning);
        let offset = settings.shape.map(|shape| range(0.0, (side - f64::from(shape)).max(0.0), 1.0));
        // One camera with steps, as real ones have.
        let step = if name == "replay" { 16.0 } else { 1.0 };
        Some(CameraCapabilities {
            exposure_time_us: range(0.0, 1e6, 0.0),
            line_interval_us: range(0.0, 0.0, 0.0),
            readout_direction_writable: false,
            binning: vec![1, 2, 4, 8],
            pixel_types: vec![PixelType::U8, PixelType::U16, PixelType::I8, PixelType::I16, PixelType::F32],
            offset,
            shape: [range(step, side, step); 2],
            lines: vec!["software".into()],
            input_triggers: vec!["frame_start".into()],
            output_triggers: Vec::new(),
            default_shape: [1920, 1080],
            default_pixel_type: PixelType::U8,
            // 1 ns a pixel, as if it were always so.
            frame_time_us: f64::from(settings.shape[0]) * f64::from(settings.shape[1]) / 1e3,
            plays_file: name == "replay",
            channels: if name == IN_COLOUR { ["red", "green", "blue"].map(str::to_owned).to_vec() } else { Vec::new() },
            has_features: false,
            own_clock: false,
            remarks: String::new(),
        })
    }

    fn obstacle(&self, name: &str, settings: &CameraSettings) -> Option<Problem> {
        let needs_file = name == "replay" && settings.replay.is_none();
        needs_file.then(|| Problem::error("replay.path", ProblemCode::Missing, "It needs a TIFF stack to play."))
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name)
    }
}

/// Sets what stands at a problem's path: `video[0].camera.settings.shape[1]`.
pub fn set(document: &mut serde_json::Value, path: &str, value: serde_json::Value) {
    let mut place = document;
    for key in path.split(['.', '[']).filter(|key| !key.is_empty()) {
        place = match key.strip_suffix(']') {
            Some(index) => &mut place[index.parse::<usize>().expect("an index")],
            None => &mut place[key],
        };
    }
    *place = value;
}
