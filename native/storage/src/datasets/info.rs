use std::path::Path;

use zarrcam_acquisition::{DatasetInfo, DatasetKind, DatasetState};
use zarrcam_config::Notes;

/// The name of a dataset: its path with slashes, relative to the data folder where it lies in it, else its whole path.
pub(super) fn name(data_dir: Option<&Path>, path: &Path) -> String {
    let inside = data_dir.and_then(|folder| path.strip_prefix(folder).ok()).filter(|rest| !rest.as_os_str().is_empty());
    let parts = inside.unwrap_or(path).components().map(|part| part.as_os_str().to_string_lossy());
    let joined = parts.collect::<Vec<_>>().join("/");
    // The root is a component of its own.
    joined.strip_prefix("//").map_or_else(|| joined.clone(), |rest| format!("/{rest}"))
}

/// What can be said of any dataset: what only some kinds know is left out.
pub(super) fn nothing_known(path: &Path, kind: DatasetKind) -> DatasetInfo {
    DatasetInfo {
        name: String::new(),
        path: path.to_string_lossy().into_owned(),
        kind,
        state: DatasetState::Closed,
        shape: Vec::new(),
        axes: Vec::new(),
        acquisition_order: Vec::new(),
        levels: Vec::new(),
        dtype: String::new(),
        pixel_type: None,
        chunks: Vec::new(),
        shards: None,
        codec: None,
        frames_stored: 0,
        losses: None,
        captured_end: None,
        frame_limit: None,
        end: None,
        started_unix_ms: None,
        bytes: 0,
        run_id: None,
        thumbnail_frame_index: None,
        notes: Notes::default(),
        remarks: Vec::new(),
    }
}
