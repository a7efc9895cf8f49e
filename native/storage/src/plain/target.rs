use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use crate::{Lock, SinkSpec, StorageError, files};

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
    if is_being_written(path) || is_being_written(&path.join(PAGES)) {
        return Err(StorageError::Locked { path: path.to_owned() });
    }
    remove(path).map_err(|error| StorageError::io(path, "remove the old data", 0, &error))
}

/// The pages of `tiff-json`, in its folder.
pub(crate) const PAGES: &str = "data.tif";

/// The right to write a file; whoever lists datasets sees by it that the file is open.
pub(super) fn lock(path: &Path) -> Result<Lock, StorageError> {
    Lock::take(path).map_err(|error| match error {
        StorageError::Locked { .. } => StorageError::Locked { path: path.to_owned() },
        other => other,
    })
}

/// Whether a device that is no Zarr writes this file now.
pub(crate) fn is_being_written(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    // SAFETY: flock only looks at the descriptor, which is open. Writers hold the exclusive lock.
    path.is_file() && unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_SH | libc::LOCK_NB) != 0 }
}
