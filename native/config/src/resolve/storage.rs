use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::PixelType;

use super::dimensions::{self, ResolvedDimension, TimeSteps};
use super::levels;
use crate::storage_devices::implied_compression;
use crate::units::{length_in, length_um};
use crate::{
    Compression, Dimension, DownsampleMethod, Durability, Multiscale, Notes, StorageFormat, StorageSettings,
    VideoStream, storage_device,
};

/// What a stream's storage is to write: all that its layout depends on, and what goes with the data. Made by
/// [`VideoStream::resolve`], kept in a store's `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[non_exhaustive]
pub struct ResolvedStorage {
    /// The storage device's name.
    pub device: String,
    /// What it writes; `None`: there is no such device.
    pub format: Option<StorageFormat>,
    /// What a stored pixel is: a mean of several frames is F32.
    pub pixel_type: PixelType,
    /// Width of a frame, px.
    pub width: u32,
    /// Height of a frame, px.
    pub height: u32,
    /// Fastest first.
    pub dimensions: Vec<ResolvedDimension>,
    /// Names of the dimensions as the array's axes lie, slowest first.
    pub storage_order: Vec<String>,
    /// How chunks are compressed.
    pub compression: Compression,
    /// By how much each dimension is coarser at each zoom level; the full level first, all 1.
    #[ts(type = "Array<Array<number>>")]
    pub levels: Vec<Vec<u64>>,
    /// How coarser levels are made.
    pub method: DownsampleMethod,
    /// Frames of the array to fill: those that the camera's frames make, or the end of a last dimension of fixed size. `None`:
    /// until stopped.
    #[ts(type = "number | null")]
    pub frame_limit: Option<u64>,
    /// Time from stored frame to stored frame, us; 0: not known.
    #[serde(alias = "place_period_us")]
    pub stored_frame_period_us: f64,
    /// The `uri` as the document gave it.
    pub uri: Option<String>,
    /// The user's own metadata, a JSON object as text.
    pub external_metadata_json: Option<String>,
    /// The id of the first frame in the dataset.
    #[ts(type = "number")]
    pub first_frame_id: u64,
    /// When stored frames are forced to the disk itself.
    pub durability: Durability,
    /// Whether it may replace a dataset of ours.
    pub overwrite: bool,
    /// What people wrote down.
    pub notes: Notes,
}

/// The size of a pixel of a stored frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PixelSize {
    /// Its width, in `unit`.
    pub x: f64,
    /// Its height, in `unit`.
    pub y: f64,
    /// The unit as OME-NGFF names it.
    pub unit: String,
}

pub(super) fn resolve(stream: &VideoStream, known_period_us: Option<f64>, interval_us: f64) -> ResolvedStorage {
    let settings = &stream.storage.settings;
    let device = stream.storage.identifier.as_ref().map_or("", |identifier| identifier.name.as_str());
    let format = storage_device(device).map(|device| device.format);
    let zarr = format.is_some_and(StorageFormat::is_zarr);
    let [width, height] = stream.camera.settings.shape;
    let stored_frame_us = known_period_us.map(|period_us| period_us * f64::from(stream.frame_average_count.max(1)));
    let listed = settings.listed_dimensions(width, height);
    let sharding = format == Some(StorageFormat::Zarr3);
    let dimensions =
        dimensions::resolve(listed, settings.pixel_scale_um, TimeSteps { stored_frame_us, interval_us }, sharding);
    let multiscale = settings.multiscale.or_else(|| settings.enable_multiscale.then(Default::default)).filter(|_| zarr);
    let compression = settings.compression.filter(|_| zarr).unwrap_or_else(|| implied_compression(device));
    let mut resolved = ResolvedStorage {
        device: device.to_owned(),
        format,
        pixel_type: if stream.frame_average_count > 1 { PixelType::F32 } else { stream.camera.settings.pixel_type },
        width,
        height,
        storage_order: match settings.storage_order.as_slice() {
            [] => dimensions.iter().rev().map(|dimension| dimension.name.clone()).collect(),
            order => order.to_vec(),
        },
        compression,
        levels: match multiscale {
            Some(multiscale) => levels::levels(&dimensions, multiscale.max_levels),
            None => vec![vec![1; dimensions.len()]],
        },
        method: multiscale.unwrap_or_default().method,
        dimensions,
        frame_limit: stream.camera_frame_limit().map(|frames| frames / u64::from(stream.frame_average_count.max(1))),
        stored_frame_period_us: stored_frame_us.unwrap_or(0.0),
        uri: settings.uri.clone(),
        external_metadata_json: settings.external_metadata_json.clone(),
        first_frame_id: settings.first_frame_id,
        durability: settings.durability,
        overwrite: settings.overwrite,
        notes: settings.notes.clone(),
    };
    resolved.frame_limit = match (resolved.frame_limit, resolved.capacity()) {
        (Some(limit), Some(capacity)) => Some(limit.min(capacity)),
        (limit, capacity) => limit.or(capacity),
    };
    resolved
}

