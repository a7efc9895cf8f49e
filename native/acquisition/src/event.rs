use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::{Configuration, DeviceInfo, Transport};

use crate::{DatasetEnd, Ledger, RuntimeState, SpeedProgress, Stats, StreamError};

/// What the runtime tells everybody, unasked. On the wire `event` is the notification's method, the rest its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What the runtime does has changed.
    State(StateChange),
    /// The configuration has changed.
    Configuration(ConfigurationChange),
    /// Cameras came or went.
    Devices(DevicesChange),
    /// How the run stands.
    Stats(Stats),
    /// More of a dataset can be read.
    Published(Published),
    /// A run has ended.
    RunEnded(RunSummary),
    /// How the measurement of speed goes on.
    Speed(SpeedProgress),
    /// A message for people.
    Log(LogEntry),
}

/// What the runtime does now, and for which run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StateChange {
    /// What it does now.
    pub state: RuntimeState,
    /// The id of the recording that goes on, or just ended; `null`: there is none.
    pub run_id: Option<String>,
    /// The number of the run that goes on, or just ended, previews included: pictures carry it. `null`: nothing has run yet.
    pub run_number: Option<u32>,
}

/// Which devices there are now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DevicesChange {
    /// All of them, cameras first.
    pub devices: Vec<DeviceInfo>,
}

/// The configuration that is in force now, and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigurationChange {
    /// Counts the changes; a write on an older revision is refused.
    #[ts(type = "number")]
    pub revision: u64,
    /// Who changed it: a page's session, "cli", "runtime" (the next free name after a run).
    pub changed_by: String,
    /// The whole document, as it was applied.
    pub configuration: Configuration,
}

/// Other programs can read more of a dataset than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Published {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// The dataset's name in the data folder; its full path where it lies outside.
    pub dataset: String,
    /// The run's id.
    pub run_id: String,
    /// The number of the same run, which its pictures carry.
    pub run_number: u32,
    /// Frames of the array that other programs can read, from the first on without a gap: each is stored or lost.
    #[ts(type = "number")]
    pub frames_published: u64,
    /// Elements of the full-resolution array along each axis, slowest first.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunSummary {
    /// The run's id; empty where nothing was recorded.
    pub run_id: String,
    /// The number of the same run, which its pictures carry; 0: nothing ran.
    pub run_number: u32,
    /// Time from the start until the last stream had ended, s.
    pub elapsed_s: f64,
    /// Nothing was lost and nothing failed.
    pub complete: bool,
    /// One entry for each stream that took part.
    pub streams: Vec<StreamSummary>,
}

impl RunSummary {
    /// The sum of its streams. `run_id`: empty where nothing was recorded.
    pub fn of(run_id: String, run_number: u32, streams: Vec<StreamSummary>) -> Self {
        Self {
            run_id,
            run_number,
            elapsed_s: streams.iter().map(|stream| stream.elapsed_s).fold(0.0, f64::max),
            complete: streams.iter().all(|stream| stream.error.is_none() && stream.ledger.dropped == 0),
            streams,
        }
    }
}

/// How a run ended for one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamSummary {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// What people call the stream.
    pub name: String,
    /// Where the data is, on the camera computer; `null`: nothing was written.
    pub path: Option<String>,
    /// What was captured, stored and lost.
    pub ledger: Ledger,
    /// Frames of the array that the run was asked to fill; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frame_limit: Option<u64>,
    /// Frames of the array that are stored.
    #[ts(type = "number")]
    pub frames_stored: u64,
    /// Whether all that was planned was captured, or why not.
    pub end: DatasetEnd,
    /// Frames of the array that other programs can read.
    #[ts(type = "number")]
    pub frames_published: u64,
    /// Pixels of the stored frames, bytes before compression.
    #[ts(type = "number")]
    pub bytes_stored: u64,
    /// Time from the start until the stream had ended, s.
    pub elapsed_s: f64,
    /// How the camera's frames came over its cable, where it has one that may lose some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub transport: Option<Transport>,
    /// Why it ended before its time; `null`: it did not.
    pub error: Option<StreamError>,
}

/// A message for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LogEntry {
    /// How bad it is.
    pub level: LogLevel,
    /// One or more whole sentences.
    pub message: String,
    /// When it was written, by the wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub unix_ms: f64,
    /// Index in `video` of the stream that it is about; `null`: it concerns all.
    pub stream: Option<u32>,
}

/// How bad it is what a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing is wrong.
    Info,
    /// Something may not be as it was meant.
    Warning,
    /// Something failed, or data is lost.
    Error,
}
