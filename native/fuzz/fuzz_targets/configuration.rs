//! A configuration document of anybody: it is parsed and checked, and what it means is laid out and planned.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceIdentifier, DeviceInfo, DeviceKind, Range,
    STORAGE_DEVICES, StorageCapabilities, check, storage_capabilities,
};
use zarrcam_frame::PixelType;
use zarrcam_zarr::{Codec, Layout, Plan, PlanInput};

struct Machine;

impl DeviceCatalog for Machine {
    fn devices(&self) -> Vec<DeviceInfo> {
        let storage = STORAGE_DEVICES.iter().map(|device| (DeviceKind::Storage, device.name));
        let devices = [(DeviceKind::Camera, "simulated: radial sin")].into_iter().chain(storage);
        let info = |(kind, name): (DeviceKind, &str)| DeviceInfo {
            identifier: DeviceIdentifier { id: [0, 0], kind, name: name.to_owned() },
            description: String::new(),
            exclusive: true,
            plays_file: false,
            channels: Vec::new(),
            has_features: false,
            own_clock: false,
            remarks: String::new(),
        };
        devices.map(info).collect()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        let range = |low: f64, high: f64, step: f64| Range { low, high, step, writable: low < high };
        let side = f64::from(8192 / settings.binning.max(1));
        (name == "simulated: radial sin").then(|| CameraCapabilities {
            exposure_time_us: range(0.0, 1e6, 0.0),
            line_interval_us: range(0.0, 0.0, 0.0),
            readout_direction_writable: false,
            binning: vec![1, 2, 4, 8],
            pixel_types: PixelType::ALL.to_vec(),
            offset: settings.shape.map(|shape| range(0.0, (side - f64::from(shape)).max(0.0), 1.0)),
            shape: [range(1.0, side, 1.0); 2],
            lines: vec!["software".to_owned()],
            input_triggers: vec!["frame_start".to_owned()],
            output_triggers: Vec::new(),
            default_shape: [1920, 1080],
            default_pixel_type: PixelType::U8,
            frame_time_us: 1.0,
            plays_file: false,
        })
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name)
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(document) = serde_json::from_slice(data) else { return };
    let checked = check(&document, &Machine);
    for stream in &checked.configuration.video {
        let resolved = stream.resolve();
        let Ok(layout) = Layout::new(&resolved.storage) else { continue };
        let codec = Codec::from(resolved.storage.compression);
        let frame_limit = resolved.storage.frame_limit;
        let _ = Plan::new(&layout, &PlanInput { codec, frame_limit, frame_period_us: 1.0, queue_frames: 8, workers: 2 });
    }
});
