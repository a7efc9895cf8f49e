//! What is in a folder of data, and in one dataset: ours of every kind, and other people's Zarr and TIFF.
//!
//! - [`list_datasets`], [`dataset_info`], [`dataset_losses`], [`file_description`]. `scan`: which files and folders are datasets; `recognise`: what stands
//!   at one path; `not_a_dataset`: what stands where none does.
//! - `ours`: images of our stores, with their log. `log_summary`: what `frames.log` sums up to. `zarr`: any Zarr, by its metadata.
//! - `frame_files`: raw and TIFF files. `tiff_summary`: a TIFF's first page and the number of its planes.
//! - `disk_usage`: bytes on disk. `remarks`: what other programs may stumble over. `info`: what all kinds have in common.
//!
//! What is dear to find out is kept in memory (`remembered`) and found out again only where a file changed, so a page may ask
//! every second.

mod disk_usage;
mod file_description;
mod frame_files;
mod info;
mod log_summary;
mod not_a_dataset;
mod ours;
mod recognise;
mod remarks;
mod remembered;
mod scan;
mod tiff_summary;
mod zarr;

pub use scan::Listing;

use std::path::Path;

use zarrcam_acquisition::{DatasetInfo, FileDescription, LossPage};

use crate::StorageError;
use crate::store::image_folder_of;

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
        return ours::losses(path, from, count);
    }
    recognise::require(path)?;
    Ok(frame_files::losses(path, from, count))
}

/// What a TIFF or raw file of ours says of the run that wrote it. `None`: it is none.
pub fn file_description(path: &Path) -> Option<FileDescription> {
    file_description::read(path)
}
