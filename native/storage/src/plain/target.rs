use std::path::{Path, PathBuf};

use crate::lock::is_locked;
use crate::{SinkSpec, StorageError, files};

pub(super) fn path(spec: &SinkSpec) -> Result<PathBuf, StorageError> {
    spec.path.clone().ok_or_else(|| StorageError::MissingPath { name: spec.device.clone() })
}

/// Makes room at `path`: nothing stands there, or what stands there is ours and may be overwritten.
pub(super) fn make_room(
    spec: &SinkSpec,
    path: &Path,
    is_ours: impl FnOnce(&Path) -> bool,
    remove: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<(), StorageError> {
    if path.symlink_metadata().is_err() {
        return path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), files::create_folders);
    }
    if !spec.settings.overwrite {
        return Err(StorageError::Exists { path: path.to_owned() });
    }
    if !is_ours(path) {
        return Err(StorageError::NotOurs { path: path.to_owned() });
    }
    if is_locked(path) || is_locked(&path.join(PAGES)) {
        return Err(StorageError::Locked { path: path.to_owned() });
    }
    remove(path).map_err(|error| StorageError::io(path, "remove the old data", 0, &error))
}

/// The pages of `tiff-json`, in its folder.
pub(crate) const PAGES: &str = "data.tif";
