//! The devices of a page: simulated cameras, and stores in the browser's own storage.

use std::sync::Arc;

use zarrcam_camera::{CameraFeatures, Drivers, PolledCamera};
use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceInfo, StorageCapabilities, StorageFormat,
    storage_capabilities, storage_device, storage_devices,
};

use crate::host::CLOCK;

pub struct Catalog;

fn features(name: &str) -> Option<Arc<dyn CameraFeatures>> {
    PolledCamera::features(name, CLOCK)
}

/// What is written as Zarr, or not at all: there are no other files in a page.
fn is_here(name: &str) -> bool {
    storage_device(name).is_some_and(|device| device.format.is_zarr() || device.format == StorageFormat::Trash)
}

impl DeviceCatalog for Catalog {
    fn devices(&self) -> Vec<DeviceInfo> {
        let storage = storage_devices().into_iter().filter(|device| is_here(&device.identifier.name));
        Drivers::built_in().cameras().into_iter().chain(storage).collect()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        features(name).map(|features| features.capabilities(settings))
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name).filter(|_| is_here(name))
    }
}
