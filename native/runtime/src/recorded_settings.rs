//! The settings that a stream was recorded with, kept with its data: what "use these settings" needs, and more than a writer
//! must know.

use std::io;
use std::path::Path;

use zarrcam_config::{Camera, DeviceIdentifier, DeviceKind, Storage, StorageSettings, VideoStream};
use zarrcam_files::read_document;
use zarrcam_storage::{Store, private_folder};

/// The file's name, in the folder of our own files in a store, beside the writer's own description.
const STREAM: &str = "stream.json";

/// Writes them into a dataset that was just made. Stores of ours keep them; other formats have no place for them.
pub fn write(dataset: &Path, video: &VideoStream) -> io::Result<()> {
    let folder = private_folder(dataset);
    if !folder.is_dir() {
        return Ok(());
    }
    let mut video = video.clone();
    // A secret has no business in a dataset that is passed on.
    video.storage.settings.s3_access_key_id = None;
    video.storage.settings.s3_secret_access_key = None;
    std::fs::write(folder.join(STREAM), serde_json::to_vec_pretty(&video)?)
}

/// The stream that a dataset was recorded with; `None`: its format does not keep it.
pub fn read(dataset: &Path) -> Option<VideoStream> {
    let kept =
        read_document(&private_folder(dataset).join(STREAM)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    kept.or_else(|| Store::open(dataset).ok().map(|store| as_written(&store)))
}

/// What can be told from the writer's own description, where an earlier version kept nothing more.
fn as_written(store: &Store) -> VideoStream {
    let run = store.run().clone();
    let identifier = |kind, name| Some(DeviceIdentifier { id: [0, 0], kind, name });
    VideoStream {
        camera: Camera { identifier: identifier(DeviceKind::Camera, run.camera_name), settings: run.camera },
        storage: Storage {
            identifier: identifier(DeviceKind::Storage, run.storage.device.clone()),
            settings: StorageSettings { overwrite: false, ..run.storage.as_settings() },
            ..Storage::default()
        },
        max_frame_count: run.storage.frame_limit.unwrap_or(u64::MAX),
        ..VideoStream::default()
    }
}
