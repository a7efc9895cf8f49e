use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Dimension;

/// What the data will be looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// One plane at a time, on this machine.
    Planes,
    /// The course of a few pixels through time.
    TimeCourses,
    /// Over a network: few objects, each a few megabytes.
    Cloud,
}

/// A layout for a stated use, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    pub dimensions: Vec<Dimension>,
    pub why: String,
}
