//! The devices by name, on the file system.

use std::path::Path;

use zarrcam_config::storage_device;

use crate::targets::files;
use crate::writer::ZarrSink;
use crate::{FrameSink, SinkEvents, SinkSpec, StorageError, frame_files, store};

/// Makes the store and what writes it. Everything that can be known to fail fails here, before the first frame.
pub fn open_sink(spec: SinkSpec, events: SinkEvents) -> Result<Box<dyn FrameSink>, StorageError> {
    match spec.storage.format {
        Some(format) if format.is_zarr() => Ok(Box::new(ZarrSink::create(&spec, events)?)),
        Some(format) => frame_files::open(format, &spec, events),
        None => Err(StorageError::UnknownDevice { name: spec.storage.device }),
    }
}

/// How many files of a dataset are looked at before a run is started; when it starts, all are.
const FILES_LOOKED_AT: u64 = 20_000;

/// Whether a run of this device that overwrites may replace what stands at a path. Changes nothing. Of a store with very many
/// files `Ok` may turn into `ForeignFiles` when the run starts.
pub fn check_replaceable(device: &str, path: &Path) -> Result<(), StorageError> {
    match storage_device(device).map(|device| device.format) {
        _ if std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()) => Ok(()),
        Some(format) if format.is_zarr() => store::check_replaceable(&files(), path, FILES_LOOKED_AT),
        Some(format) => frame_files::check_replaceable(format, path),
        None => Ok(()),
    }
}
