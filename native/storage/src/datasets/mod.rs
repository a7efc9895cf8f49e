//! What is in a folder of data, and in one dataset: ours of every kind, and other people's Zarr and TIFF.
//!
//! - [`list_datasets`], [`dataset_info`], [`dataset_losses`], [`file_description`] (`folder`). `scan`: which files and folders are datasets; `recognise`: what stands
//!   at one path; `not_a_dataset`: what stands where none does.
//! - `ours`: images of our stores, with their log, and [`OwnDataset`] (`own_dataset`): one on any target. `log_summary`: what
//!   `frames.log` sums up to; `logs`: those of the data folder. `zarr`: any Zarr, by its metadata.
//! - `frame_files`: raw and TIFF files. `tiff_summary`: a TIFF's first page and the number of its planes.
//! - `disk_usage`: bytes on disk. `remarks`: what other programs may stumble over. `info`: what all kinds have in common. `bounded`: as much as is
//!   told of what a dataset says of itself.
//!
//! - `trash`: what is deleted and renamed.
//!
//! What is dear to find out is kept in memory (`remembered`) and found out again only where a file changed, so a page may ask
//! every second.

#[cfg(unix)]
mod bounded;
#[cfg(unix)]
mod disk_usage;
#[cfg(unix)]
mod file_description;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod frame_files;
mod info;
mod log_summary;
#[cfg(unix)]
mod logs;
#[cfg(unix)]
mod not_a_dataset;
mod ours;
mod own_dataset;
#[cfg(unix)]
mod recognise;
mod remarks;
#[cfg(unix)]
mod remembered;
#[cfg(unix)]
mod scan;
#[cfg(unix)]
mod tiff_summary;
#[cfg(unix)]
mod trash;
#[cfg(unix)]
mod zarr;

#[cfg(unix)]
pub use folder::{dataset_info, dataset_losses, file_description, list_datasets};
pub use own_dataset::OwnDataset;
#[cfg(unix)]
pub use scan::Listing;
#[cfg(unix)]
pub use trash::{TRASH_FOLDER, delete_dataset, empty_trash, rename_dataset, trash};
