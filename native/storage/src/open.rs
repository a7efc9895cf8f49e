use crate::zarr_sink::ZarrSink;
use crate::{FrameSink, SinkEvents, SinkSpec, StorageError};

/// Makes the store and what writes it. Everything that can be known to fail fails here, before the first frame.
pub fn open_sink(spec: SinkSpec, events: SinkEvents) -> Result<Box<dyn FrameSink>, StorageError> {
    match spec.device.as_str() {
        name if zarrcam_zarr::codec_of_device(name).is_some() => Ok(Box::new(ZarrSink::create(&spec, events)?)),
        _ => Err(StorageError::UnknownDevice { name: spec.device }),
    }
}
