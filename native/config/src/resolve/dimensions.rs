use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::units::{Unit, convert};
use crate::{Dimension, DimensionKind, StorageSettings, channel_colors};

/// Pixels of a chunk along x and along y, about, where a document lists no dimensions.
const DEFAULT_CHUNK_SIDE_PX: u32 = 1024;
/// Pixels of a chunk in all, about, where a document lists no dimensions.
const DEFAULT_CHUNK_PX: u64 = 16 << 20;

/// A dimension with nothing left open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[non_exhaustive]
pub struct ResolvedDimension {
    /// Its name.
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// Elements; 0: grows with the run.
    pub size: u32,
    /// Elements of a chunk.
    pub chunk: u32,
    /// Chunks a shard; 0 in every dimension: no shards.
    pub shard_chunks: u32,
    /// Physical step from element to element, in `unit`; above 0. 1 where there is no unit: nobody said how large it is.
    pub scale: f64,
    /// The unit as OME-NGFF names it; empty: none.
    pub unit: String,
    /// Names of the elements; empty, or one an element.
    pub labels: Vec<String>,
    /// The colours of named channels, "RRGGBB", one for each name; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Vec<String>")]
    pub colors: Vec<String>,
}

impl ResolvedDimension {
    /// Chunks along a dimension of fixed size.
    pub fn chunk_count(&self) -> u32 {
        self.size.div_ceil(self.chunk.max(1))
    }
}

/// How far apart in time the stored frames and the time points of a stream are.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeSteps {
    /// Time from stored frame to stored frame, us; `None`: not known.
    pub stored_frame_us: Option<f64>,
    /// Time from index to index of the last dimension where the document says so, us; 0: it does not.
    pub interval_us: f64,
}

impl StorageSettings {
    /// The document's dimensions, or those that an empty list means: x, y and a growing t. Scales and units as they are given.
    pub(crate) fn listed_dimensions(&self, width: u32, height: u32) -> Vec<Dimension> {
        if self.acquisition_dimensions.is_empty() {
            default_dimensions(width, height)
        } else {
            self.acquisition_dimensions.clone()
        }
    }
}

/// `sharding`: the format has shards.
pub(super) fn resolve(
    listed: Vec<Dimension>,
    pixel_scale_um: [f64; 2],
    time_steps: TimeSteps,
    sharding: bool,
) -> Vec<ResolvedDimension> {
    let last = listed.len().saturating_sub(1);
    let mut frames = 1.0;
    let resolve_one = |(index, dimension): (usize, Dimension)| {
        let step = match dimension.kind {
            DimensionKind::Space if index < 2 => Step::um(pixel_scale_um[index]),
            DimensionKind::Time if index >= 2 => {
                let interval_us = if index == last { time_steps.interval_us } else { 0.0 };
                let by_frames_us = time_steps.stored_frame_us.map_or(0.0, |us| us * frames);
                Step::us(if interval_us > 0.0 { interval_us } else { by_frames_us })
            }
            _ => None,
        };
        if index >= 2 {
            frames *= f64::from(dimension.array_size_px);
        }
        let (scale, unit) = scale_and_unit(&dimension, step);
        let colors = colors_of(&dimension);
        ResolvedDimension {
            name: dimension.name,
            kind: dimension.kind,
            size: dimension.array_size_px,
            chunk: dimension.chunk_size_px,
            shard_chunks: if sharding { dimension.shard_size_chunks } else { 0 },
            scale,
            unit,
            colors,
            labels: dimension.labels,
        }
    };
    listed.into_iter().enumerate().map(resolve_one).collect()
}

/// Only channels have them, and only where they have names: that is where viewers look.
fn colors_of(dimension: &Dimension) -> Vec<String> {
    if dimension.kind == DimensionKind::Channel {
        channel_colors(&dimension.labels, &dimension.colors)
    } else {
        Vec::new()
    }
}

/// What is known of a step besides what the dimension says of itself.
#[derive(Clone, Copy)]
struct Step {
    value: f64,
    /// How large the value's unit is, in metres or seconds.
    unit_size: f64,
    /// The unit where the document names none.
    unit: &'static str,
    /// The value in that unit.
    in_unit: f64,
}

impl Step {
    fn um(value: f64) -> Option<Self> {
        is_size(value).then_some(Self { value, unit_size: 1e-6, unit: "micrometer", in_unit: value })
    }

    fn us(value: f64) -> Option<Self> {
        is_size(value).then_some(Self { value, unit_size: 1e-6, unit: "second", in_unit: convert(value, 1e-6, 1.0) })
    }
}

fn is_size(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

/// The dimension's own word first. Without a size there is no unit either: "1 nanometer" would be a measure that nobody took.
fn scale_and_unit(dimension: &Dimension, step: Option<Step>) -> (f64, String) {
    let unit = Unit::of(dimension.kind, &dimension.unit);
    if is_size(dimension.scale) {
        let name = match unit {
            Unit::Known { name, .. } => name.to_owned(),
            Unit::None => String::new(),
            Unit::Unknown { .. } | Unit::Free => dimension.unit.clone(),
        };
        return (dimension.scale, name);
    }
    match (step, unit) {
        (Some(step), Unit::Known { name, size, .. }) if is_size(convert(step.value, step.unit_size, size)) => {
            (convert(step.value, step.unit_size, size), name.to_owned())
        }
        // A unit that nobody knows is none to convert to, nor one in which the size is beyond numbers.
        (Some(step), _) => (step.in_unit, step.unit.to_owned()),
        (None, _) => (1.0, String::new()),
    }
}

/// x, y and a growing t, in chunks that most viewers like.
fn default_dimensions(width: u32, height: u32) -> Vec<Dimension> {
    let side = |name: &str, size: u32| Dimension {
        name: name.into(),
        array_size_px: size,
        chunk_size_px: even_chunk(size, DEFAULT_CHUNK_SIDE_PX),
        ..Dimension::default()
    };
    let (x, y) = (side("x", width), side("y", height));
    let plane = u64::from(x.chunk_size_px) * u64::from(y.chunk_size_px);
    let frames = (DEFAULT_CHUNK_PX / plane.max(1)).clamp(1, 64) as u32;
    let t = Dimension { name: "t".into(), kind: DimensionKind::Time, chunk_size_px: frames, ..Dimension::default() };
    vec![x, y, t]
}

/// The chunk size near `wanted` that cuts `size` into equal parts, the last one a little smaller where it must.
pub(crate) fn even_chunk(size: u32, wanted: u32) -> u32 {
    size.div_ceil(size.div_ceil(wanted.max(1)).max(1)).max(1)
}
