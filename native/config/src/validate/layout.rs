use serde_json::{Value, json};

use super::dimensions::LIST;
use super::report::{StreamReport, grouped};
use crate::resolve::even_chunk;
use crate::{
    ChunkedAxis, CodecName, Dimension, DimensionKind, ProblemCode, ResolvedDimension, ResolvedStorage,
    StorageCapabilities, StorageFormat, VideoStream, too_many_small_chunks,
};

/// Blosc 1 counts in i32 and keeps 16 bytes for its header.
const BLOSC_LARGEST_CHUNK: u128 = (1 << 31) - 17;
/// numcodecs takes no larger buffer for zstd.
const ZSTD_LARGEST_CHUNK: u128 = (1 << 31) - 1;
/// Above this, readers that take whole chunks run out of memory.
const LARGE_CHUNK: u128 = 2 << 30;
/// File systems and people give up at about so many files at once.
const MANY_FILES: u128 = 100_000;
/// Proposed in place of small ones, px along a side.
const USUAL_SIDE_PX: u32 = 1024;

/// Chunks, shards and storage order, for devices that have them.
pub(super) fn validate(
    report: &mut StreamReport,
    stream: &VideoStream,
    resolved: &ResolvedStorage,
    can: &StorageCapabilities,
) {
    let settings = &stream.storage.settings;
    let given = settings.acquisition_dimensions.as_slice();
    let device = resolved.device.as_str();
    if can.sharding {
        mixed_shards(report, given);
    } else if !can.chunking && given.len() > 3 && resolved.format != Some(StorageFormat::Trash) {
        let message =
            format!("\"{device}\" keeps frames one after another, in order of capture: these dimensions are not kept.");
        report.warning(LIST, ProblemCode::Unused, message);
    } else if resolved.format != Some(StorageFormat::Trash) {
        unused_shards(report, given, device);
    }
    order(report, &settings.storage_order, &resolved.dimensions);
    if can.chunking && resolved.dimensions.len() >= 3 && !report.has_error(LIST) {
        sizes(report, given, resolved);
    }
}

/// Acquire saves them for every device, and only those of Zarr V3 write them.
fn unused_shards(report: &mut StreamReport, dimensions: &[Dimension], device: &str) {
    let Some(first) = dimensions.iter().position(|dimension| dimension.shard_size_chunks > 0) else { return };
    let cleared: Vec<_> =
        dimensions.iter().map(|dimension| Dimension { shard_size_chunks: 0, ..dimension.clone() }).collect();
    let message = format!("\"{device}\" writes no shards, only the ZarrV3 devices do: chunks per shard are not used.");
    report.warning(format!("{LIST}[{first}].shard_size_chunks"), ProblemCode::Unused, message).fixed_at(
        LIST,
        "No shards",
        serde_json::to_value(cleared).unwrap_or_default(),
    );
}

fn mixed_shards(report: &mut StreamReport, dimensions: &[Dimension]) {
    if dimensions.iter().all(|dimension| dimension.shard_size_chunks == 0) {
        return;
    }
    for (index, dimension) in dimensions.iter().enumerate().filter(|(_, dimension)| dimension.shard_size_chunks == 0) {
        let message = format!(
            "Chunks per shard are given for some dimensions and not for \"{}\": 0 in all of them, or in none.",
            dimension.name
        );
        report.error(format!("{LIST}[{index}].shard_size_chunks"), ProblemCode::Mixed, message).fixed_by("Use 1", 1);
    }
}

/// Names of all dimensions, slowest first; the picture's rows stay rows.
fn order(report: &mut StreamReport, order: &[String], dimensions: &[ResolvedDimension]) {
    if order.is_empty() {
        return;
    }
    let path = "storage.settings.storage_order";
    let mut wanted: Vec<&str> = dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
    let mut given: Vec<&str> = order.iter().map(String::as_str).collect();
    let picture: Vec<&str> = wanted.iter().take(2).rev().copied().collect();
    let image_last = given.ends_with(&picture);
    let others: Vec<&str> = given.iter().filter(|name| !picture.contains(name)).copied().collect();
    wanted.sort_unstable();
    given.sort_unstable();
    if wanted != given {
        let names: Vec<&str> = dimensions.iter().rev().map(|dimension| dimension.name.as_str()).collect();
        let message =
            format!("The storage order names each dimension once, slowest-changing first, as in {}.", names.join(", "));
        report.error(path, ProblemCode::Order, message).fixed_by("Use the order of acquisition", json!([]));
    } else if !image_last {
        let right: Vec<&str> = others.into_iter().chain(picture.iter().copied()).collect();
        let message = format!("The storage order ends with {}: images are stored row by row.", picture.join(", "));
        report.error(path, ProblemCode::Order, message).fixed_by(format!("Use {}", right.join(", ")), json!(right));
    }
}

