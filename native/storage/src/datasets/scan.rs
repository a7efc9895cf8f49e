use std::path::Path;

use zarrcam_acquisition::DatasetInfo;

use super::{name, ours, plain, zarr};
use crate::{StorageError, is_ours};

/// Folders in folders that are looked into.
const MOST_DEPTH: usize = 5;
/// A folder with more is no folder of datasets.
const MOST_DATASETS: usize = 10_000;

pub(super) fn list(data_dir: &Path) -> Result<Vec<DatasetInfo>, StorageError> {
    let mut found = Vec::new();
    match std::fs::read_dir(data_dir) {
        Ok(entries) => look_into(data_dir, entries, 1, &mut found),
        // Made with the first recording.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(StorageError::io(data_dir, "list the folder", 0, &error)),
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn look_into(data_dir: &Path, entries: std::fs::ReadDir, depth: usize, found: &mut Vec<DatasetInfo>) {
    for entry in entries.flatten() {
        let hidden = entry.file_name().to_str().is_none_or(|name| name.starts_with('.'));
        // A link may lead out of the folder, or back into it for ever.
        let Ok(kind) = entry.file_type() else { continue };
        if hidden || kind.is_symlink() || found.len() >= MOST_DATASETS {
            continue;
        }
        let path = entry.path();
        match recognise(&path) {
            Ok(Some(mut info)) => {
                info.name = name(Some(data_dir), &path);
                found.push(info);
            }
            Ok(None) if kind.is_dir() && depth < MOST_DEPTH => {
                if let Ok(entries) = std::fs::read_dir(&path) {
                    look_into(data_dir, entries, depth + 1, found);
                }
            }
            // Damaged, or gone since: whoever asks for it by name hears why.
            Ok(None) | Err(_) => {}
        }
    }
}

/// What stands at a path; `None`: no dataset.
pub(super) fn recognise(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    if !path.is_dir() {
        return if path.is_file() { plain::file(path) } else { Ok(None) };
    }
    if is_ours(path) {
        match ours::info(path) {
            Ok(info) => return Ok(Some(info)),
            // Its arrays may still be whole: they are shown as anybody's.
            Err(error) => return zarr::info(path).map(Some).ok_or(error),
        }
    }
    Ok(plain::folder(path)?.or_else(|| zarr::info(path)))
}
