use zarrcam_frame::PixelType;

use crate::storage_devices::implied_compression;
use crate::{Compression, Dimension, DimensionKind, Multiscale, StorageSettings, VideoStream, storage_capabilities};

/// A chunk of the dimensions that are made up is about this many pixels along x and y.
const DEFAULT_CHUNK_SIDE_PX: u32 = 1024;
/// And holds about this many pixels in all.
const DEFAULT_CHUNK_PX: u64 = 16 << 20;

impl StorageSettings {
    /// Without what the device does not keep: shards, where it has none.
    pub fn as_kept_by(&self, device: &str) -> Self {
        let mut settings = self.clone();
        if !storage_capabilities(device).is_some_and(|can| can.sharding) {
            settings.acquisition_dimensions.iter_mut().for_each(|dimension| dimension.shard_size_chunks = 0);
        }
        settings
    }

    /// What is written: the document's word, else what the storage device's name implies.
    pub fn effective_compression(&self, device: &str) -> Compression {
        self.compression.unwrap_or_else(|| implied_compression(device))
    }

    /// Zoom levels, by either of the two switches.
    pub fn effective_multiscale(&self) -> Option<Multiscale> {
        self.multiscale.or_else(|| self.enable_multiscale.then(Multiscale::default))
    }

    /// The dimensions with all that may be left out filled in: for an empty list x, y and a growing t,
    /// for every dimension its scale and unit. Fastest first.
    pub fn effective_dimensions(&self, width: u32, height: u32) -> Vec<Dimension> {
        let mut dimensions = if self.acquisition_dimensions.is_empty() {
            default_dimensions(width, height)
        } else {
            self.acquisition_dimensions.clone()
        };
        for (dimension, pixel_scale_um) in dimensions.iter_mut().zip(self.pixel_scale_um) {
            fill_pixel_scale(dimension, pixel_scale_um);
        }
        for dimension in dimensions.iter_mut().filter(|dimension| dimension.scale == 0.0) {
            dimension.scale = 1.0;
        }
        dimensions
    }

    /// Names of the axes, slowest first, as the array lies.
    pub fn effective_storage_order(&self, dimensions: &[Dimension]) -> Vec<String> {
        if self.storage_order.is_empty() {
            dimensions.iter().rev().map(|dimension| dimension.name.clone()).collect()
        } else {
            self.storage_order.clone()
        }
    }
}

/// `pixel_scale_um` is in micrometers, whatever unit the dimension names.
fn fill_pixel_scale(dimension: &mut Dimension, pixel_scale_um: f64) {
    if dimension.scale != 0.0 || dimension.kind != DimensionKind::Space {
        return;
    }
    let um = if pixel_scale_um == 0.0 { 1.0 } else { pixel_scale_um };
    dimension.scale = match dimension.unit.as_str() {
        "nanometer" => um * 1e3,
        "millimeter" => um * 1e-3,
        "meter" => um * 1e-6,
        "angstrom" => um * 1e4,
        _ => um,
    };
    if dimension.unit.is_empty() {
        dimension.unit = "micrometer".into();
    }
}

/// x, y and a growing t, in chunks that most viewers like.
fn default_dimensions(width: u32, height: u32) -> Vec<Dimension> {
    let x = Dimension {
        name: "x".into(),
        array_size_px: width,
        chunk_size_px: even_chunk(width, DEFAULT_CHUNK_SIDE_PX),
        ..Dimension::default()
    };
    let y = Dimension {
        name: "y".into(),
        array_size_px: height,
        chunk_size_px: even_chunk(height, DEFAULT_CHUNK_SIDE_PX),
        ..Dimension::default()
    };
    let plane = u64::from(x.chunk_size_px) * u64::from(y.chunk_size_px);
    let frames = (DEFAULT_CHUNK_PX / plane.max(1)).clamp(1, 64) as u32;
    let t = Dimension { name: "t".into(), kind: DimensionKind::Time, chunk_size_px: frames, ..Dimension::default() };
    vec![x, y, t]
}

/// The chunk size near `wanted` that cuts `size` into equal parts, the last one a little smaller where it must.
pub(crate) fn even_chunk(size: u32, wanted: u32) -> u32 {
    size.div_ceil(size.div_ceil(wanted.max(1)).max(1)).max(1)
}

impl Dimension {
    /// Chunks along a dimension of fixed size.
    pub fn chunk_count(&self) -> u32 {
        self.array_size_px.div_ceil(self.chunk_size_px.max(1))
    }
}

/// The dimension that grows or comes last: the slowest.
pub fn append_dimension(dimensions: &[Dimension]) -> Option<&Dimension> {
    dimensions.get(2..)?.last()
}

/// Frames that one index of the append dimension holds: the product of the dimensions between the image and it.
/// `None`: more than can be counted.
pub fn frames_per_append_index(dimensions: &[Dimension]) -> Option<u64> {
    let inner = dimensions.get(2..dimensions.len().max(3) - 1).unwrap_or_default();
    inner.iter().try_fold(1u64, |product, dimension| product.checked_mul(dimension.array_size_px.into()))
}

