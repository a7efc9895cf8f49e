//! What a field means that a document leaves out: Acquire's defaults, where it has the field.

use std::collections::BTreeMap;

use zarrcam_frame::PixelType;

use crate::{
    Camera, CameraSettings, CodecName, Compression, Dimension, DimensionKind, DownsampleMethod, Durability,
    InputTriggers, Multiscale, Notes, OutputTriggers, ReadoutDirection, Shuffle, Storage, StorageSettings, VideoStream,
};

impl Default for VideoStream {
    fn default() -> Self {
        Self {
            name: String::new(),
            camera: Camera::default(),
            storage: Storage::default(),
            max_frame_count: u64::MAX,
            frame_average_count: 0,
            frame_period_us: 0.0,
            time_point_interval_us: 0.0,
        }
    }
}

impl Default for CameraSettings {
    fn default() -> Self {
        Self {
            exposure_time_us: 0.0,
            line_interval_us: 0.0,
            readout_direction: ReadoutDirection::Forward,
            binning: 1,
            pixel_type: PixelType::U8,
            offset: [0, 0],
            shape: [0, 0],
            input_triggers: InputTriggers::default(),
            output_triggers: OutputTriggers::default(),
            replay: None,
            features: BTreeMap::new(),
        }
    }
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self {
            uri: None,
            external_metadata_json: None,
            first_frame_id: 0,
            pixel_scale_um: [0.0, 0.0],
            acquisition_dimensions: Vec::new(),
            enable_multiscale: false,
            s3_access_key_id: None,
            s3_secret_access_key: None,
            compression: None,
            multiscale: None,
            storage_order: Vec::new(),
            durability: Durability::Layer,
            overwrite: false,
            notes: Notes::default(),
        }
    }
}

impl Default for Dimension {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: DimensionKind::Space,
            array_size_px: 0,
            chunk_size_px: 1,
            shard_size_chunks: 0,
            scale: 0.0,
            unit: String::new(),
            labels: Vec::new(),
            colors: Vec::new(),
        }
    }
}

impl Default for Compression {
    fn default() -> Self {
        Self { codec: CodecName::None, level: 1, shuffle: Shuffle::Byte }
    }
}

impl Default for Multiscale {
    fn default() -> Self {
        Self { method: DownsampleMethod::Mean, max_levels: 0 }
    }
}
