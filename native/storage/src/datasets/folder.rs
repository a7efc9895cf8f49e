use std::path::Path;

use zarrcam_acquisition::{DatasetInfo, FileDescription, LossPage};

use super::scan::Listing;
use super::{frame_files, info, logs, ours, recognise, scan};
use crate::store::image_folder_of;
use crate::{StorageError, Store};

/// The datasets in a folder and the folders in it, and what of it is left out. A link to a dataset is one where it leads to
/// something in the folder.
pub fn list_datasets(data_dir: &Path) -> Result<Listing, StorageError> {
    scan::list(data_dir)
}

/// One dataset. `data_dir`: what its name is relative to. `NotADataset`: nothing that we can read stands there, and why.
pub fn dataset_info(data_dir: Option<&Path>, path: &Path) -> Result<DatasetInfo, StorageError> {
    // The root of a store of ours stands for its first image.
    let path = image_folder_of(path);
    Ok(DatasetInfo { name: info::name(data_dir, &path), ..recognise::require(&path)? })
}

/// Some of the frames that a Zarr store or raw file of ours does not hold, with their frame indices and causes. Of others nothing is
/// known: none.
pub fn dataset_losses(path: &Path, from: u64, count: u64) -> Result<LossPage, StorageError> {
    if path.is_dir() && crate::is_ours(path) {
        let store = Store::open(path)?;
        return ours::losses(&store, || logs::summary(&store.log_path()), from, count);
    }
    recognise::require(path)?;
    Ok(frame_files::losses(path, from, count))
}

/// What a TIFF or raw file of ours says of the run that wrote it. `None`: it is none.
pub fn file_description(path: &Path) -> Option<FileDescription> {
    super::file_description::read(path)
}