impl VideoStream {
    /// Places to fill: those that the camera's frames make, or the end of an append dimension of fixed size. `None`: until
    /// stopped.
    pub fn place_limit(&self) -> Option<u64> {
        let dimensions = &self.storage.settings.acquisition_dimensions;
        let fixed = append_dimension(dimensions).map_or(0, |dimension| dimension.array_size_px);
        let room = (fixed > 0).then(|| frames_per_append_index(dimensions)?.checked_mul(fixed.into())).flatten();
        let asked = self.frame_limit().map(|frames| frames / u64::from(self.frames_per_place()));
        match (asked, room) {
            (Some(asked), Some(room)) => Some(asked.min(room)),
            (asked, room) => asked.or(room),
        }
    }

    /// Camera frames that make one stored frame.
    pub fn frames_per_place(&self) -> u32 {
        self.frame_average_count.max(1)
    }

    /// What is stored: a mean of several frames is F32.
    pub fn stored_pixel_type(&self) -> PixelType {
        if self.frames_per_place() > 1 { PixelType::F32 } else { self.camera.settings.pixel_type }
    }

    /// Time from frame to frame, us; 0: as fast as the camera can.
    pub fn effective_frame_period_us(&self) -> f64 {
        self.frame_period_us.max(self.camera.settings.exposure_time_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_means_x_y_and_a_growing_t() {
        let dimensions = StorageSettings::default().effective_dimensions(1920, 1080);
        let facts: Vec<_> =
            dimensions.iter().map(|d| (d.name.as_str(), d.array_size_px, d.chunk_size_px, d.unit.as_str())).collect();
        assert_eq!(facts, [("x", 1920, 960, "micrometer"), ("y", 1080, 540, "micrometer"), ("t", 0, 32, "")]);
        assert!(dimensions.iter().all(|dimension| dimension.scale == 1.0));
    }

    #[test]
    fn the_pixel_scale_reaches_x_and_y_in_their_unit() {
        let mut settings = StorageSettings { pixel_scale_um: [0.5, 0.25], ..StorageSettings::default() };
        settings.acquisition_dimensions = default_dimensions(64, 48);
        settings.acquisition_dimensions[1].unit = "nanometer".into();
        let dimensions = settings.effective_dimensions(64, 48);
        assert_eq!((dimensions[0].scale, dimensions[0].unit.as_str()), (0.5, "micrometer"));
        assert_eq!((dimensions[1].scale, dimensions[1].unit.as_str()), (250.0, "nanometer"));
        settings.acquisition_dimensions[0].scale = 3.0;
        assert_eq!(settings.effective_dimensions(64, 48)[0].scale, 3.0);
    }

    #[test]
    fn the_document_overrides_what_the_name_implies() {
        let mut settings = StorageSettings::default();
        assert_eq!(settings.effective_compression("ZarrV3Blosc1ZstdByteShuffle").codec, crate::CodecName::BloscZstd);
        settings.compression = Some(Compression { codec: crate::CodecName::Zstd, ..Compression::default() });
        assert_eq!(settings.effective_compression("ZarrV3Blosc1ZstdByteShuffle").codec, crate::CodecName::Zstd);
        assert_eq!(settings.effective_multiscale(), None);
        settings.enable_multiscale = true;
        assert_eq!(settings.effective_multiscale(), Some(Multiscale::default()));
    }

    #[test]
    fn a_fixed_append_dimension_ends_the_run() {
        let mut stream = VideoStream::default();
        stream.storage.settings.acquisition_dimensions = default_dimensions(8, 8);
        assert_eq!(stream.place_limit(), None);
        stream.storage.settings.acquisition_dimensions[2].array_size_px = 7;
        assert_eq!(stream.place_limit(), Some(7));
        stream.max_frame_count = 3;
        assert_eq!(stream.place_limit(), Some(3));
    }

    #[test]
    fn the_limit_counts_frames_of_the_camera() {
        let places = |frames: u64, average: u32| {
            let stream =
                VideoStream { max_frame_count: frames, frame_average_count: average, ..VideoStream::default() };
            stream.place_limit()
        };
        assert_eq!(places(10, 0), Some(10));
        assert_eq!(places(10, 1), Some(10));
        assert_eq!(places(10, 2), Some(5));
        assert_eq!(places(11, 2), Some(5));
        assert_eq!(places(1, 2), Some(0));
        assert_eq!(places(u64::MAX, 2), None);
    }

    #[test]
    fn chunks_are_even() {
        assert_eq!(even_chunk(1920, 1024), 960);
        assert_eq!(even_chunk(1000, 1024), 1000);
        assert_eq!(even_chunk(0, 1024), 1);
        assert_eq!(even_chunk(2049, 1024), 683);
    }
}
