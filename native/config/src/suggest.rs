use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::resolve::even_chunk;
use crate::{Dimension, ResolvedStorage, VideoStream, storage_capabilities};

/// How the data will be read most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessPattern {
    /// One plane at a time, on this machine.
    Planes,
    /// The course of a few pixels through time.
    TimeCourses,
    /// Over a network: few objects, small requests.
    Cloud,
}

/// A layout for an access pattern, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// The dimensions with the proposed chunks and shards.
    pub dimensions: Vec<Dimension>,
    /// Why they are proposed, in whole sentences.
    pub why: String,
}

/// What an access pattern asks of chunks and shards, in pixels and bytes.
struct Goal {
    side_px: u32,
    /// Frames along the slowest dimension are put into a chunk up to so many bytes.
    chunk_bytes: u64,
    /// Files hold about so much, where the format has shards.
    shard_bytes: u64,
}

const MIB: u64 = 1 << 20;

impl AccessPattern {
    const fn goal(self) -> Goal {
        match self {
            Self::Planes => Goal { side_px: 1024, chunk_bytes: 0, shard_bytes: 64 * MIB },
            Self::TimeCourses => Goal { side_px: 128, chunk_bytes: MIB, shard_bytes: 256 * MIB },
            Self::Cloud => Goal { side_px: 512, chunk_bytes: MIB, shard_bytes: 128 * MIB },
        }
    }
}

impl VideoStream {
    /// A sound layout. Only chunks and shards change; what the document leaves open of scales and units stays open. With fewer
    /// than three dimensions nothing changes.
    pub fn suggest(&self, pattern: AccessPattern) -> Suggestion {
        let ResolvedStorage { device, pixel_type, width, height, .. } = self.resolve().storage;
        let sharding = storage_capabilities(&device).is_some_and(|can| can.sharding);
        let listed = self.storage.settings.listed_dimensions(width, height);
        suggest_dimensions(pattern, listed, pixel_type.bytes(), sharding)
    }
}

/// `sharding`: the storage device has shards.
fn suggest_dimensions(
    pattern: AccessPattern,
    mut dimensions: Vec<Dimension>,
    pixel_bytes: usize,
    sharding: bool,
) -> Suggestion {
    let [x, y, beyond @ ..] = dimensions.as_mut_slice() else {
        return Suggestion { dimensions, why: "Chunks need width, height and an open-ended dimension.".into() };
    };
    let Some((append, inner)) = beyond.split_last_mut() else {
        return Suggestion { dimensions, why: "Chunks need width, height and an open-ended dimension.".into() };
    };
    let goal = pattern.goal();
    x.chunk_size_px = even_chunk(x.array_size_px, goal.side_px);
    y.chunk_size_px = even_chunk(y.array_size_px, goal.side_px);
    let tile_bytes = u64::from(x.chunk_size_px) * u64::from(y.chunk_size_px) * pixel_bytes as u64;
    inner.iter_mut().for_each(|dimension| dimension.chunk_size_px = 1);
    let frames = (goal.chunk_bytes / tile_bytes.max(1)).clamp(1, 1 << 20) as u32;
    append.chunk_size_px = if append.array_size_px > 0 { even_chunk(append.array_size_px, frames) } else { frames };
    let chunk_bytes = tile_bytes * u64::from(append.chunk_size_px);
    if sharding {
        shard(&mut dimensions, chunk_bytes, goal.shard_bytes);
    } else {
        dimensions.iter_mut().for_each(|dimension| dimension.shard_size_chunks = 0);
    }
    let why = explain(pattern, &dimensions, chunk_bytes);
    Suggestion { dimensions, why }
}

/// Chunks of a shard along each dimension: from the fastest dimension on, whole dimensions go into it while it stays small enough.
fn shard(dimensions: &mut [Dimension], chunk_bytes: u64, wanted_bytes: u64) {
    let mut room = (wanted_bytes / chunk_bytes.max(1)).max(1);
    for (index, dimension) in dimensions.iter_mut().enumerate() {
        // What grows has no end to fill up to.
        let count = match dimension.array_size_px {
            0 => u32::MAX,
            size => size.div_ceil(dimension.chunk_size_px.max(1)),
        };
        let chunks = u64::from(count).min(room).max(1) as u32;
        // The picture is never cut between files: a plane stays one request.
        let chunks = if index < 2 { count.max(1) } else { chunks };
        dimension.shard_size_chunks = chunks;
        room /= u64::from(chunks);
    }
}

fn explain(pattern: AccessPattern, dimensions: &[Dimension], chunk_bytes: u64) -> String {
    let chunk = format!(
        "Chunks of {} x {} px{} are {}",
        dimensions[0].chunk_size_px,
        dimensions[1].chunk_size_px,
        match dimensions.last() {
            Some(append) if append.chunk_size_px > 1 => format!(" and {} of {}", append.chunk_size_px, append.name),
            _ => String::new(),
        },
        megabytes(chunk_bytes)
    );
    let reason = match pattern {
        AccessPattern::Planes => "a plane is read without its neighbours in z, channel or time",
        AccessPattern::TimeCourses => "the course of a pixel takes few chunks, and little that lies around it",
        AccessPattern::Cloud => "a view takes few requests of about a megabyte",
    };
    let chunks: u64 = dimensions.iter().map(|dimension| u64::from(dimension.shard_size_chunks)).product();
    let files = if chunks > 0 {
        format!(
            " {chunks} of them share a file of {} before compression, so files stay few.",
            megabytes(chunks * chunk_bytes)
        )
    } else {
        " Zarr V3 could put many of them into one file.".to_owned()
    };
    format!("{chunk}: {reason}.{files}")
}

fn megabytes(bytes: u64) -> String {
    match bytes as f64 / 1e6 {
        megabytes if megabytes >= 10.0 => format!("{megabytes:.0} MB"),
        megabytes if megabytes >= 0.1 => format!("{megabytes:.1} MB"),
        megabytes => format!("{:.1} kB", megabytes * 1e3),
    }
}
