use std::path::{Path, PathBuf};

use crate::store::foreign_files::ForeignFiles;
use crate::targets::Replaced;
use crate::targets::files::{self, files, is_locked};
use crate::{SinkSpec, StorageError};

pub(super) fn path(spec: &SinkSpec) -> Result<PathBuf, StorageError> {
    spec.path.clone().ok_or_else(|| StorageError::MissingPath { name: spec.storage.device.clone() })
}

/// What a device writes.
pub(crate) struct OurFormat {
    pub is_ours: fn(&Path) -> bool,
    /// Lists what is foreign in a folder that the device writes.
    pub foreign: fn(&Path) -> Result<ForeignFiles, StorageError>,
}

impl OurFormat {
    /// Whether a run that overwrites may replace what stands there.
    pub fn check_replaceable(&self, path: &Path, look_for_foreign: bool) -> Result<(), StorageError> {
        if !(self.is_ours)(path) {
            return Err(StorageError::NotOurs { path: path.to_owned() });
        }
        if is_locked(path) || is_locked(&path.join(PAGES)) {
            return Err(StorageError::Locked { path: path.to_owned() });
        }
        match look_for_foreign {
            true if path.is_symlink() => ForeignFiles::link(path).refuse(path),
            true => (self.foreign)(path)?.refuse(path),
            false => Ok(()),
        }
    }
}

/// Makes room at `path`: nothing stands there, or what stands there is ours and may be overwritten; then it is put aside with
/// what belongs to it.
pub(super) fn make_room(
    spec: &SinkSpec,
    path: &Path,
    format: &OurFormat,
    beside: Option<&Path>,
) -> Result<Replaced, StorageError> {
    let mut replaced = Replaced::new(files());
    if path.symlink_metadata().is_err() {
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), files::create_folders)?;
        [Some(path), beside].into_iter().flatten().for_each(|path| replaced.note_new(path));
        return Ok(replaced);
    }
    if !spec.storage.overwrite {
        return Err(StorageError::Exists { path: path.to_owned() });
    }
    format.check_replaceable(path, !spec.replace_foreign_files)?;
    for path in [Some(path), beside].into_iter().flatten() {
        if let Err(error) = replaced.put_aside(path, &spec.run_id) {
            let _ = replaced.put_back();
            return Err(error);
        }
    }
    Ok(replaced)
}

/// The pages of `tiff-json`, in its folder.
pub(crate) const PAGES: &str = "data.tif";
