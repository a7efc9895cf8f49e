//! The dimensions of the array, as frames fill them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::is_zero;

/// What a dimension runs through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum DimensionKind {
    /// Space in the sample: x, y, z.
    #[default]
    Space,
    /// Channels: colours, stains.
    Channel,
    /// Time points.
    Time,
    /// Anything else: angles, positions.
    Other,
}

/// One dimension of the array, as frames fill it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Dimension {
    /// Its name ("z"); no other dimension has the same.
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// Elements along it (px, planes, channels, time points). 0, which only the last dimension may have: it grows with the run.
    pub array_size_px: u32,
    /// Elements of a chunk along it.
    pub chunk_size_px: u32,
    /// Chunks of a shard along it; 0 in every dimension: there are no shards.
    pub shard_size_chunks: u32,
    /// Physical step from element to element, in `unit`; 0: for x and y `pixel_scale_um`, for time the interval, or the frames'
    /// own time where it is known, else nobody knows it. Not Acquire's, as all that follow.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<f64>")]
    pub scale: f64,
    /// A UDUNITS-2 name ("micrometer", "second"), as OME-NGFF recommends, or a usual abbreviation of one. Empty: micrometer and
    /// second for a step that follows from other fields, else none.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub unit: String,
    /// Names of the elements, of channels for example: none, or one for each element.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub labels: Vec<String>,
    /// The colours of channels, "00FF00" or "#00ff00": none, or one for each name; an empty text, or none: by the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub colors: Vec<String>,
}
