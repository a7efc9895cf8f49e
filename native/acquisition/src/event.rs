use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::Configuration;

use crate::{DatasetEnd, Ledger, RuntimeState, SpeedProgress, Stats, StreamError};

/// What the runtime tells everybody, unasked. On the wire `event` is the notification's method, the rest its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    State(StateChange),
    Configuration(ConfigurationChange),
    Stats(Stats),
    Published(Published),
    RunEnded(RunSummary),
    Speed(SpeedProgress),
    Log(LogEntry),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StateChange {
    pub state: RuntimeState,
    /// Of the recording that goes on, or just ended.
    pub run_id: Option<String>,
    /// Of the run that goes on, or just ended, previews included: pictures carry it. `null`: nothing has run yet.
    pub run_number: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConfigurationChange {
    #[ts(type = "number")]
    pub revision: u64,
    /// Who changed it: a page's session, "cli", "runtime" (the next free name after a run).
    pub changed_by: String,
    pub configuration: Configuration,
}

/// Other programs can read more of a dataset than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Published {
    /// Index in `video`.
    pub stream: u32,
    /// The dataset's name in the data folder; its full path where it lies outside.
    pub dataset: String,
    /// The run's id.
    pub run: String,
    /// The same run, as its pictures name it.
    pub run_number: u32,
    #[ts(type = "number")]
    pub frames_stored: u64,
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunSummary {
    /// Empty where nothing was recorded.
    pub run_id: String,
    /// The same run, as its pictures name it; 0: nothing ran.
    pub run_number: u32,
    pub elapsed_s: f64,
    /// Nothing was lost and nothing failed.
    pub complete: bool,
    pub streams: Vec<StreamSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamSummary {
    /// Index in `video`.
    pub stream: u32,
    pub name: String,
    /// `null`: nothing was written.
    pub path: Option<String>,
    pub ledger: Ledger,
    /// Places that the run was asked to fill; `null`: until stopped.
    #[ts(type = "number | null")]
    pub planned_frames: Option<u64>,
    /// Places that hold a frame.
    #[ts(type = "number")]
    pub frames_stored: u64,
    pub end: DatasetEnd,
    #[ts(type = "number")]
    pub frames_published: u64,
    #[ts(type = "number")]
    pub bytes_stored: u64,
    pub elapsed_s: f64,
    pub error: Option<StreamError>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LogEntry {
    pub level: LogLevel,
    pub message: String,
    /// Wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub host_clock_ms: f64,
    /// Index in `video`; `null`: concerns all.
    pub stream: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Info,
    Warning,
    Error,
}
