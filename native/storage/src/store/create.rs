//! A store is made beside its path and put there whole, with the writer's lock held.

use std::path::Path;

use zarrcam_config::Durability;

use super::overwrite::{check_replaceable, lock_of};
use super::store::{Store, pretty};
use crate::disk::{Lock, Replaced, beside};
use crate::{StorageError, disk};

/// Makes the folder with all metadata and the lock, at the store's root; what stood there before is put aside. On failure
/// everything is as it was. `replace_foreign`: also a store that holds what no writer of ours put there.
pub(crate) fn create(store: &Store, replace_foreign: bool) -> Result<(Lock, Replaced), StorageError> {
    let root = store.root();
    if let Some(parent) = root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        disk::create_folders(parent)?;
    }
    let occupied = is_occupied(store, replace_foreign)?;
    remove_stale(root);
    let staged = beside(root, "new", &store.run().run_id);
    let result = populate(store, &staged).and_then(|lock| Ok((lock, put_in_place(store, &staged, occupied)?)));
    if result.is_err() {
        let _ = std::fs::remove_dir_all(&staged);
    }
    let (mut lock, replaced) = result?;
    lock.moved_to(store.private().join("lock"));
    Ok((lock, replaced))
}

/// Whether there is something to replace; an error where it must stay.
fn is_occupied(store: &Store, replace_foreign: bool) -> Result<bool, StorageError> {
    let root = store.root();
    let found = match std::fs::symlink_metadata(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StorageError::io(root, "look at the folder", 0, error)),
        Ok(found) => found,
    };
    // Nothing can be lost in an empty folder.
    if found.is_dir() && std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(true);
    }
    if !store.run().storage.overwrite {
        return Err(StorageError::Exists { path: root.to_owned() });
    }
    check_replaceable(root, if replace_foreign { 0 } else { u64::MAX })?;
    Ok(true)
}

fn populate(store: &Store, staged: &Path) -> Result<Lock, StorageError> {
    let sync = store.durability() != Durability::None;
    let private = store.image().private_folder(staged);
    disk::create_folders(&private)?;
    let lock = Lock::take(&private.join("lock"))?;
    let run = serde_json::to_value(store.run()).unwrap_or_default();
    disk::write_atomic(&private.join("run.json"), &pretty(&run), sync)?;
    for (key, document) in store.documents() {
        let path = staged.join(key);
        if let Some(parent) = path.parent() {
            disk::create_folders(parent)?;
        }
        disk::write_atomic(&path, &pretty(&document), sync)?;
    }
    Ok(lock)
}

fn put_in_place(store: &Store, staged: &Path, occupied: bool) -> Result<Replaced, StorageError> {
    let root = store.root();
    let mut replaced = Replaced::default();
    if !occupied {
        disk::rename(staged, root)?;
        replaced.note_new(root);
    } else if disk::exchange(staged, root) {
        replaced.note(root, staged.to_owned());
    } else {
        replaced.put_aside(root, &store.run().run_id)?;
        if let Err(error) = disk::rename(staged, root) {
            let _ = replaced.put_back();
            return Err(error);
        }
    }
    if store.durability() != Durability::None
        && let Err(error) = disk::sync_folder_of(root)
    {
        let _ = replaced.put_back();
        return Err(error);
    }
    Ok(replaced)
}

/// Removes what a killed process left beside the store: half made, or just replaced.
fn remove_stale(root: &Path) {
    let prefix = format!(".{}.zarrcam-new-", root.file_name().unwrap_or_default().to_string_lossy());
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)) {
        // Whoever is just making it holds its lock.
        if lock_of(&entry.path()).is_ok() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
