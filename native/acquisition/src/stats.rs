use serde::{Deserialize, Serialize};
use ts_rs::TS;

use zarrcam_config::Transport;

use crate::{Ledger, LossPage, RuntimeState};

/// How a run stands now; sent four times a second while cameras run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Stats {
    /// What the runtime does now.
    pub state: RuntimeState,
    /// When these numbers were taken, wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub unix_ms: f64,
    /// The id of the recording that goes on, or of the last one; `null`: nothing was recorded yet.
    pub run_id: Option<String>,
    /// The number of the run that goes on or was last, a preview too; pictures carry it. `null`: nothing has run yet.
    pub run_number: Option<u32>,
    /// One entry for each stream that takes part.
    pub streams: Vec<StreamStats>,
}

/// How one stream of a run stands now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamStats {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// What people call the stream.
    pub name: String,
    /// What the stream does now.
    pub state_of_stream: StreamState,
    /// What was captured, stored and lost so far.
    pub ledger: Ledger,
    /// The first of the losses; `get_losses` has the rest.
    pub losses: LossPage,
    /// Frames of the array to fill; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frame_limit: Option<u64>,
    /// How fast frames come and are stored.
    pub rates: Rates,
    /// Frames that wait for storage.
    pub queue: Queue,
    /// Where the last stored frame lies, fastest dimension first, x and y left out.
    pub coordinates: Vec<Coordinate>,
    /// When the run began, by the wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub started_unix_ms: Option<f64>,
    /// Since the run began, s.
    pub elapsed_s: f64,
    /// Until the run will have ended, s; `null`: until stopped, or not known yet.
    pub remaining_s: Option<f64>,
    /// How late the last time point began, ms. `null`: no interval is set.
    pub lateness_ms: Option<f64>,
    /// Pictures a second that previews are limited to while storage needs the computer; `null`: as many as a screen shows.
    pub preview_limit_fps: Option<f64>,
    /// Where the data goes, on the camera computer; `null`: nothing is written.
    pub path: Option<String>,
    /// The run's id; `null`: nothing is recorded.
    pub run_id: Option<String>,
    /// The number of the same run, which its pictures carry.
    pub run_number: u32,
    /// Frames of the array that other programs can read.
    #[ts(type = "number")]
    pub frames_published: u64,
    /// Pixels of the stored frames, bytes before compression.
    #[ts(type = "number")]
    pub bytes_stored: u64,
    /// Free on the disk that the data goes to; `null`: nothing is written, or not known.
    #[ts(type = "number | null")]
    pub disk_free_bytes: Option<u64>,
    /// Programs that take every frame over the network, in the order in which they came; of those that are gone the last
    /// ones. Their losses are their own: the ledger speaks of the bridge's storage.
    pub frame_clients: Vec<FrameClientStats>,
    /// How the camera's frames came over its cable, where it has one that may lose some. Since the camera was started last:
    /// with time points, since the last one began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub transport: Option<Transport>,
    /// What people should know now: "buffer full in 9 s".
    pub warnings: Vec<String>,
    /// Why it ended before its time; `null`: it did not.
    pub error: Option<StreamError>,
}

/// How a program stands that takes every frame of a stream over the network. Counts are frames of the array.
///
/// `taken + waiting + lost` are all frames from `first_frame_index` on, until it leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FrameClientStats {
    /// Counts the clients of the stream's run, from 1.
    pub client: u32,
    /// Whether it still reads; false: it has left, and its counts change no more.
    pub connected: bool,
    /// Where it came in: earlier frames are not available to it, and no loss.
    #[ts(type = "number")]
    pub first_frame_index: u64,
    /// Frames that were handed to its connection.
    #[ts(type = "number")]
    pub taken: u64,
    /// Frames that wait for it in memory of its own.
    #[ts(type = "number")]
    pub waiting: u64,
    /// Frames that it does not get, for whatever reason.
    #[ts(type = "number")]
    pub lost: u64,
    /// Of the lost ones those that the run had: it did not take the ones before in time, left, or the bridge's own recording
    /// went first.
    #[ts(type = "number")]
    pub lost_to_client: u64,
    /// Frames that may wait for it.
    pub room: u32,
    /// Whether the run waits for it.
    pub back_pressure: bool,
}

/// What a stream of a run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// It has not run, or its run has ended.
    #[default]
    Idle,
    /// Its camera takes frames.
    Running,
    /// The camera waits for a trigger.
    WaitingForTrigger,
    /// Capture has ended, storage finishes.
    Storing,
    /// It ended before its time.
    Failed,
}

impl StreamState {
    /// What a stream of a run does. `ended`: camera and storage have. `waits`: the camera waits for a trigger.
    pub fn of(failed: bool, ended: bool, camera_ended: bool, waits: bool) -> Self {
        match () {
            () if failed => Self::Failed,
            () if ended => Self::Idle,
            () if camera_ended => Self::Storing,
            () if waits => Self::WaitingForTrigger,
            () => Self::Running,
        }
    }
}

/// How fast frames come and are stored, measured over the last two seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Rates {
    /// Frames a second that the camera exposed, lost ones included.
    pub camera_fps: f64,
    /// Frames of the camera a second that were stored.
    pub stored_fps: f64,
    /// Bytes a second of stored pixels, before compression.
    pub stored_bytes_per_s: f64,
}

/// Buffers between camera and storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Queue {
    /// Those that wait for storage.
    pub frames: u32,
    /// How many there are in all.
    pub capacity: u32,
}

/// Where a frame lies along one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Coordinate {
    /// The dimension's name.
    pub name: String,
    /// Index along it, from 0.
    #[ts(type = "number")]
    pub index: u64,
}

/// Why a stream ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StreamError {
    /// Which part failed, for programs.
    pub code: StreamErrorCode,
    /// What failed, in whole sentences.
    pub message: String,
    /// What failed in a few words, without paths: "disk full".
    pub reason: String,
}

/// Whose fault it is that a stream ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StreamErrorCode {
    /// The camera.
    Camera,
    /// Storage.
    Storage,
    /// The system gave no thread, or the program is at fault.
    Internal,
}
