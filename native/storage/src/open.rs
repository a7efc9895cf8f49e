use zarrcam_config::storage_device;

use crate::zarr_sink::ZarrSink;
use crate::{FrameSink, SinkEvents, SinkSpec, StorageError, plain};

/// Makes the store and what writes it. Everything that can be known to fail fails here, before the first frame.
pub fn open_sink(spec: SinkSpec, events: SinkEvents) -> Result<Box<dyn FrameSink>, StorageError> {
    match storage_device(&spec.device).map(|device| device.format) {
        Some(format) if format.is_zarr() => Ok(Box::new(ZarrSink::create(&spec, events)?)),
        Some(format) => plain::open(format, &spec, events),
        None => Err(StorageError::UnknownDevice { name: spec.device }),
    }
}
