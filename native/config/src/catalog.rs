use crate::{CameraCapabilities, CameraSettings, DeviceInfo, StorageCapabilities};

/// The devices of a machine, as validation sees them.
pub trait DeviceCatalog {
    fn devices(&self) -> Vec<DeviceInfo>;

    /// What the camera can do with these settings in force; `None` where there is no such camera, or it cannot tell.
    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities>;

    fn storage(&self, name: &str) -> Option<StorageCapabilities>;
}
