use zarrcam_config::{CameraCapabilities, CameraSettings};

use crate::CameraError;
use crate::check::check_settings;

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
            None => check_settings(self.camera_name(), &self.capabilities(settings), settings, frame_period_us),
        }
    }
}
