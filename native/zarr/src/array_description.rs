use serde_json::{Map, Value, json};
use zarrcam_config::{DimensionKind, DownsampleMethod, Notes};
use zarrcam_frame::PixelType;

use crate::codec::Codec;

/// The two formats of Zarr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZarrVersion {
    /// With OME-NGFF 0.4.
    V2,
    /// With OME-NGFF 0.5.
    V3,
}

/// One axis of an array, in storage order.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisDescription {
    /// Its name.
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// A UDUNITS-2 name; empty: none.
    pub unit: String,
    /// Physical step from element to element; 0 reads as 1.
    pub scale: f64,
    /// Names of the elements; may be empty.
    pub labels: Vec<String>,
    /// Colours of channels, "RRGGBB"; empty: by the names.
    pub colors: Vec<String>,
}

/// One array of the pyramid. All lists run along the axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelDescription {
    /// Elements of the array.
    pub shape: Vec<u64>,
    /// Elements of a chunk.
    pub chunk: Vec<u64>,
    /// Elements a shard; `None`: chunks are files (the only way in V2).
    pub shard: Option<Vec<u64>>,
    /// How many elements of level 0 one element stands for.
    pub factors: Vec<u64>,
}

/// A dataset: an array with its smaller copies.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayDescription {
    /// Of the image, for people; may be empty.
    pub name: String,
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// How chunks are encoded.
    pub codec: Codec,
    /// Slowest first.
    pub axes: Vec<AxisDescription>,
    /// Level 0 first; never empty.
    pub levels: Vec<LevelDescription>,
    /// How a pixel of a coarser level is made.
    pub method: DownsampleMethod,
    /// The user's own metadata, kept as the attributes of array `0`.
    pub attributes: Map<String, Value>,
    /// What people wrote down.
    pub notes: Notes,
}

pub(crate) fn fill_value(pixel_type: PixelType) -> Value {
    if pixel_type == PixelType::F32 { json!(0.0) } else { json!(0) }
}
