use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::{Compression, DimensionKind};
use zarrcam_frame::PixelType;

use crate::Ledger;

/// What is in a dataset, as far as its own files tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetInfo {
    /// In the data folder, with slashes: the part of its URL after `/data/`.
    pub name: String,
    /// On the camera computer.
    pub path: String,
    pub kind: DatasetKind,
    pub state: DatasetState,
    /// Of the full-resolution array, slowest axis first.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
    /// Slowest first, as `shape`.
    pub axes: Vec<DatasetAxis>,
    /// Names of the axes behind the image's two in the order of acquisition, fastest first: place p lies at p modulo the
    /// first one's size, and so on. Empty: not ours.
    pub acquisition_order: Vec<String>,
    /// Zoom levels, the full one first. Empty where there are no arrays (`raw`, `tiff`).
    pub levels: Vec<DatasetLevel>,
    /// Zarr V3's name: `uint8`, `float32`, ...
    pub dtype: String,
    /// What the camera's bits were; `null`: not ours.
    pub pixel_type: Option<PixelType>,
    #[ts(type = "Array<number>")]
    pub chunks: Vec<u64>,
    /// Shape of a shard in pixels; `null`: not sharded.
    #[ts(type = "Array<number> | null")]
    pub shards: Option<Vec<u64>>,
    /// `null`: a codec that we do not write.
    pub codec: Option<Compression>,
    /// Places that hold a frame.
    #[ts(type = "number")]
    pub frames_stored: u64,
    /// `null`: not ours, or no record of it.
    pub losses: Option<Ledger>,
    /// One past the last place that was captured, stored or lost. Places from here to the end of the array were never
    /// captured: they are fill, and no loss. `null`: not known, or the run goes on.
    #[ts(type = "number | null")]
    pub captured_end: Option<u64>,
    /// Places that the run was asked to fill; `null`: until stopped, or not known.
    #[ts(type = "number | null")]
    pub planned_frames: Option<u64>,
    /// How the run ended; `null`: not known, or it goes on.
    pub end: Option<DatasetEnd>,
    /// Wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub started_unix_ms: Option<f64>,
    /// On disk, everything included.
    #[ts(type = "number")]
    pub bytes: u64,
    pub run_id: Option<String>,
    /// A stored place that stands for the dataset in a list.
    #[ts(type = "number | null")]
    pub thumbnail_place: Option<u64>,
    /// What other programs may stumble over: axes that are no OME-NGFF, units that they do not know, chunks that are slow
    /// to read. Whole sentences, for people.
    pub remarks: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DatasetKind {
    Zarr2,
    Zarr3,
    Tiff,
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DatasetState {
    /// Being written now.
    Open,
    Closed,
    /// Its writer is gone without closing it.
    NeedsRecovery,
}

/// How the run of a dataset ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DatasetEnd {
    pub kind: EndKind,
    /// Of a failure, in a few words: "disk full".
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum EndKind {
    /// All that was planned was captured; frames may be lost all the same.
    Complete,
    /// By its user, before that or where no end was planned.
    Stopped,
    Failed,
    /// Its process was killed, or the power was cut.
    Interrupted,
}

impl DatasetEnd {
    pub fn new(kind: EndKind) -> Self {
        Self { kind, reason: None }
    }

    pub fn failed(reason: impl Into<String>) -> Self {
        Self { kind: EndKind::Failed, reason: Some(reason.into()) }
    }
}

/// Why some of what lies in a data folder is not in the list of its datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    pub cause: LeftOutCause,
    /// One sentence, for people.
    pub reason: String,
    #[ts(type = "number")]
    pub count: u64,
    /// The first of them, in the data folder, with slashes.
    pub names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutCause {
    /// It looks like a dataset, and cannot be read as one.
    Damaged,
    /// A name that is no Unicode text, so that no program on the network could ask for it.
    Name,
    /// A link that leads out of the data folder, or nowhere.
    Link,
    /// A folder that may not be read.
    Unreadable,
    /// A hidden folder: its name begins with a dot.
    Hidden,
    /// The data folder holds more than is looked at.
    TooMany,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetAxis {
    pub name: String,
    pub kind: DimensionKind,
    /// Empty: none.
    pub unit: String,
    pub scale: f64,
    /// Names of the elements; empty: none.
    pub labels: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetLevel {
    /// In the dataset: "0".
    pub path: String,
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
    /// Physical size of an element along each axis.
    pub scale: Vec<f64>,
}
