use std::fs::File;
use std::io;
use std::path::Path;

use crate::StorageError;

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StorageError> {
    std::fs::rename(from, to).map_err(|error| StorageError::io(to, "put the file in its place", 0, error))
}

/// Exchanges two names, so that there is no moment without either. False: the system cannot.
pub(crate) fn exchange(one: &Path, other: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (one, other);
        false
    }
}

pub(crate) fn sync_folder_of(path: &Path) -> Result<(), StorageError> {
    path.parent().map_or(Ok(()), sync_folder)
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    let result = File::open(folder).and_then(|folder| folder.sync_all());
    result.map_err(|error| StorageError::io(folder, "sync the folder", 0, error))
}

pub(crate) fn create_folders(folder: &Path) -> Result<(), StorageError> {
    std::fs::create_dir_all(folder).map_err(|error| StorageError::io(folder, "create the folder", 0, error))
}

pub(crate) fn remove_file(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::io(path, "remove the file", 0, error))
        }
        _ => Ok(()),
    }
}

/// A file, a folder with all that is in it, or a link; what links lead to stays.
pub(crate) fn remove_all(path: &Path) -> io::Result<()> {
    if std::fs::symlink_metadata(path)?.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}
