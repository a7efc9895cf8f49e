use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Counts of camera frames by hardware id, ids that were never delivered included.
///
/// `captured == stored + dropped + in_flight`, always; at the end of a run `in_flight` is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ledger {
    #[ts(type = "number")]
    pub captured: u64,
    #[ts(type = "number")]
    pub stored: u64,
    /// The sum of the three causes below.
    #[ts(type = "number")]
    pub dropped: u64,
    #[ts(type = "number")]
    pub in_flight: u64,
    /// Ids that the camera never delivered, and the rest of an average that waited for one.
    #[ts(type = "number")]
    pub dropped_camera: u64,
    /// No free buffer.
    #[ts(type = "number")]
    pub dropped_queue: u64,
    /// Taken by storage, and lost there.
    #[ts(type = "number")]
    pub dropped_storage: u64,
    /// Places of the array that are decided (stored or dropped). With averaging one place is many camera frames.
    #[ts(type = "number")]
    pub places: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DropCause {
    Camera,
    Queue,
    Storage,
}

/// A run of consecutive lost frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Loss {
    #[ts(type = "number")]
    pub first_place: u64,
    #[ts(type = "number")]
    pub first_hardware_id: u64,
    /// Frames of the camera.
    #[ts(type = "number")]
    pub count: u64,
    /// Places of the array that stay empty. With averaging each is many frames.
    #[ts(type = "number")]
    #[serde(default)]
    pub places: u64,
    pub cause: DropCause,
}

/// Some of the losses, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LossPage {
    /// Runs that there are in all.
    #[ts(type = "number")]
    pub total: u64,
    /// Index of the first run of this page.
    #[ts(type = "number")]
    pub from: u64,
    pub runs: Vec<Loss>,
    /// Places from here to the end of the array were never captured, which is no loss. `null`: not known, or the run goes on.
    #[ts(type = "number | null")]
    #[serde(default)]
    pub captured_end: Option<u64>,
}
