use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the runtime does: Acquire's states, and two that are ours (`Previewing`, `Measuring`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum RuntimeState {
    /// It was shut down.
    Closed,
    /// No stream has a camera yet.
    AwaitingConfiguration,
    /// A start would begin a run.
    Armed,
    /// Cameras run and nothing is saved.
    Previewing,
    /// For two seconds cameras and storage run to be timed, and nothing is kept.
    Measuring,
    /// A recording goes on.
    Running,
}
