//! Where the frames of a stream go, and how they are written.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Compression, DeviceIdentifier, Dimension, Multiscale};

/// Where the frames of a stream go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Storage {
    /// Which storage device it is.
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
    /// A JSON object as text. It is kept as the attributes of the array.
    pub external_metadata_json: Option<String>,
    /// The id of the first frame in the dataset; the others count on.
    #[ts(type = "number")]
    pub first_frame_id: u64,
    /// Width and height of a pixel of the stored frame, um; with binning those of the binned pixel. 0: not calibrated, and no
    /// size is stored.
    pub pixel_scale_um: [f64; 2],
    /// The dimensions of the array, the fastest first; empty: x and y of the camera, and a t that grows with the run.
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
    /// How chunks are compressed, instead of what the storage device's name implies. Not Acquire's, as all fields that follow.
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
    /// Whether a store of ours that stands at `uri` is replaced.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub overwrite: bool,
    /// What people write down of the sample and the run.
    #[serde(skip_serializing_if = "Notes::is_empty")]
    #[ts(optional, as = "Option<Notes>")]
    pub notes: Notes,
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

impl Notes {
    /// Whether nothing was written down.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
