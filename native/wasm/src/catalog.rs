//! The devices of a page: simulated cameras, those that JavaScript drives, and stores in the browser's own storage.

use std::cell::RefCell;
use std::sync::Arc;

use serde::Deserialize;
use zarrcam_camera::{CameraFeatures, Drivers, PolledCamera};
use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceInfo, Problem, ProblemCode, StorageCapabilities,
    StorageFormat, storage_capabilities, storage_device, storage_devices,
};

use crate::host::CLOCK;

/// A camera that JavaScript drives, as far as it knows it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageCamera {
    device: DeviceInfo,
    /// With any settings.
    capabilities: CameraCapabilities,
    /// What keeps it from any settings, in a sentence: the browser does not let the page have it.
    #[serde(default)]
    obstacle: Option<String>,
}

thread_local! {
    static PAGE_CAMERAS: RefCell<Vec<PageCamera>> = const { RefCell::new(Vec::new()) };
}

/// The cameras that JavaScript drives from now on, in the place of those before.
pub fn set_cameras(cameras: Vec<PageCamera>) {
    PAGE_CAMERAS.set(cameras);
}

fn page_camera(name: &str) -> Option<PageCamera> {
    PAGE_CAMERAS.with_borrow(|cameras| cameras.iter().find(|camera| camera.device.identifier.name == name).cloned())
}

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
        let driven = PAGE_CAMERAS.with_borrow(|cameras| cameras.iter().map(|camera| camera.device.clone()).collect());
        let cameras: Vec<DeviceInfo> = [Drivers::built_in().cameras(), driven].concat();
        cameras.into_iter().chain(storage).collect()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        let built_in = features(name).map(|features| features.capabilities(settings));
        built_in.or_else(|| page_camera(name).map(|camera| camera.capabilities))
    }

    fn obstacle(&self, name: &str, _settings: &CameraSettings) -> Option<Problem> {
        Some(Problem::error("", ProblemCode::Camera, page_camera(name)?.obstacle?))
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name).filter(|_| is_here(name))
    }
}
