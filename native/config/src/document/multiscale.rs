//! Zoom levels.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Zoom levels: copies of the array, each half as large as the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Multiscale {
    /// How a pixel is made of those of the finer level.
    pub method: DownsampleMethod,
    /// Levels besides the full one; 0: until a level fits into one chunk.
    pub max_levels: u32,
}

/// How a pixel of a zoom level is made of those of the finer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DownsampleMethod {
    /// Their mean.
    #[default]
    Mean,
    /// The first of them.
    Decimate,
    /// The smallest of them.
    Min,
    /// The largest of them.
    Max,
}
