use super::NAME;
use super::features::Replay;
use crate::software::SoftwareCamera;
use crate::{Camera, CameraError, CameraListing, Driver};

/// The one camera that plays a file.
pub struct ReplayDriver;

impl Driver for ReplayDriver {
    fn id(&self) -> u32 {
        4
    }

    fn cameras(&self) -> Vec<CameraListing> {
        let listed = CameraListing::new(NAME, 0, "Plays a TIFF stack of the camera computer in a loop.");
        vec![listed.shared().playing_a_file()]
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        if name == NAME {
            return Ok(Box::new(SoftwareCamera::new(Replay)));
        }
        Err(CameraError::unknown(name, &self.cameras()))
    }
}
