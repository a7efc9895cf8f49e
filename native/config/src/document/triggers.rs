//! Signals into a camera and out of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What signals from outside start; those that are not enabled do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct InputTriggers {
    /// Starts the acquisition.
    pub acquisition_start: Trigger,
    /// Starts one frame.
    pub frame_start: Trigger,
    /// Exposes for as long as the signal lasts.
    pub exposure: Trigger,
}

/// What the camera signals to others; those that are not enabled do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct OutputTriggers {
    /// Lasts as long as an exposure.
    pub exposure: Trigger,
    /// Comes with each frame.
    pub frame_start: Trigger,
    /// Lasts as long as the camera waits for a trigger.
    pub trigger_wait: Trigger,
}

/// A signal on one line of a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Trigger {
    /// Whether it does anything; if not, the rest is not looked at.
    pub enable: bool,
    /// Number of the camera's digital line.
    pub line: u32,
    /// Whether the signal goes into the camera or out of it.
    pub kind: TriggerKind,
    /// Which change or level of the signal counts.
    pub edge: TriggerEdge,
}

/// Whether a signal goes into the camera or out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerKind {
    /// Into the camera.
    #[default]
    Input,
    /// Out of the camera.
    Output,
}

/// Which change or level of a signal counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum TriggerEdge {
    /// From low to high.
    #[default]
    Rising,
    /// From high to low.
    Falling,
    /// Any change.
    AnyEdge,
    /// As long as it is high.
    LevelHigh,
    /// As long as it is low.
    LevelLow,
    /// None: of a trigger that is not used.
    NotApplicable,
}
