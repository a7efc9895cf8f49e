//! A device by its kind and name, as Acquire writes it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of device it is, by Acquire's names. There are devices of two kinds: cameras and storage.
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
    /// A stage's axis: Acquire's kind, of which there is no device here.
    StageAxis,
    /// A source of signals: Acquire's kind, of which there is no device here.
    Signals,
}

/// A device by its name. `id` ([driver, device]) is written for Acquire's sake and ignored when read.
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

impl DeviceIdentifier {
    /// Whether it names no device.
    pub fn is_none(&self) -> bool {
        self.kind == DeviceKind::None || self.name.is_empty()
    }
}
