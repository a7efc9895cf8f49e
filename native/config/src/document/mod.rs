//! The configuration document. Its shape is Acquire's; what is not Acquire's says so.
//!
//! - [`Configuration`], [`VideoStream`]: the streams. `device`: a device by its name. `camera`, `feature`, `triggers`: where frames come from.
//! - `storage`, `dimensions`, `compression`, `multiscale`: where they go, and how they are written.

mod camera;
mod compression;
mod device;
mod dimensions;
mod feature;
mod multiscale;
mod storage;
mod triggers;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

pub use camera::*;
pub use compression::*;
pub use device::*;
pub use dimensions::*;
pub use feature::*;
pub use multiscale::*;
pub use storage::*;
pub use triggers::*;

/// `max_frame_count` from here on means "until stopped" (JavaScript reads 2^64-1 as 18446744073709552000).
pub const UNTIL_STOPPED: u64 = 1 << 53;

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Configuration {
    /// One entry for each stream.
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
    /// Frames of the camera whose mean is stored, as F32; 0 or 1: each frame is stored as it is.
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

impl Configuration {
    /// The streams that run, each with its index in `video`.
    pub fn active_streams(&self) -> impl Iterator<Item = (u32, &VideoStream)> {
        (0..).zip(&self.video).filter(|(_, video)| video.is_active())
    }
}

impl VideoStream {
    /// The stream of a program that writes frames of its own: without a camera, until it stops. `shape`: width and height, px.
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

    /// What people call it: its name, or "Camera 2". `index` is the stream's in `video`.
    pub fn display_name(&self, index: usize) -> String {
        if self.name.is_empty() { format!("Camera {}", index + 1) } else { self.name.clone() }
    }

    /// Whether it runs: only a stream with a camera does. NONE or null means that there is no stream.
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
    pub fn camera_frame_limit(&self) -> Option<u64> {
        (self.max_frame_count < UNTIL_STOPPED).then_some(self.max_frame_count)
    }
}
