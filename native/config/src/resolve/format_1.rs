//! The layout of stores whose `run.json` has format 1: they kept the document's settings, and their writer filled in what those
//! left open by rules of its own. Such a store is what these rules say, so they never change.

use zarrcam_frame::PixelType;

use super::{ResolvedDimension, ResolvedStorage, levels};
use crate::storage_devices::implied_compression;
use crate::{Dimension, DimensionKind, StorageSettings, storage_device};

/// What `run.json` of format 1 says of the layout.
#[derive(Clone, Debug)]
pub struct Format1 {
    /// The storage device's name.
    pub device: String,
    /// The settings as the document gave them.
    pub settings: StorageSettings,
    /// What a stored pixel is.
    pub pixel_type: PixelType,
    /// Width of a frame, px.
    pub width: u32,
    /// Height of a frame, px.
    pub height: u32,
    /// Frames of the array that the run was asked to fill; `None`: until stopped.
    pub frame_limit: Option<u64>,
    /// Time from stored frame to stored frame, us.
    pub frame_period_us: f64,
}

/// How the writer of format 1 laid a run out, nothing left open.
pub fn resolve_format_1(run: Format1) -> ResolvedStorage {
    let Format1 { device, settings, pixel_type, width, height, frame_limit, frame_period_us } = run;
    let format = storage_device(&device).map(|device| device.format).filter(|format| format.is_zarr());
    let listed = if settings.acquisition_dimensions.is_empty() {
        default_dimensions(width, height)
    } else {
        settings.acquisition_dimensions
    };
    let dimensions: Vec<ResolvedDimension> =
        (0..).zip(listed).map(|(at, it)| resolve(at, it, settings.pixel_scale_um)).collect();
    let multiscale = settings.multiscale.or_else(|| settings.enable_multiscale.then(Default::default));
    ResolvedStorage {
        format,
        pixel_type,
        width,
        height,
        storage_order: if settings.storage_order.is_empty() {
            dimensions.iter().rev().map(|dimension| dimension.name.clone()).collect()
        } else {
            settings.storage_order
        },
        compression: settings.compression.unwrap_or_else(|| implied_compression(&device)),
        levels: match multiscale {
            // Steps were compared where their units were spelled alike.
            Some(multiscale) => levels::halved(&dimensions, multiscale.max_levels, |z, plane| {
                (z.unit == dimensions[0].unit).then_some((z.scale, plane.scale))
            }),
            None => vec![vec![1; dimensions.len()]],
        },
        method: multiscale.unwrap_or_default().method,
        dimensions,
        frame_limit,
        stored_frame_period_us: frame_period_us,
        uri: settings.uri,
        external_metadata_json: settings.external_metadata_json,
        first_frame_id: settings.first_frame_id,
        durability: settings.durability,
        overwrite: settings.overwrite,
        notes: settings.notes,
        device,
    }
}

fn default_dimensions(width: u32, height: u32) -> Vec<Dimension> {
    let space = |name: &str, size: u32| Dimension {
        name: name.to_owned(),
        kind: DimensionKind::Space,
        array_size_px: size,
        chunk_size_px: size.clamp(1, 512),
        ..Dimension::default()
    };
    let time = Dimension { name: "t".to_owned(), kind: DimensionKind::Time, chunk_size_px: 16, ..Dimension::default() };
    vec![space("x", width), space("y", height), time]
}

/// The pixel scale was written in whatever unit the dimension named, and time had the scale 1.
fn resolve(index: usize, dimension: Dimension, pixel_scale_um: [f64; 2]) -> ResolvedDimension {
    let positive = |value: f64| (value.is_finite() && value > 0.0).then_some(value);
    let fallback = pixel_scale_um.get(index).copied().and_then(positive).unwrap_or(1.0);
    let is_um =
        dimension.unit.is_empty() && index < 2 && dimension.kind == DimensionKind::Space && dimension.scale == 0.0;
    ResolvedDimension {
        scale: positive(dimension.scale).unwrap_or(fallback),
        unit: if is_um { "micrometer".to_owned() } else { dimension.unit },
        name: dimension.name,
        kind: dimension.kind,
        size: dimension.array_size_px,
        chunk: dimension.chunk_size_px,
        shard_chunks: dimension.shard_size_chunks,
        labels: dimension.labels,
        colors: Vec::new(),
    }
}
