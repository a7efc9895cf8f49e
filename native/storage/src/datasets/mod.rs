//! What is in a folder of data, and in one dataset: ours of every kind, and other people's Zarr and TIFF.
//!
//! - [`list_datasets`], [`dataset_info`], [`dataset_losses`]. `scan`: which files and folders are datasets.
//! - `ours`: Zarr stores with their log. `log`: what `frames.log` sums up to. `zarr`: any Zarr, by its metadata alone.
//! - `words`: what stands where no dataset does. `plain`: raw and TIFF files. `tiff`: a TIFF's first page and the number of its planes. `room`: bytes on disk. `remarks`: what other programs may stumble over.
//!
//! What is dear to find out is kept in memory and found out again only where a file changed, so a page may ask every second.

mod log;
mod ours;
mod plain;
mod remarks;
mod room;
mod scan;
mod tiff;
mod words;
mod zarr;

pub use scan::Listing;

use std::path::Path;

use zarrcam_acquisition::{DatasetInfo, DatasetKind, DatasetState, LossPage};

use crate::StorageError;

/// The datasets in a folder and the folders in it, and what of it is left out. A link to a dataset is one where it leads to
/// something in the folder.
pub fn list_datasets(data_dir: &Path) -> Result<Listing, StorageError> {
    scan::list(data_dir)
}

/// One dataset. `data_dir`: what its name is relative to. `NotADataset`: nothing that we can read stands there, and why.
pub fn dataset_info(data_dir: Option<&Path>, path: &Path) -> Result<DatasetInfo, StorageError> {
    Ok(DatasetInfo { name: name(data_dir, path), ..scan::demand(path)? })
}

/// Some of the places that stay empty in a Zarr store or raw file of ours, with what was to be there. Of others nothing is
/// known: none.
pub fn dataset_losses(path: &Path, from: u64, count: u64) -> Result<LossPage, StorageError> {
    if path.is_dir() && crate::is_ours(path) {
        return ours::losses(path, from, count);
    }
    scan::demand(path)?;
    Ok(plain::losses(path, from, count))
}

/// With slashes, relative to the folder where it lies in it; else its whole path.
fn name(data_dir: Option<&Path>, path: &Path) -> String {
    let inside = data_dir.and_then(|folder| path.strip_prefix(folder).ok()).filter(|rest| !rest.as_os_str().is_empty());
    let parts = inside.unwrap_or(path).components().map(|part| part.as_os_str().to_string_lossy());
    let joined = parts.collect::<Vec<_>>().join("/");
    // The root is a component of its own.
    joined.strip_prefix("//").map_or_else(|| joined.clone(), |rest| format!("/{rest}"))
}

/// With all that only some kinds of dataset know left out.
fn nothing_known(path: &Path, kind: DatasetKind) -> DatasetInfo {
    DatasetInfo {
        name: String::new(),
        path: path.to_string_lossy().into_owned(),
        kind,
        state: DatasetState::Closed,
        shape: Vec::new(),
        axes: Vec::new(),
        acquisition_order: Vec::new(),
        levels: Vec::new(),
        dtype: String::new(),
        pixel_type: None,
        chunks: Vec::new(),
        shards: None,
        codec: None,
        frames_stored: 0,
        losses: None,
        captured_end: None,
        planned_frames: None,
        end: None,
        started_unix_ms: None,
        bytes: 0,
        run_id: None,
        thumbnail_place: None,
        remarks: Vec::new(),
    }
}

/// So many things are remembered of each sort; then all are forgotten, and found out again.
const MOST_REMEMBERED: usize = 10_000;
