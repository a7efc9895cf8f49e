use zarrcam_camera::{CameraControl, CameraError, Wake};

use super::settings::{InForce, Source};
use super::shared::Shared;

/// Pulses of this program: `CameraControl` collects them, and each becomes one `TriggerSoftware` when the camera can take it.
#[derive(Default)]
pub struct SoftwarePulses {
    /// The selector that the camera has now; empty: none was chosen in this run.
    selected: &'static str,
    /// Whether the run's own pulse has come.
    begun: bool,
}

/// What a wait for a pulse brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulse {
    /// The camera was triggered.
    Given,
    /// None is needed: frames come by themselves, or by a line.
    NotNeeded,
    /// [`CameraControl::stop`] was called.
    Stopped,
}

impl SoftwarePulses {
    /// Before a frame: waits for the pulses of this program that it needs, and gives them to the camera.
    pub fn before_frame(
        &mut self,
        shared: &Shared,
        in_force: &InForce,
        control: &CameraControl,
    ) -> Result<Pulse, CameraError> {
        if in_force.start_trigger == Some(Source::Software) && !self.begun {
            if control.wait_trigger() == Wake::Stopped {
                return Ok(Pulse::Stopped);
            }
            self.give(shared, "AcquisitionStart")?;
            self.begun = true;
        }
        if in_force.frame_trigger != Some(Source::Software) {
            return Ok(Pulse::NotNeeded);
        }
        if control.wait_trigger() == Wake::Stopped {
            return Ok(Pulse::Stopped);
        }
        self.give(shared, "FrameStart")?;
        Ok(Pulse::Given)
    }

    fn give(&mut self, shared: &Shared, selector: &'static str) -> Result<(), CameraError> {
        let device = shared.device();
        if self.selected != selector && device.has("TriggerSelector") {
            device.set_text("TriggerSelector", selector).map_err(|reason| {
                shared.failed(format!("TriggerSelector was asked to be {selector}, and the camera answers: {reason}"))
            })?;
            self.selected = selector;
        }
        device.execute("TriggerSoftware").map_err(|reason| {
            shared.failed(format!("A software trigger was not taken, and the camera answers: {reason}"))
        })
    }
}
