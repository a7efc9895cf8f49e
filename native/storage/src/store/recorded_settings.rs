//! The settings that a stream was recorded with, kept with its data: what "use these settings" needs, and more than a writer
//! must know.

use std::path::Path;

use zarrcam_config::{Camera, DeviceIdentifier, DeviceKind, Storage, StorageSettings, VideoStream};

use super::location::private_folder_in;
use super::store::Store;
use crate::StorageError;
use crate::targets::Target;

/// The file's name, in the folder of our own files in a store, beside the writer's own description.
const STREAM: &str = "stream.json";

/// Writes them into a dataset that was just made. Stores of ours keep them; other formats have no place for them.
#[cfg(unix)]
pub fn write_recorded_settings(dataset: &Path, video: &VideoStream) -> Result<(), StorageError> {
    write_recorded_settings_in(&*crate::targets::files(), dataset, video)
}

/// As `write_recorded_settings`, on another target than the file system.
pub fn write_recorded_settings_in(
    target: &dyn Target,
    dataset: &Path,
    video: &VideoStream,
) -> Result<(), StorageError> {
    let folder = private_folder_in(target, dataset);
    if !target.is_folder(&folder) {
        return Ok(());
    }
    let mut video = video.clone();
    // A secret has no business in a dataset that is passed on.
    video.storage.settings.s3_access_key_id = None;
    video.storage.settings.s3_secret_access_key = None;
    target.put_document(&folder.join(STREAM), &serde_json::to_vec_pretty(&video).unwrap_or_default(), false)
}

/// The stream that a dataset was recorded with; `None`: its format does not keep it.
#[cfg(unix)]
pub fn recorded_settings(dataset: &Path) -> Option<VideoStream> {
    let target = crate::targets::files();
    let kept = kept(&*target, &private_folder_in(&*target, dataset)).ok().flatten();
    kept.or_else(|| Store::open(dataset).ok().map(|store| as_written(&store)))
}

/// The stream that a store was recorded with. `NotOpenYet`: the file that it names is to be opened first.
pub(crate) fn of_store(store: &Store) -> Result<VideoStream, StorageError> {
    Ok(kept(&**store.target(), &store.private())?.unwrap_or_else(|| as_written(store)))
}

fn kept(target: &dyn Target, private: &Path) -> Result<Option<VideoStream>, StorageError> {
    let document = target.document(&private.join(STREAM))?;
    Ok(document.and_then(|text| serde_json::from_slice(&text).ok()))
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
