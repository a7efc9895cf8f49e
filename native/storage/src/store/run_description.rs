use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_config::{CameraSettings, Format1, ResolvedStorage, StorageSettings, resolve_format_1};
use zarrcam_frame::PixelType;

use super::image_path::ImagePath;
use crate::targets::Target;
use crate::{SinkSpec, StorageError, clock};

/// Version of `run.json`. 1 kept the settings as they were given, and what they left open was filled in anew by each reader.
const FORMAT: u64 = 2;

/// What a run wrote an image with: `run.json` in the folder of our own files. All that recovery and `@live` need to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDescription {
    /// The version of the document, 1 or 2.
    pub format: u64,
    /// The name of the run, by which two runs at one path are told apart.
    pub run_id: String,
    /// When the run began: wall clock, ms since 1970-01-01 UTC.
    pub started_unix_ms: f64,
    /// The camera, as the user knows it.
    pub camera_name: String,
    /// The settings that it ran with.
    pub camera: CameraSettings,
    /// What was written, nothing left open.
    pub storage: ResolvedStorage,
    /// Which image of its store this is; not written where the store is the image.
    #[serde(default, skip_serializing_if = "ImagePath::is_root")]
    pub image: ImagePath,
    /// Shards of raw layouts hold what lies in the array, and no more; before 2026-11-27 they held all their chunks, in C order.
    #[serde(default)]
    pub packed_shards: bool,
}

impl RunDescription {
    /// Describes a run that begins now.
    pub fn new(spec: &SinkSpec, image: ImagePath) -> Self {
        Self {
            format: FORMAT,
            run_id: spec.run_id.clone(),
            started_unix_ms: clock::unix_ms(),
            camera_name: spec.camera_name.clone(),
            camera: spec.camera.clone(),
            storage: spec.storage.clone(),
            image,
            packed_shards: true,
        }
    }

    /// Reads a description of either format; `None` where there is no such file.
    pub fn read(target: &dyn Target, path: &Path) -> Result<Option<Self>, StorageError> {
        let Some(text) = target.document(path)? else { return Ok(None) };
        let damaged = |reason: String| StorageError::Damaged { path: path.to_owned(), reason };
        let document: Value = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        let run = match document["format"].as_u64() {
            Some(FORMAT) => serde_json::from_value(document),
            Some(1) => serde_json::from_value::<OfFormat1>(document).map(Self::from),
            _ => return Err(damaged(format!("format {} is unknown to this version", document["format"]))),
        };
        run.map(Some).map_err(|error| damaged(error.to_string()))
    }
}

#[derive(Deserialize)]
struct OfFormat1 {
    run_id: String,
    started_unix_ms: f64,
    device: String,
    pixel_type: PixelType,
    width: u32,
    height: u32,
    frame_limit: Option<u64>,
    frame_period_us: f64,
    camera_name: String,
    camera: CameraSettings,
    settings: StorageSettings,
    #[serde(default)]
    packed_shards: bool,
}

impl From<OfFormat1> for RunDescription {
    fn from(run: OfFormat1) -> Self {
        let OfFormat1 { device, settings, pixel_type, width, height, frame_limit, frame_period_us, .. } = run;
        let storage = Format1 { device, settings, pixel_type, width, height, frame_limit, frame_period_us };
        Self {
            format: 1,
            run_id: run.run_id,
            started_unix_ms: run.started_unix_ms,
            camera_name: run.camera_name,
            camera: run.camera,
            storage: resolve_format_1(storage),
            image: ImagePath::default(),
            packed_shards: run.packed_shards,
        }
    }
}
