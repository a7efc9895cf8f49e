use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::{DimensionKind, DownsampleMethod};
use zarrcam_frame::PixelType;

use crate::array_description::AxisDescription;
use crate::codec::Codec;
use crate::layout::Layout;
use crate::metadata_ngff::why_not_ngff;
use crate::tile_encoder::worst_case_bytes;

/// Frames that the writer works on at a time. More buys no throughput, and costs memory and a longer wait at a seal.
pub const FRAMES_IN_FLIGHT: usize = 4;

/// Layers that may be accepted and not sealed yet, counted in fractions, before the camera's frames have to wait for the sealer.
/// More spill files may exist: that of the layer that is filled, and those of layers whose last frames are still in flight.
pub const LAYERS_AHEAD: usize = 2;

/// Bytes that one write of the sealer takes.
pub const SEAL_BUFFER_BYTES: usize = 1 << 20;

/// Threads that write raw tiles past the page cache: they wait for the disk and take no core, so there are more than cores.
pub const DIRECT_WRITERS: usize = 6;

/// Threads of the sealer where it writes past the page cache, and at the end of a run, when nothing else has to be done.
pub const SEAL_THREADS: usize = 4;

/// What a recording will be, known before it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Plan {
    /// Elements of the array along each axis, the slowest first; `null`: grows until the run is stopped.
    #[ts(type = "Array<number | null>")]
    pub shape: Vec<Option<u64>>,
    /// The axes of the array, slowest first.
    pub axes: Vec<PlannedAxis>,
    /// Elements of a chunk along each axis, as `shape`.
    #[ts(type = "Array<number>")]
    pub chunk: Vec<u64>,
    /// Elements of a shard along each axis, as `shape`; `null`: every chunk is a file.
    #[ts(type = "Array<number> | null")]
    pub shard: Option<Vec<u64>>,
    /// Zoom levels, the full one first.
    pub levels: Vec<PlannedLevel>,
    /// Frames of the array; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frames: Option<u64>,
    /// Bytes of a stored frame, before compression.
    #[ts(type = "number")]
    pub frame_bytes: u64,
    /// Chunk or shard files of all levels; `null`: until stopped.
    #[ts(type = "number | null")]
    pub files: Option<u64>,
    /// Bytes of the largest file, before compression.
    #[ts(type = "number")]
    pub bytes_per_file: u64,
    /// Bytes on disk, all levels, before compression; `null`: until stopped.
    #[ts(type = "number | null")]
    pub total_bytes: Option<u64>,
    /// Bytes of memory: the writer never takes more, the queue of frames included.
    #[ts(type = "number")]
    pub memory_bound_bytes: u64,
    /// Bytes on the disk that are needed besides the data while it runs, at most.
    #[ts(type = "number")]
    pub temporary_disk_bytes: u64,
    /// Bytes of pixels a minute, before compression; `null`: as fast as it goes.
    pub bytes_per_minute: Option<f64>,
    /// Time from the first frame to the last, s; `null`: until stopped, or as fast as it goes.
    pub duration_s: Option<f64>,
    /// What it costs to show one plane.
    pub read_plane: ReadCost,
    /// What it costs to show the course of one pixel along the axis that grows; `null`: until stopped.
    pub read_course: Option<ReadCost>,
    /// Frames until the first chunk or shard file is complete.
    #[ts(type = "number")]
    pub frames_per_layer: u64,
    /// Whether OME-NGFF metadata is written.
    pub ngff: bool,
    /// Why no OME-NGFF metadata is written; `null`: it is.
    pub ngff_reason: Option<String>,
    /// What another storage order would gain; `null`: nothing.
    pub order_note: Option<String>,
    /// The storage order that `order_note` speaks of.
    #[serde(skip)]
    #[ts(skip)]
    pub ngff_order: Option<Vec<String>>,
}

/// An axis of a planned array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlannedAxis {
    /// Its name.
    pub name: String,
    /// What it runs through.
    pub kind: DimensionKind,
    /// The unit of `scale`; empty: none.
    pub unit: String,
    /// Physical step from element to element, in `unit`.
    pub scale: f64,
}

/// A zoom level of a planned array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlannedLevel {
    /// Elements along each axis, slowest first; `null`: grows until the run is stopped.
    #[ts(type = "Array<number | null>")]
    pub shape: Vec<Option<u64>>,
    /// By how much each axis is coarser than at full resolution.
    #[ts(type = "Array<number>")]
    pub factors: Vec<u64>,
}

/// What it costs to read something of a planned array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReadCost {
    /// Files that are opened.
    #[ts(type = "number")]
    pub files: u64,
    /// Bytes that are decoded, before compression.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a plan depends on, besides the layout.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput {
    /// How chunks are encoded.
    pub codec: Codec,
    /// Frames of the array that the run fills; `None`: until stopped.
    pub frame_limit: Option<u64>,
    /// Time from stored frame to stored frame, us; 0: as fast as it goes.
    pub frame_period_us: f64,
    /// Frames of the queue between camera and storage.
    pub queue_frames: u64,
    /// Threads that encode.
    pub workers: u64,
}

