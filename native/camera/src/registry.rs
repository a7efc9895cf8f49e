use zarrcam_config::{DeviceIdentifier, DeviceInfo, DeviceKind};

use crate::replay::{self, Replay};
use crate::simulated::{Simulated, SimulatedKind};
use crate::software::SoftwareCamera;
use crate::{Camera, CameraError};

/// Acquire's ids for its simulated cameras, so that a configuration of ours means the same there.
fn known() -> [(&'static str, [u32; 2], &'static str); 4] {
    [
        (
            SimulatedKind::UniformRandom.name(),
            [0, 0],
            "Noise that is different in every frame and the same in every run.",
        ),
        (SimulatedKind::RadialSin.name(), [0, 1], "Moving rings: a sine of the squared distance from the centre."),
        (SimulatedKind::Empty.name(), [0, 2], "Black frames, as fast as possible unless an exposure is set."),
        (replay::NAME, [4, 0], "Plays a TIFF stack of the camera computer in a loop."),
    ]
}

/// The cameras of this machine.
pub fn cameras() -> Vec<DeviceInfo> {
    known()
        .into_iter()
        .map(|(name, id, description)| DeviceInfo {
            identifier: DeviceIdentifier { id, kind: DeviceKind::Camera, name: name.to_owned() },
            description: description.to_owned(),
        })
        .collect()
}

/// The camera of exactly this name. A mistyped one is an error, never another camera.
pub fn open(name: &str) -> Result<Box<dyn Camera>, CameraError> {
    if let Some(kind) = SimulatedKind::ALL.into_iter().find(|kind| kind.name() == name) {
        return Ok(Box::new(SoftwareCamera::new(Simulated(kind))));
    }
    if name == replay::NAME {
        return Ok(Box::new(SoftwareCamera::new(Replay)));
    }
    Err(CameraError::UnknownCamera { name: name.to_owned(), known: known().map(|(name, ..)| name).join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_camera_opens_and_no_other_does() {
        let names: Vec<_> = cameras().into_iter().map(|camera| camera.identifier.name).collect();
        assert_eq!(names, ["simulated: uniform random", "simulated: radial sin", "simulated: empty", "replay"]);
        for name in &names {
            assert!(open(name).is_ok(), "{name}");
        }
        for wrong in ["simulated: radial sine", "Simulated: empty", "", "simulated", "replay "] {
            assert!(matches!(open(wrong), Err(CameraError::UnknownCamera { .. })), "{wrong:?}");
        }
    }
}
