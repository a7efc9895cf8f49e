//! The storage devices that are no Zarr. They write in the caller's thread: one frame, one or two system calls.
//!
//! - `frame_file`: what takes one frame after the other. `sink`: what drives it, the same for all of them.
//! - `raw`: pixels back to back. `tiff`: BigTIFF. `trash`: counts. `tiff_directory`: the one writer of a TIFF's directories.
//! - [`snapshot_tiff`] (`snapshot`): one frame as a TIFF, which is no device.
//! - `description`: what is said of frames and runs; `json_text`: so that no reader takes it for something else. `resolution`: the
//!   size of a pixel, in TIFF's words.
//! - `target`: what may stand at the path, what may be overwritten, and who writes it.

mod description;
mod frame_file;
mod json_text;
mod raw;
mod resolution;
mod sink;
mod snapshot;
mod target;
mod tiff;
mod tiff_directory;
mod trash;

use std::path::Path;

use frame_file::FrameFile;
use sink::FrameFileSink;
use zarrcam_config::StorageFormat;

pub(crate) use raw::description_of;
pub use snapshot::{SnapshotImage, snapshot_tiff};
pub(crate) use target::PAGES;
pub(crate) use tiff::is_by_us;

use crate::{FrameSink, SinkEvents, SinkSpec, StorageError};

/// Opens a device that is no Zarr.
pub(crate) fn open(
    format: StorageFormat,
    spec: &SinkSpec,
    events: SinkEvents,
) -> Result<Box<dyn FrameSink>, StorageError> {
    let file: Box<dyn FrameFile> = match format {
        StorageFormat::Raw => Box::new(raw::RawFile::create(spec)?),
        StorageFormat::Tiff => Box::new(tiff::TiffFile::create(spec, target::path(spec)?)?),
        StorageFormat::TiffJson => Box::new(tiff::TiffFile::create_in_folder(spec)?),
        StorageFormat::Trash => Box::new(trash::Trash::new()),
        StorageFormat::Zarr2 | StorageFormat::Zarr3 => {
            return Err(StorageError::UnknownDevice { name: spec.storage.device.clone() });
        }
    };
    Ok(Box::new(FrameFileSink::new(file, spec, events)))
}

/// Whether a run of this device that overwrites may replace what stands at a path.
pub(crate) fn check_replaceable(format: StorageFormat, path: &Path) -> Result<(), StorageError> {
    match format {
        StorageFormat::Raw => raw::FORMAT.check_replaceable(path, true),
        StorageFormat::Tiff => tiff::FORMAT.check_replaceable(path, true),
        StorageFormat::TiffJson => tiff::FOLDER_FORMAT.check_replaceable(path, true),
        StorageFormat::Trash | StorageFormat::Zarr2 | StorageFormat::Zarr3 => Ok(()),
    }
}