impl Plan {
    /// What a recording of this layout will be.
    pub fn new(layout: &Layout, input: &PlanInput) -> Self {
        let full = &layout.levels()[0];
        let frames = match (input.frame_limit, layout.capacity()) {
            (Some(limit), Some(capacity)) => Some(limit.min(capacity)),
            (limit, capacity) => limit.or(capacity),
        };
        let layers = frames.map(|frames| frames.div_ceil(layout.frames_per_layer()));
        let shape = |level: usize| {
            let growing = layout.levels()[level].shape[layout.append_axis()] == 0;
            let shape = layout.shape(level, frames.unwrap_or(0)).into_iter().enumerate();
            shape
                .map(|(axis, size)| (!growing || frames.is_some() || axis != layout.append_axis()).then_some(size))
                .collect()
        };
        let axes: Vec<AxisDescription> = describe_axes(layout);
        let ngff_reason = why_not_ngff(&axes);
        let ngff_order = ngff_reason.as_ref().and_then(|_| ngff_order(&axes));
        let frame_bytes = layout.frame_bytes() as u64;
        let period_s = input.frame_period_us * 1e-6;
        let paced = period_s > 0.0;
        Self {
            shape: shape(0),
            axes: layout
                .axes()
                .iter()
                .map(|axis| PlannedAxis {
                    name: axis.name.clone(),
                    kind: axis.kind,
                    unit: axis.unit.clone(),
                    scale: axis.scale,
                })
                .collect(),
            chunk: full.chunk.clone(),
            shard: layout
                .is_sharded()
                .then(|| full.chunk.iter().zip(&full.shard_chunks).map(|(chunk, shard)| chunk * shard).collect()),
            levels: (0..layout.levels().len())
                .map(|level| PlannedLevel { shape: shape(level), factors: layout.levels()[level].factors.clone() })
                .collect(),
            frames,
            frame_bytes,
            files: layers.map(|layers| layout.levels().iter().map(|level| level.files_per_layer * layers).sum()),
            bytes_per_file: full.chunk_bytes().saturating_mul(full.chunks_per_file as u64),
            total_bytes: frames.map(|frames| stored_bytes(layout, frames)),
            memory_bound_bytes: memory_bound_bytes(layout, input),
            temporary_disk_bytes: temporary_disk_bytes(layout, input.codec, frames),
            bytes_per_minute: paced.then(|| frame_bytes as f64 * 60.0 / period_s),
            duration_s: frames.filter(|_| paced).map(|frames| frames as f64 * period_s),
            read_plane: read_plane(layout),
            read_course: frames.map(|frames| read_course(layout, frames)),
            frames_per_layer: layout.frames_per_layer(),
            ngff: ngff_reason.is_none(),
            order_note: ngff_order.as_deref().map(order_note),
            ngff_order,
            ngff_reason,
        }
    }
}

fn describe_axes(layout: &Layout) -> Vec<AxisDescription> {
    let axes = layout.axes().iter().map(|axis| AxisDescription {
        name: axis.name.clone(),
        kind: axis.kind,
        unit: axis.unit.clone(),
        scale: axis.scale,
        labels: axis.labels.clone(),
        colors: axis.colors.clone(),
    });
    axes.collect()
}

/// Bytes of the chunks of so many frames, all levels, padding included.
fn stored_bytes(layout: &Layout, frames: u64) -> u64 {
    let steps = frames.div_ceil(layout.frames_per_append()).max(1);
    let levels = layout.levels().iter().enumerate().map(|(number, level)| {
        let planes = layout.planes_per_layer(number) / layout.append_steps_per_layer() * steps;
        planes.saturating_mul((level.tiles() * level.tile_bytes) as u64)
    });
    levels.fold(0, u64::saturating_add)
}

/// Memory of one thread's codec, by the libraries' own figures.
fn codec_bytes(codec: Codec, tile_bytes: usize) -> u64 {
    let context = |level: i32| match level {
        ..=1 => 2 << 20,
        2..=3 => 4 << 20,
        4..=9 => 24 << 20,
        10..=15 => 48 << 20,
        _ => 96 << 20,
    };
    let shuffled = 2 * tile_bytes as u64;
    match codec {
        Codec::Raw => 0,
        Codec::Blosc { inner: crate::codec::BloscInner::Lz4, .. } => shuffled + (1 << 20),
        Codec::Blosc { level, .. } => shuffled + context(level * 2),
        Codec::Zstd { level } => context(level),
    }
}

