//! How a run is started, and what its caller is told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a run is started with.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StartOptions {
    /// Whether frames are stored; if not, the cameras run into the preview alone.
    pub record: bool,
    /// Whether a dataset that is overwritten is deleted with all that it holds, files that no writer of ours made included.
    pub replace_foreign_files: bool,
    /// When the recording has ended, each stream's name counts on to the next free one: what a person wants who records
    /// again and again. A script wants to find its data by the name that it set.
    pub next_names: bool,
    /// Whether a recording is stored on this computer; if not, the clients of every frame store it, and each stream that is to be saved
    /// needs one.
    pub store_here: bool,
}

impl Default for StartOptions {
    fn default() -> Self {
        Self { record: false, replace_foreign_files: false, next_names: false, store_here: true }
    }
}

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Started {
    /// The run's id.
    pub run_id: String,
    /// The number of the run, counted by this runtime, previews included. Its pictures carry it.
    pub run_number: u32,
}
