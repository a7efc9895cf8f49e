use crate::{CameraCapabilities, CameraSettings, DeviceInfo, Problem, StorageCapabilities};

/// The devices of a machine, as validation sees them.
pub trait DeviceCatalog {
    /// All devices that there are, cameras and storage.
    fn devices(&self) -> Vec<DeviceInfo>;

    /// What the camera can do with these settings in force; `None` where there is no such camera, or it cannot tell.
    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities>;

    /// What keeps the camera from these settings that no range can say: a file that cannot be played, a camera that does not
    /// answer. Its path is relative to the settings, empty where no field is at fault. `None`: nothing.
    fn obstacle(&self, _name: &str, _settings: &CameraSettings) -> Option<Problem> {
        None
    }

    /// What is wrong with `settings.features`, by this camera. Paths are relative to the settings: `features.NAME`.
    fn feature_problems(&self, _name: &str, _settings: &CameraSettings) -> Vec<Problem> {
        Vec::new()
    }

    /// What to do so that a camera that is not among the devices is there, in a sentence for people; `None`: nobody knows.
    fn way_back(&self, _name: &str) -> Option<String> {
        None
    }

    /// What the storage device can do; `None` where there is no such device.
    fn storage(&self, name: &str) -> Option<StorageCapabilities>;
}
