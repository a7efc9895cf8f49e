//! A store is made beside its path and put there whole, with the writer's lock held.

use std::path::Path;
use std::sync::Arc;

use zarrcam_config::Durability;

use super::overwrite::{check_replaceable, lock_of};
use super::store::{Store, pretty};
use crate::StorageError;
use crate::targets::{EntryKind, Replaced, Target, TargetLock, beside};

/// Makes the folder with all metadata and the lock, at the store's root; what stood there before is put aside. On failure
/// everything is as it was. `replace_foreign`: also a store that holds what no writer of ours put there.
pub(crate) fn create(store: &Store, replace_foreign: bool) -> Result<(Box<dyn TargetLock>, Replaced), StorageError> {
    let (root, target) = (store.root(), &**store.target());
    if let Some(parent) = root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        target.create_folders(parent)?;
    }
    let occupied = is_occupied(store, replace_foreign)?;
    if !target.moves_folders() {
        return create_at_once(store, occupied);
    }
    remove_stale(target, root);
    let staged = beside(root, "new", &store.run().run_id);
    let result = populate(store, &staged).and_then(|lock| Ok((lock, put_in_place(store, &staged, occupied)?)));
    if result.is_err() {
        let _ = target.remove_all(&staged);
    }
    let (mut lock, replaced) = result?;
    lock.moved_to(&store.lock_path());
    Ok((lock, replaced))
}

/// Where folders cannot be moved: the store is made where it stays, and what stood there is gone for good.
fn create_at_once(store: &Store, occupied: bool) -> Result<(Box<dyn TargetLock>, Replaced), StorageError> {
    let (root, target) = (store.root(), store.target());
    if occupied {
        target.remove_all(root)?;
    }
    let mut replaced = Replaced::new(Arc::clone(target));
    replaced.note_new(root);
    match populate(store, root) {
        Ok(lock) => Ok((lock, replaced)),
        Err(error) => {
            let _ = replaced.put_back();
            Err(error)
        }
    }
}

/// Whether there is something to replace; an error where it must stay.
fn is_occupied(store: &Store, replace_foreign: bool) -> Result<bool, StorageError> {
    let (root, target) = (store.root(), &**store.target());
    let Some(found) = target.kind(root)? else { return Ok(false) };
    // Nothing can be lost in an empty folder.
    if found == EntryKind::Folder && target.list(root).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(true);
    }
    if !store.run().storage.overwrite {
        return Err(StorageError::Exists { path: root.to_owned() });
    }
    check_replaceable(store.target(), root, if replace_foreign { 0 } else { u64::MAX })?;
    Ok(true)
}

/// The run's description first: by it what a crash leaves is known as ours.
fn populate(store: &Store, staged: &Path) -> Result<Box<dyn TargetLock>, StorageError> {
    let target = &**store.target();
    let sync = store.durability() != Durability::None;
    let private = store.image().private_folder(staged);
    target.create_folders(&private)?;
    let lock = target.lock(&private.join("lock"))?;
    let run = serde_json::to_value(store.run()).unwrap_or_default();
    target.put_document(&private.join("run.json"), &pretty(&run), sync)?;
    for (key, document) in store.documents() {
        let path = staged.join(key);
        if let Some(parent) = path.parent() {
            target.create_folders(parent)?;
        }
        target.put_document(&path, &pretty(&document), sync)?;
    }
    Ok(lock)
}

fn put_in_place(store: &Store, staged: &Path, occupied: bool) -> Result<Replaced, StorageError> {
    let (root, target) = (store.root(), store.target());
    let mut replaced = Replaced::new(Arc::clone(target));
    if !occupied {
        target.rename(staged, root)?;
        replaced.note_new(root);
    } else if target.exchange(staged, root) {
        replaced.note(root, staged.to_owned());
    } else {
        replaced.put_aside(root, &store.run().run_id)?;
        if let Err(error) = target.rename(staged, root) {
            let _ = replaced.put_back();
            return Err(error);
        }
    }
    if store.durability() != Durability::None
        && let Err(error) = root.parent().map_or(Ok(()), |parent| target.sync_folder(parent))
    {
        let _ = replaced.put_back();
        return Err(error);
    }
    Ok(replaced)
}

/// Removes what a killed process left beside the store: half made, or just replaced.
fn remove_stale(target: &dyn Target, root: &Path) {
    let prefix = format!(".{}.zarrcam-new-", root.file_name().unwrap_or_default().to_string_lossy());
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = target.list(parent) else { return };
    let stale: Vec<_> = entries.flatten().filter(|entry| entry.name.to_string_lossy().starts_with(&prefix)).collect();
    for entry in stale {
        let path = parent.join(entry.name);
        // Whoever is just making it holds its lock.
        if lock_of(target, &path).is_ok() {
            let _ = target.remove_all(&path);
        }
    }
}
