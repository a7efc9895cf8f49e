//! What stands at one path.

use std::path::Path;

use zarrcam_acquisition::DatasetInfo;

use super::{bounded, disk_usage, frame_files, logs, not_a_dataset, ours, zarr};
use crate::store::is_image;
use crate::targets::files;
use crate::{StorageError, Store};

/// What stands at a path; `None`: no dataset, though it may hold some. `NotADataset`, `Damaged`: it looks like one.
pub(super) fn recognise(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    match describe(path) {
        Err(StorageError::NotADataset { .. }) if is_container(path) => Ok(None),
        answer => answer,
    }
}

/// Describes a dataset as [`recognise`] does, but a group without an image is an error that says why.
fn describe(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    describe_whole(path).map(|info| info.map(bounded::info)).map_err(bounded::error)
}

fn describe_whole(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    if !path.is_dir() {
        return if path.is_file() { frame_files::file(path) } else { Ok(None) };
    }
    let not_shown = |none: zarr::NoImage| StorageError::NotADataset { path: path.to_owned(), reason: none.reason };
    if is_image(&*files(), path) {
        match own(path) {
            Ok(info) => return Ok(Some(info)),
            // Its arrays may still be whole: they are shown as anybody's.
            Err(error) => return zarr::info(path).ok().flatten().map(Some).ok_or(error),
        }
    }
    match frame_files::folder(path)? {
        Some(info) => Ok(Some(info)),
        None => zarr::info(path).map_err(not_shown),
    }
}

fn own(path: &Path) -> Result<DatasetInfo, StorageError> {
    let store = Store::open(path)?;
    ours::info(path, &store, || logs::summary(&store.log_path()), || disk_usage::on_disk(path))
}

fn is_container(path: &Path) -> bool {
    matches!(zarr::info(path), Err(none) if none.is_container)
}

/// Describes a dataset as [`describe`] does; what is none is an error that says what it is.
pub(super) fn require(path: &Path) -> Result<DatasetInfo, StorageError> {
    describe(path)?
        .ok_or_else(|| StorageError::NotADataset { path: path.to_owned(), reason: not_a_dataset::what_it_is(path) })
}
