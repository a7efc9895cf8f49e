use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::{Camera, Compression, DimensionKind, Notes};
use zarrcam_frame::PixelType;

use crate::Ledger;

/// What is in a dataset, as far as its own files tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetInfo {
    /// Its path in the data folder, with slashes: the part of its URL after `/data/`.
    pub name: String,
    /// Its path on the camera computer.
    pub path: String,
    /// What kind of file or folder it is.
    pub kind: DatasetKind,
    /// Whether it is being written, closed, or was left open by a crash.
    pub state: DatasetState,
    /// Elements of the full-resolution array along each axis, slowest first.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
    /// The axes of the array, slowest first, as `shape`.
    pub axes: Vec<DatasetAxis>,
    /// Names of the axes behind the image's two in the order of acquisition, fastest first: frame index i lies at i modulo the
    /// first one's size along the first, and so on. Empty: not ours.
    pub acquisition_order: Vec<String>,
    /// Zoom levels, the full one first. Empty where there are no arrays (`raw`, `tiff`).
    pub levels: Vec<DatasetLevel>,
    /// What an element is, by Zarr V3's name: `uint8`, `float32`, ...
    pub dtype: String,
    /// What a pixel of the camera was; `null`: not ours.
    pub pixel_type: Option<PixelType>,
    /// Elements of a chunk along each axis, as `shape`.
    #[ts(type = "Array<number>")]
    pub chunks: Vec<u64>,
    /// Elements of a shard along each axis, as `shape`; `null`: not sharded.
    #[ts(type = "Array<number> | null")]
    pub shards: Option<Vec<u64>>,
    /// How chunks are compressed; `null`: by a codec that we do not write.
    pub codec: Option<Compression>,
    /// Frames of the array that are stored.
    #[ts(type = "number")]
    pub frames_stored: u64,
    /// What was captured, stored and lost; `null`: not ours, or no record of it.
    pub losses: Option<Ledger>,
    /// One past the last frame index that was captured, stored or lost. From here to the end of the array nothing was ever
    /// captured: it is fill, and no loss. `null`: not known, or the run goes on.
    #[ts(type = "number | null")]
    pub captured_end: Option<u64>,
    /// Frames of the array that the run was asked to fill; `null`: until stopped, or not known.
    #[ts(type = "number | null")]
    pub frame_limit: Option<u64>,
    /// How the run ended; `null`: not known, or it goes on.
    pub end: Option<DatasetEnd>,
    /// When the run began, by the wall clock of the camera computer, ms since 1970-01-01 UTC; `null`: not known.
    pub started_unix_ms: Option<f64>,
    /// Bytes on disk, everything included.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The id of the run that wrote it; `null`: not ours.
    pub run_id: Option<String>,
    /// Frame index of a stored frame that stands for the dataset in a list; `null`: none is stored, or it is not ours.
    #[ts(type = "number | null")]
    pub thumbnail_frame_index: Option<u64>,
    /// What people wrote down of the sample and the run; of long texts the beginning. Empty: nothing, or it is not told without reading
    /// the dataset.
    pub notes: Notes,
    /// What other programs may stumble over: axes that are no OME-NGFF, units that they do not know, chunks that are slow
    /// to read. Whole sentences, for people.
    pub remarks: Vec<String>,
}

/// Datasets that were deleted, and lie aside until the trash is emptied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Trash {
    /// The folder that they lie in, on the camera computer.
    pub path: String,
    /// How many there are.
    #[ts(type = "number")]
    pub datasets: u64,
    /// Bytes on disk.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What kind of file or folder a dataset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DatasetKind {
    /// A Zarr V2 store.
    Zarr2,
    /// A Zarr V3 store.
    Zarr3,
    /// A TIFF file, or the folder that `tiff-json` writes.
    Tiff,
    /// Pixels back to back, described by a JSON file beside them.
    Raw,
}

/// Whether a dataset is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DatasetState {
    /// Being written now.
    Open,
    /// Whole: nobody writes it.
    Closed,
    /// Its writer is gone without closing it.
    NeedsRecovery,
}

/// How the run of a dataset ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DatasetEnd {
    /// Whether all that was planned was captured, or why not.
    pub kind: EndKind,
    /// Why it failed, in a few words ("disk full"); `null`: it did not fail.
    pub reason: Option<String>,
}

/// How a run ended, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum EndKind {
    /// All that was planned was captured; frames may be lost all the same.
    Complete,
    /// Its user stopped it before that, or no end was planned.
    Stopped,
    /// A camera or storage failed.
    Failed,
    /// Its process was killed, or the power was cut.
    Interrupted,
}

impl DatasetEnd {
    /// An end that needs no reason.
    pub fn new(kind: EndKind) -> Self {
        Self { kind, reason: None }
    }

    /// A failure, with its reason in a few words.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { kind: EndKind::Failed, reason: Some(reason.into()) }
    }

    /// How capture ended. `failure`: why it failed, in a few words. `is_full`: the run has all its frames. `gives_up`: what was not stored
    /// yet was given up.
    pub fn of_capture(failure: Option<&str>, is_full: bool, gives_up: bool) -> Self {
        match failure {
            Some(reason) => Self::failed(reason),
            None if is_full && !gives_up => Self::new(EndKind::Complete),
            None => Self::new(EndKind::Stopped),
        }
    }
}

/// Why some of what lies in a data folder is not in the list of its datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    /// Why they are not in the list.
    pub cause: LeftOutCause,
    /// Why, in one sentence for people.
    pub reason: String,
    /// How many there are.
    #[ts(type = "number")]
    pub count: u64,
    /// Names of the first of them, in the data folder, with slashes.
    pub names: Vec<String>,
}

/// Why something in a data folder is not in the list of its datasets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutCause {
    /// It looks like a dataset, and cannot be read as one.
    Damaged,
    /// Its name is no Unicode text, so that no program on the network could ask for it.
    Name,
    /// It is a link that leads out of the data folder, or nowhere.
    Link,
    /// It is a folder that may not be read.
    Unreadable,
    /// It is a hidden folder: its name begins with a dot.
    Hidden,
    /// The data folder holds more than is looked at.
    TooMany,
}

/// One axis of a dataset's array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetAxis {
    /// Its name: "z".
    pub name: String,
    /// Whether it runs through space, time, channels, or something else.
    pub kind: DimensionKind,
    /// The unit of `scale`; empty: nobody said one.
    pub unit: String,
    /// Physical step from element to element, in `unit`.
    pub scale: f64,
    /// Names of the elements; empty: none.
    pub labels: Vec<String>,
}

/// One zoom level of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DatasetLevel {
    /// Path of its array in the dataset: "0".
    pub path: String,
    /// Elements along each axis, slowest first.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
    /// Physical size of an element along each axis.
    pub scale: Vec<f64>,
}

/// What a TIFF or raw file of ours says of the run that wrote it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct FileDescription {
    /// The camera, and how it was set; `null`: the file does not say. Raw files do.
    pub camera: Option<Camera>,
    /// What people wrote down; `null`: nothing, or the file does not say.
    pub notes: Option<Notes>,
    /// The user's own metadata, a JSON object as text, word for word; `null`: there is none.
    pub external_metadata_json: Option<String>,
}