fn memory_bound_bytes(layout: &Layout, input: &PlanInput) -> u64 {
    let (full, item) = (&layout.levels()[0], layout.pixel_type().bytes());
    let slots = FRAMES_IN_FLIGHT as u64;
    let encoded: u64 = match input.codec {
        Codec::Raw => 0,
        codec => {
            let worst = |tile_bytes| worst_case_bytes(codec, item, tile_bytes) as u64;
            layout.levels().iter().map(|level| level.tiles() as u64 * worst(level.tile_bytes)).sum()
        }
    };
    let planes: u64 = layout.levels()[1..].iter().map(|level| level.plane_bytes() as u64).sum();
    let workers = if input.codec.is_raw() { input.workers.max(DIRECT_WRITERS as u64) } else { input.workers };
    let threads = workers * (full.tile_bytes as u64 * 3 / 2 + codec_bytes(input.codec, full.tile_bytes));
    let tables: u64 = match input.codec {
        Codec::Raw => 0,
        _ => {
            let levels = layout.levels().iter().enumerate();
            levels.map(|(number, level)| layout.planes_per_layer(number) * (48 + 4 * level.tiles() as u64)).sum()
        }
    };
    let seal = (SEAL_THREADS * SEAL_BUFFER_BYTES) as u64 + full.slots as u64 * 64 + full.chunks_per_file as u64 * 32;
    let queue = (input.queue_frames + slots) * layout.frame_bytes() as u64;
    queue
        + slots * (encoded + planes)
        + pending_bytes(layout)
        + threads
        + layers_at_once(layout) * tables
        + seal
        + (2 << 20)
}

/// Layers that may exist and not be sealed: those ahead of the sealer, those whose last frames are in flight, and the one that
/// begins meanwhile. The writer opens no more.
pub fn layers_at_once(layout: &Layout) -> u64 {
    LAYERS_AHEAD as u64 + 1 + (FRAMES_IN_FLIGHT as u64).div_ceil(layout.frames_per_layer().max(1))
}

/// Planes that wait for their other half along z.
fn pending_bytes(layout: &Layout) -> u64 {
    let sum_bytes = match (layout.method(), layout.pixel_type()) {
        (DownsampleMethod::Mean, PixelType::F32) => 8,
        (DownsampleMethod::Mean, PixelType::U8 | PixelType::I8) => 2,
        (DownsampleMethod::Mean, _) => 4,
        (_, pixel_type) => 2 * pixel_type.bytes() as u64,
    };
    let mut bytes = 0;
    for pair in layout.levels().windows(2) {
        let (fine, coarse) = (&pair[0], &pair[1]);
        let mut faster = 1;
        for &axis in layout.acquisition_axes() {
            if axis != layout.append_axis() && fine.factors[axis] != coarse.factors[axis] {
                let groups = faster + FRAMES_IN_FLIGHT as u64;
                bytes += groups * coarse.width as u64 * coarse.height as u64 * sum_bytes;
                break;
            }
            faster *= fine.shape[axis].max(1);
        }
    }
    bytes
}

/// The spill of the layer that is filled, and of those that wait; none is larger than its pixels with the codec's overhead.
fn temporary_disk_bytes(layout: &Layout, codec: Codec, frames: Option<u64>) -> u64 {
    if codec.is_raw() {
        return 0;
    }
    let layer = layout.frames_per_layer();
    let frames = frames.unwrap_or(u64::MAX).min(layer.saturating_mul(layers_at_once(layout)));
    let frame: u64 = layout
        .levels()
        .iter()
        .map(|level| {
            level.tiles() as u64 * worst_case_bytes(codec, level.item_bytes, level.tile_bytes) as u64
                / level.factors.iter().product::<u64>().max(1)
                * (level.factors.iter().rev().take(2).product::<u64>()).max(1)
        })
        .sum();
    frames.saturating_mul(frame)
}

fn read_plane(layout: &Layout) -> ReadCost {
    let full = &layout.levels()[0];
    let last = full.files.len() - 1;
    ReadCost { files: full.files[last] * full.files[last - 1], bytes: full.tiles() as u64 * full.chunk_bytes() }
}

fn read_course(layout: &Layout, frames: u64) -> ReadCost {
    let full = &layout.levels()[0];
    let append = layout.append_axis();
    let steps = frames.div_ceil(layout.frames_per_append());
    ReadCost {
        files: steps.div_ceil(layout.append_steps_per_layer()),
        bytes: steps.div_ceil(full.chunk[append]) * full.chunk_bytes(),
    }
}

/// An order of the same axes that OME-NGFF can express: time, then channels and others, then space.
fn ngff_order(axes: &[AxisDescription]) -> Option<Vec<String>> {
    let rank = |kind: DimensionKind| match kind {
        DimensionKind::Time => 0,
        DimensionKind::Channel | DimensionKind::Other => 1,
        DimensionKind::Space => 2,
    };
    let mut order: Vec<AxisDescription> = axes.to_vec();
    order.sort_by_key(|axis| rank(axis.kind));
    let same_end = order[order.len() - 2..] == axes[axes.len() - 2..];
    if !same_end || order == axes || why_not_ngff(&order).is_some() {
        return None;
    }
    Some(order.into_iter().map(|axis| axis.name).collect())
}

fn order_note(order: &[String]) -> String {
    format!("OME-NGFF can express this array in the storage order {}", order.join(", "))
}
