use std::sync::{Arc, Mutex, PoisonError};

use zarrcam_camera::{CameraError, CameraFeatures};
use zarrcam_config::{CameraCapabilities, CameraSettings, Range};

use crate::description::Description;
use crate::registry::{PREFIX, Registry};

/// What a pushed camera answers about itself: what its program said, now or last.
pub struct PushFeatures {
    name: String,
    registry: Arc<Registry>,
    last: Mutex<Description>,
}

impl PushFeatures {
    pub fn new(name: String, registry: Arc<Registry>, description: Description) -> Self {
        Self { name, registry, last: Mutex::new(description) }
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Of the program that has this camera now, else of the one that had it last.
    pub fn description(&self) -> Description {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pusher) = self.registry.find(&self.name) {
            last.clone_from(&pusher.description);
        }
        last.clone()
    }
}

/// The camera is not there, and what brings it back.
pub fn absent(name: &str) -> CameraError {
    CameraError::Failed { camera: name.to_owned(), reason: format!("no program pushes it now. {}", way_back(name)) }
}

/// What to do so that a camera of this name is there.
pub fn way_back(name: &str) -> String {
    let own = name.strip_prefix(PREFIX).unwrap_or(name);
    format!("Start the program that pushes its frames, in Python one with zarrcam.push.Camera({own:?}, ...).")
}

impl CameraFeatures for PushFeatures {
    fn camera_name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self, _settings: &CameraSettings) -> CameraCapabilities {
        let Description { shape, pixel_type, exposure_time_us, description, .. } = self.description();
        let fixed = |value: f64| Range { low: value, high: value, step: 0.0, writable: false };
        let own = "A program on this computer pushes its frames: size, exposure and rate are set there.";
        CameraCapabilities {
            exposure_time_us: fixed(exposure_time_us),
            line_interval_us: fixed(0.0),
            readout_direction_writable: false,
            binning: vec![1],
            pixel_types: vec![pixel_type],
            offset: [fixed(0.0); 2],
            shape: shape.map(|side| fixed(side.into())),
            lines: Vec::new(),
            input_triggers: Vec::new(),
            output_triggers: Vec::new(),
            default_shape: shape,
            default_pixel_type: pixel_type,
            frame_time_us: 0.0,
            plays_file: false,
            channels: Vec::new(),
            has_features: false,
            // Its program counts, and says when.
            own_clock: true,
            remarks: format!("{description} {own}").trim_start().to_owned(),
        }
    }

    fn obstacle(&self, _settings: &CameraSettings) -> Option<CameraError> {
        self.registry.find(&self.name).is_none().then(|| absent(&self.name))
    }
}
