use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Counts of the camera's frames by hardware id, ids that were never delivered included.
///
/// `captured == stored + dropped + in_flight`, always; at the end of a run `in_flight` is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ledger {
    /// Frames that the camera exposed since the run began.
    #[ts(type = "number")]
    pub captured: u64,
    /// Frames whose pixels and record have left the process.
    #[ts(type = "number")]
    pub stored: u64,
    /// Frames that are lost: the sum of the three causes below.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Frames between camera and disk.
    #[ts(type = "number")]
    pub in_flight: u64,
    /// Lost ids that the camera never delivered, and the rest of an average that waited for one.
    #[ts(type = "number")]
    pub dropped_camera: u64,
    /// Frames that were lost because no buffer was free.
    #[ts(type = "number")]
    pub dropped_queue: u64,
    /// Frames that storage took, and lost.
    #[ts(type = "number")]
    pub dropped_storage: u64,
    /// Frames of the array that are decided (stored or dropped). With averaging one of them is many frames of the camera.
    #[ts(type = "number")]
    pub array_frames: u64,
}

/// Why a frame was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LossCause {
    /// The camera did not deliver it.
    Camera,
    /// No buffer was free for it.
    Queue,
    /// Storage took it, and lost it.
    Storage,
}

/// A range of consecutive frames that were lost for one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Loss {
    /// The frame index in the array at which the range begins.
    #[ts(type = "number")]
    #[serde(alias = "first_place")]
    pub first_frame_index: u64,
    /// The camera's id of the first lost frame.
    #[ts(type = "number")]
    pub first_hardware_id: u64,
    /// Lost frames of the camera.
    #[ts(type = "number")]
    pub count: u64,
    /// Frames of the array that stay fill. With averaging each is many frames of the camera.
    #[ts(type = "number")]
    #[serde(default, alias = "places")]
    pub array_frames: u64,
    /// Why they were lost.
    pub cause: LossCause,
}

/// Some of the losses, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LossPage {
    /// Ranges that there are in all.
    #[ts(type = "number")]
    pub total: u64,
    /// Number of this page's first range among all of them, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// The ranges of this page.
    pub ranges: Vec<Loss>,
    /// Frame indices from here to the end of the array were never captured, which is no loss. `null`: not known, or the run
    /// goes on.
    #[ts(type = "number | null")]
    #[serde(default)]
    pub captured_end: Option<u64>,
}