impl ResolvedStorage {
    /// Whether a Zarr store is written.
    pub fn is_zarr(&self) -> bool {
        self.format.is_some_and(StorageFormat::is_zarr)
    }

    /// Whether chunks share files.
    pub fn is_sharded(&self) -> bool {
        self.dimensions.iter().any(|dimension| dimension.shard_chunks > 0)
    }

    /// The dimension that grows or comes last: the slowest.
    pub fn append_dimension(&self) -> Option<&ResolvedDimension> {
        self.dimensions.get(2..)?.last()
    }

    /// Frames that one index of the append dimension holds: the product of the dimensions between the image and it.
    /// `None`: more than can be counted.
    pub fn frames_per_append(&self) -> Option<u64> {
        let inner = self.dimensions.get(2..self.dimensions.len().max(3) - 1).unwrap_or_default();
        inner.iter().try_fold(1u64, |product, dimension| product.checked_mul(dimension.size.into()))
    }

    /// Frames of the array that the dimensions have room for; `None`: as many as come, or more than can be counted.
    pub fn capacity(&self) -> Option<u64> {
        let size = u64::from(self.append_dimension()?.size);
        if size == 0 { None } else { self.frames_per_append()?.checked_mul(size) }
    }

    /// The same frames one after the other, as an array of three axes: for devices that know no dimensions but the frame's.
    pub fn frame_by_frame(&self) -> Self {
        let stored_frame_us = (self.stored_frame_period_us > 0.0).then_some(self.stored_frame_period_us);
        let time_steps = TimeSteps { stored_frame_us, interval_us: 0.0 };
        let listed = StorageSettings::default().listed_dimensions(self.width, self.height);
        let mut dimensions = dimensions::resolve(listed, [0.0; 2], time_steps, false);
        for (dimension, own) in dimensions.iter_mut().zip(&self.dimensions).take(2) {
            (dimension.scale, dimension.unit) = (own.scale, own.unit.clone());
        }
        let storage_order = dimensions.iter().rev().map(|dimension| dimension.name.clone()).collect();
        Self { levels: vec![vec![1; dimensions.len()]], dimensions, storage_order, ..self.clone() }
    }

    /// The document's settings that mean this, each written out.
    pub fn as_settings(&self) -> StorageSettings {
        let given = |dimension: &ResolvedDimension| Dimension {
            name: dimension.name.clone(),
            kind: dimension.kind,
            array_size_px: dimension.size,
            chunk_size_px: dimension.chunk,
            shard_size_chunks: dimension.shard_chunks,
            scale: if dimension.unit.is_empty() && dimension.scale == 1.0 { 0.0 } else { dimension.scale },
            unit: dimension.unit.clone(),
            labels: dimension.labels.clone(),
            colors: dimension.colors.clone(),
        };
        let max_levels = self.levels.len().saturating_sub(1) as u32;
        StorageSettings {
            uri: self.uri.clone(),
            external_metadata_json: self.external_metadata_json.clone(),
            first_frame_id: self.first_frame_id,
            acquisition_dimensions: self.dimensions.iter().map(given).collect(),
            compression: (self.compression != implied_compression(&self.device)).then_some(self.compression),
            multiscale: (max_levels > 0).then_some(Multiscale { method: self.method, max_levels }),
            storage_order: self.storage_order.clone(),
            durability: self.durability,
            overwrite: self.overwrite,
            notes: self.notes.clone(),
            ..StorageSettings::default()
        }
    }

    /// Bytes of one stored frame.
    pub fn frame_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels.saturating_mul(self.pixel_type.bytes() as u64)
    }

    /// The size of a pixel of a stored frame, in the unit of x; `None`: not calibrated.
    pub fn pixel_size(&self) -> Option<PixelSize> {
        let [x, y, ..] = self.dimensions.as_slice() else { return None };
        if x.unit.is_empty() || y.unit.is_empty() {
            return None;
        }
        let y = if x.unit == y.unit { y.scale } else { length_in(y.scale, &y.unit, &x.unit)? };
        Some(PixelSize { x: x.scale, y, unit: x.unit.clone() })
    }

    /// [x, y] of a pixel of a stored frame, um; `None`: not calibrated, or in a unit that nobody knows.
    pub fn pixel_size_um(&self) -> Option<[f64; 2]> {
        let [x, y, ..] = self.dimensions.as_slice() else { return None };
        Some([length_um(x.scale, &x.unit)?, length_um(y.scale, &y.unit)?])
    }
}