/// Bytes of a chunk, files of a layer.
fn sizes(report: &mut StreamReport, given: &[Dimension], resolved: &ResolvedStorage) {
    let dimensions = resolved.dimensions.as_slice();
    let last = dimensions.len() - 1;
    let inner: u128 = dimensions[..last].iter().map(|dimension| u128::from(dimension.chunk)).product();
    let inner = inner * resolved.pixel_type.bytes() as u128;
    let bytes = inner * u128::from(dimensions[last].chunk);
    let codec = resolved.compression.codec;
    let path = format!("{LIST}[{last}].chunk_size_px");
    let limit = match codec {
        CodecName::None => None,
        CodecName::BloscLz4 | CodecName::BloscZstd => Some(BLOSC_LARGEST_CHUNK),
        CodecName::Zstd => Some(ZSTD_LARGEST_CHUNK),
    };
    if let Some(limit) = limit.filter(|limit| bytes > *limit) {
        let message = format!(
            "A chunk of {} bytes is more than the codec takes, {}.",
            grouped(bytes as f64),
            grouped(limit as f64)
        );
        let fits = (limit / inner) as u64;
        let noted = report.error(&path, ProblemCode::OutOfRange, message);
        if fits > 0 {
            noted.fixed_by(format!("Use {}", grouped(fits as f64)), fits);
        }
    } else if bytes > LARGE_CHUNK {
        let message =
            format!("A chunk of {:.1} GB: many programs cannot read a single pixel of it.", bytes as f64 / 1e9);
        report.warning(&path, ProblemCode::LargeChunk, message);
    }
    let files: u128 = dimensions[..last]
        .iter()
        .map(|dimension| u128::from(dimension.chunk_count().div_ceil(dimension.shard_chunks.max(1))))
        .product();
    let axis = |at: usize| ChunkedAxis { size: dimensions[at].size.into(), chunk: dimensions[at].chunk.into() };
    if let Some(tiles) = too_many_small_chunks([axis(1), axis(0)], bytes) {
        let message = format!(
            "Chunks of {} x {} px hold {} {}: every frame is cut into {} {}, which is slow to write and to read.",
            grouped(dimensions[0].chunk.into()),
            grouped(dimensions[1].chunk.into()),
            grouped(bytes as f64),
            if bytes == 1 { "byte" } else { "bytes" },
            grouped(tiles as f64),
            if resolved.is_sharded() { "chunks" } else { "files" },
        );
        let noted = report.warning(LIST, ProblemCode::SmallChunks, message);
        if let Some((label, larger)) = larger_chunks(given) {
            noted.fixed_by(label, larger);
        }
    } else if files > MANY_FILES && resolved.frames_per_append().is_some() {
        let message = format!(
            "{} files for every {}: larger chunks, or more chunks per shard, make fewer.",
            grouped(files as f64),
            counted(dimensions[last].chunk, dimensions[last].kind, &dimensions[last].name),
        );
        let noted = report.warning(LIST, ProblemCode::ManyFiles, message);
        if let Some((label, larger)) = larger_chunks(given) {
            noted.fixed_by(label, larger);
        }
    }
}

/// "10 time points"; one of them without the number.
fn counted(count: u32, kind: DimensionKind, name: &str) -> String {
    let noun = match kind {
        DimensionKind::Space => "plane",
        DimensionKind::Channel => "channel",
        DimensionKind::Time => "time point",
        DimensionKind::Other if count == 1 => return format!("element of {name}"),
        DimensionKind::Other => return format!("{} elements of {name}", grouped(count.into())),
    };
    if count == 1 { noun.to_owned() } else { format!("{} {noun}s", grouped(count.into())) }
}

/// The same dimensions with chunks of a usual size along x and y, where those are larger; shards hold no more than before.
fn larger_chunks(given: &[Dimension]) -> Option<(String, Value)> {
    let mut larger = given.to_vec();
    for dimension in larger.iter_mut().take(2) {
        let side = even_chunk(dimension.array_size_px, USUAL_SIDE_PX).max(dimension.chunk_size_px);
        if dimension.shard_size_chunks > 0 {
            dimension.shard_size_chunks = dimension.array_size_px.div_ceil(side).max(1);
        }
        dimension.chunk_size_px = side;
    }
    let [x, y] = [larger.first()?.chunk_size_px, larger.get(1)?.chunk_size_px];
    let label = format!("Use chunks of {} x {} px", grouped(x.into()), grouped(y.into()));
    (larger != given).then(|| (label, serde_json::to_value(larger).unwrap_or_default()))
}
