use zarrcam_config::{CameraCapabilities, CameraFeature, CameraSettings};

use crate::check::check_settings;
use crate::{CameraError, Transport};

/// What an open camera answers about itself: what it can do, and whether it would take certain settings.
///
/// It is asked from any thread, while the camera is at rest and while another thread waits for its frames. No answer may
/// wait for a frame, and all of them come while somebody types: keep what does not change. It may outlive the camera
/// by the moment that an answer takes.
pub trait CameraFeatures: Send + Sync {
    /// The camera's exact name, as its driver lists it.
    fn camera_name(&self) -> &str;

    /// What the camera can do with these settings in force, whether or not they are. Never fails: where settings are
    /// wrong, the widest ranges.
    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities;

    /// What keeps the camera from these settings and cannot be said by a range: a file that cannot be played, a cable that was
    /// pulled. `None`: nothing does. Where there is an obstacle, the ranges say nothing.
    fn obstacle(&self, _settings: &CameraSettings) -> Option<CameraError> {
        None
    }

    /// Everything that [`Camera::configure`](crate::Camera::configure) would refuse, all at once. Fields are named
    /// relative to the camera's `settings` (`frame_period_us`: of the stream).
    fn validate(&self, settings: &CameraSettings, frame_period_us: f64) -> Vec<CameraError> {
        match self.obstacle(settings) {
            Some(obstacle) => vec![obstacle],
            None => {
                let capabilities = self.capabilities(settings);
                let mut problems = check_settings(self.camera_name(), &capabilities, settings, frame_period_us);
                problems.extend(self.check_features(settings));
                problems
            }
        }
    }

    /// Everything that the camera knows by a name of its own, in the order in which it shows them, with what each is now.
    /// Empty: it has only the settings that all cameras have. Asked when somebody looks at them, so it may ask the camera.
    fn feature_tree(&self) -> Vec<CameraFeature> {
        Vec::new()
    }

    /// What is wrong with `settings.features`; fields are `features.NAME`. Asked while somebody types: it asks no camera.
    fn check_features(&self, _settings: &CameraSettings) -> Vec<CameraError> {
        Vec::new()
    }

    /// How its frames came over the cable since the last start. `None`: it has no cable that loses anything.
    fn transport(&self) -> Option<Transport> {
        None
    }

    /// What people should know of it since this was asked last, in whole sentences: a setting that it took otherwise than it
    /// was asked, a network that brings no frames. Each is said once.
    fn take_messages(&self) -> Vec<String> {
        Vec::new()
    }
}
