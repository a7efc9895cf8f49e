use std::path::Path;

use super::foreign_files::{self, ForeignFiles};
use super::location::{is_ours, private_folder};
use super::store::Store;
use crate::StorageError;
use crate::disk::Lock;

/// Whether a run that overwrites may replace what stands there. `most`: files that are looked at for being ours.
pub(crate) fn check_replaceable(root: &Path, most: u64) -> Result<(), StorageError> {
    // An image within a store is no store: to replace it would leave the store without its first image.
    let is_within = || Store::open(root).is_ok_and(|store| store.root() != root);
    if !is_ours(root) || is_within() {
        return Err(StorageError::NotOurs { path: root.to_owned() });
    }
    // A store that is being written stays, whoever asks.
    lock_of(root)?;
    match most {
        0 => Ok(()),
        _ if root.is_symlink() => ForeignFiles::link(root).refuse(root),
        most => foreign_files::in_store(root, most)?.refuse(root),
    }
}

/// The lock of a store that exists. `Locked`: it is being written.
pub(crate) fn lock_of(path: &Path) -> Result<Lock, StorageError> {
    Lock::take(&private_folder(path).join("lock")).map_err(|error| match error {
        StorageError::Locked { .. } => StorageError::Locked { path: path.to_owned() },
        other => other,
    })
}
