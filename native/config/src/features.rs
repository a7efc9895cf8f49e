//! What a camera has besides the settings that all cameras have, and how its frames come.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FeatureValue, Range};

/// Something of a camera that it knows by a name of its own, as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CameraFeature {
    /// Its name in `camera.settings.features`, which no other feature of the camera has.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// What it does, in the camera's words; empty: it does not say.
    pub description: String,
    /// The categories that it lies in, the outermost first.
    pub category: Vec<String>,
    /// What it holds.
    pub kind: FeatureKind,
    /// Whom it is for.
    pub level: FeatureLevel,
    /// What it is now; `null`: it cannot be read, or has no value.
    pub value: Option<FeatureValue>,
    /// The values that a number can have; `null`: the camera does not say, or it is no number.
    pub range: Option<Range>,
    /// The unit of a number; empty: it has none.
    pub unit: String,
    /// The values that one of several can have now.
    pub choices: Vec<FeatureChoice>,
    /// Whether it can be set now.
    pub writable: bool,
    /// The setting of the document that it is set by, `exposure_time_us` say, and by nothing else; empty: by
    /// `features`.
    pub setting: String,
}

/// One of several values that a feature can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FeatureChoice {
    /// How it is written in the document.
    pub value: String,
    /// What people call it.
    pub label: String,
}

/// What a feature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// On or off.
    Boolean,
    /// One of several.
    Enumeration,
    /// Text.
    Text,
    /// Something to be done: it has no value.
    Command,
    /// Bytes: they are not shown.
    Register,
}

/// Whom a feature is for, as the camera's maker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FeatureLevel {
    /// Everybody.
    Beginner,
    /// Who knows cameras.
    Expert,
    /// Who knows this camera.
    Guru,
}

/// How a camera's frames came over its cable since the last start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Transport {
    /// Packets that did not come, and did not come when they were asked for again either.
    #[ts(type = "number")]
    pub packets_lost: u64,
    /// Packets that came when they were asked for again.
    #[ts(type = "number")]
    pub packets_resent: u64,
    /// Frames of which something is missing: each is lost, with the cause `camera`.
    #[ts(type = "number")]
    pub frames_incomplete: u64,
    /// Frames that found no buffer of the receiver: each is lost, with the cause `camera`.
    #[ts(type = "number")]
    pub frames_without_buffer: u64,
}
