use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Ledger, LossPage, RuntimeState};

/// How a run stands now; sent four times a second while cameras run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Stats {
    pub state: RuntimeState,
    /// When these numbers were taken, wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub host_clock_ms: f64,
    /// The running run, or the last one.
    pub run_id: Option<String>,
    /// The same run, as its pictures name it; that of a preview too. `null`: nothing has run yet.
    pub run_number: Option<u32>,
    pub streams: Vec<StreamStats>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamStats {
    /// Index in `video`.
    pub stream: u32,
    pub name: String,
    pub state_of_stream: StreamState,
    pub ledger: Ledger,
    /// The first of them; `get_losses` has the rest.
    pub losses: LossPage,
    /// Places to fill; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frame_limit: Option<u64>,
    pub rates: Rates,
    pub queue: Queue,
    /// Of the last stored frame, fastest dimension first, x and y left out.
    pub coordinates: Vec<Coordinate>,
    /// Wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub started_unix_ms: Option<f64>,
    pub elapsed_s: f64,
    /// `null`: until stopped, or not known yet.
    pub remaining_s: Option<f64>,
    /// Time points that began late: how late the last one was, ms. `null`: no interval is set.
    pub lateness_ms: Option<f64>,
    /// Pictures a second that previews are held to while storage needs the computer; `null`: as many as a screen shows.
    pub preview_limit_fps: Option<f64>,
    /// Where the data goes, on the camera computer; `null`: nothing is written.
    pub path: Option<String>,
    pub run_id: Option<String>,
    /// The same run, as its pictures name it.
    pub run_number: u32,
    /// Places that other programs can read.
    #[ts(type = "number")]
    pub frames_published: u64,
    #[ts(type = "number")]
    pub bytes_stored: u64,
    #[ts(type = "number | null")]
    pub disk_free_bytes: Option<u64>,
    /// For people: "buffer full in 9 s".
    pub warnings: Vec<String>,
    pub error: Option<StreamError>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// Has not run, or its run has ended.
    #[default]
    Idle,
    Running,
    /// The camera waits for a trigger.
    WaitingForTrigger,
    /// Capture has ended, storage finishes.
    Storing,
    Failed,
}

/// Measured over the last two seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Rates {
    /// Frames that the camera exposed, lost ones included.
    pub camera_fps: f64,
    pub stored_fps: f64,
    /// Pixels of stored frames, before compression.
    pub stored_bytes_per_s: f64,
}

/// Frames between camera and storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Queue {
    pub frames: u32,
    pub capacity: u32,
}

/// Where a frame lies along one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Coordinate {
    pub name: String,
    #[ts(type = "number")]
    pub index: u64,
}

/// Why a stream ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StreamError {
    pub code: StreamErrorCode,
    pub message: String,
    /// The same in a few words, without paths: "disk full".
    pub reason: String,
}

/// Whose fault it is that a stream ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StreamErrorCode {
    Camera,
    Storage,
    /// The system gave no thread, or the program is at fault.
    Internal,
}
