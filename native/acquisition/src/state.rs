use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Acquire's states, and `Previewing`, which is ours: cameras run, nothing is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum RuntimeState {
    Closed,
    AwaitingConfiguration,
    Armed,
    Previewing,
    Running,
}
