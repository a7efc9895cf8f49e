//! What the devices of the configuration can do, as they are set.

use zarrcam_config::{
    Capabilities, Configuration, DeviceCatalog, DeviceIdentifier, Range, StreamCapabilities, VideoStream,
};

use crate::devices::Catalog;
use crate::runtime::Runtime;

impl Runtime {
    /// What the devices of the configuration in force can do.
    pub fn capabilities(&self) -> Capabilities {
        let configuration = self.configuration().configuration;
        capabilities(&configuration, &self.inner.catalog())
    }
}

/// What every stream's camera and storage can do; `None` where there is no such device.
pub fn capabilities(configuration: &Configuration, catalog: &Catalog<'_>) -> Capabilities {
    let range = |high: f64| Range { low: 0.0, high, step: 1.0, writable: true };
    let name = |identifier: &Option<DeviceIdentifier>| {
        identifier.as_ref().filter(|identifier| !identifier.is_none()).map(|identifier| identifier.name.clone())
    };
    let of_stream = |video: &VideoStream| StreamCapabilities {
        camera: name(&video.camera.identifier).and_then(|name| catalog.camera(&name, &video.camera.settings)),
        storage: name(&video.storage.identifier).and_then(|name| catalog.storage(&name)),
        max_frame_count: range(u64::MAX as f64),
        frame_average_count: range(f64::from(u32::MAX)),
    };
    Capabilities { video: configuration.video.iter().map(of_stream).collect() }
}
