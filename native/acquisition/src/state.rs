use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Acquire's states, and two that are ours: `Previewing`, cameras run and nothing is saved; `Measuring`, for two seconds
/// cameras and storage run to be timed, and nothing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum RuntimeState {
    Closed,
    AwaitingConfiguration,
    Armed,
    Previewing,
    Measuring,
    Running,
}
