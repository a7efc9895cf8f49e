//! What a stream's storage must know.

use std::path::PathBuf;

use zarrcam_config::{ResolvedStorage, VideoStream};
use zarrcam_storage::SinkSpec;

/// `path`: where it writes; `None`: nothing is written.
pub fn sink_spec(video: &VideoStream, storage: ResolvedStorage, path: Option<PathBuf>, run_id: &str) -> SinkSpec {
    SinkSpec {
        path,
        storage,
        run_id: run_id.to_owned(),
        camera_name: video.camera_name().to_owned(),
        camera: video.camera.settings.clone(),
        replace_foreign_files: false,
    }
}
