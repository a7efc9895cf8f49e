use crate::{CameraCapabilities, CameraSettings, DeviceInfo, Problem, StorageCapabilities};

/// The devices of a machine, as validation sees them.
pub trait DeviceCatalog {
    fn devices(&self) -> Vec<DeviceInfo>;

    /// What the camera can do with these settings in force; `None` where there is no such camera, or it cannot tell.
    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities>;

    /// What keeps the camera from these settings that no range can say, its path relative to the settings: a file that cannot be
    /// played. `None`: nothing.
    fn obstacle(&self, _name: &str, _settings: &CameraSettings) -> Option<Problem> {
        None
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities>;
}
