use std::path::Path;
use std::sync::Arc;

use super::foreign_files::{self, ForeignFiles};
use super::location::{is_ours_in, private_folder_in};
use super::store::Store;
use crate::StorageError;
use crate::targets::{EntryKind, Target, TargetLock};

/// Whether a run that overwrites may replace what stands there. `most`: files that are looked at for being ours.
pub(crate) fn check_replaceable(target: &Arc<dyn Target>, root: &Path, most: u64) -> Result<(), StorageError> {
    // An image within a store is no store: to replace it would leave the store without its first image.
    let is_within = || Store::open_in(target, root).is_ok_and(|store| store.root() != root);
    if !is_ours_in(&**target, root) || is_within() {
        return Err(StorageError::NotOurs { path: root.to_owned() });
    }
    // A store that is being written stays, whoever asks.
    lock_of(&**target, root)?;
    match most {
        0 => Ok(()),
        _ if target.kind(root)? == Some(EntryKind::Link) => ForeignFiles::link(root).refuse(root),
        most => foreign_files::in_store(target, root, most)?.refuse(root),
    }
}

/// The lock of a store that exists. `Locked`: it is being written.
pub(crate) fn lock_of(target: &dyn Target, path: &Path) -> Result<Box<dyn TargetLock>, StorageError> {
    target.lock(&private_folder_in(target, path).join("lock")).map_err(|error| match error {
        StorageError::Locked { .. } => StorageError::Locked { path: path.to_owned() },
        other => other,
    })
}
