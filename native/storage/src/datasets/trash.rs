//! Datasets that somebody deletes or renames. What is deleted lies in a hidden folder of the data folder until the trash is emptied.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zarrcam_acquisition::{DatasetState, Trash};

use super::{disk_usage, recognise};
use crate::StorageError;
use crate::store::{is_ours, lock_of};
use crate::targets::{TargetLock, files};

/// Hidden, so that no list of datasets looks into it.
pub const TRASH_FOLDER: &str = ".zarrcam-trash";

/// Moves a dataset into the trash of its data folder. `Locked`: it is being written. `NotADataset`: it is none, or a part of one.
pub fn delete_dataset(data_dir: &Path, path: &Path) -> Result<Trash, StorageError> {
    let _lock = hold(data_dir, path)?;
    let folder = data_dir.join(TRASH_FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| StorageError::io(&folder, "make the folder", 0, error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let to = (1..).map(|number| folder.join(if number == 1 { name.clone() } else { format!("{number} {name}") }));
    let to = to.into_iter().find(|to| to.symlink_metadata().is_err()).unwrap_or(folder);
    move_with_description(path, &to)?;
    trash(data_dir)
}

/// Gives a dataset another path in the data folder. `Exists`: something stands there.
pub fn rename_dataset(data_dir: &Path, from: &Path, to: &Path) -> Result<(), StorageError> {
    let _lock = hold(data_dir, from)?;
    for path in [to.to_owned(), description_path(to)] {
        if path.symlink_metadata().is_ok() {
            return Err(StorageError::Exists { path });
        }
    }
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).map_err(|error| StorageError::io(parent, "make the folder", 0, error))?;
    }
    move_with_description(from, to)
}

/// What lies in the trash.
pub fn trash(data_dir: &Path) -> Result<Trash, StorageError> {
    let folder = data_dir.join(TRASH_FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(StorageError::io(&folder, "list the folder", 0, error)),
    };
    let bytes = entries.iter().map(|path| disk_usage::measure(path)).sum();
    // The description beside a raw file is no dataset of its own.
    let is_beside = |path: &PathBuf| entries.iter().any(|other| description_path(other) == *path);
    let datasets = entries.iter().filter(|path| !is_beside(path)).count() as u64;
    Ok(Trash { path: folder.to_string_lossy().into_owned(), datasets, bytes })
}

/// Deletes for good what lies in the trash.
pub fn empty_trash(data_dir: &Path) -> Result<Trash, StorageError> {
    let folder = data_dir.join(TRASH_FOLDER);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StorageError::io(&folder, "delete the folder", 0, error))
        }
        _ => trash(data_dir),
    }
}

/// Nobody writes it as long as the answer is held; it is a dataset, and a whole one.
fn hold(data_dir: &Path, path: &Path) -> Result<Option<Box<dyn TargetLock>>, StorageError> {
    let info = recognise::require(path)?;
    let mut around = path.ancestors().skip(1).take_while(|around| *around != data_dir && around.starts_with(data_dir));
    if let Some(whole) = around.find(|around| recognise::require(around).is_ok()) {
        let reason = format!("it is a part of {}, which can be moved as a whole", whole.display());
        return Err(StorageError::NotADataset { path: path.to_owned(), reason });
    }
    if info.state == DatasetState::Open {
        return Err(StorageError::Locked { path: path.to_owned() });
    }
    let target = files();
    if is_ours(path) { lock_of(&*Arc::clone(&target), path).map(Some) } else { Ok(None) }
}

/// The JSON beside a raw file goes where the file goes.
fn move_with_description(from: &Path, to: &Path) -> Result<(), StorageError> {
    let rename = |from: &Path, to: &Path| {
        std::fs::rename(from, to).map_err(|error| StorageError::io(from, "move the dataset", 0, error))
    };
    let beside = description_path(from);
    rename(from, to)?;
    if from.extension().is_some_and(|end| end == "raw" || end == "bin") && beside.is_file() {
        rename(&beside, &description_path(to))?;
    }
    Ok(())
}

fn description_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}
