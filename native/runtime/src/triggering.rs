//! Pulses on a camera's line `software`.

use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::Runtime;

/// Pulses that no frame has used yet: whoever sends more is not waiting for frames.
const MAX_PENDING_TRIGGERS: u64 = 100_000;

impl Runtime {
    /// One pulse on the camera's line `software`. An error where no camera would take it.
    pub fn execute_trigger(&self, stream: u32) -> Result<(), RuntimeError> {
        let state = self.inner.lock();
        let video = state.stream(stream)?;
        let triggers = &video.camera.settings.input_triggers;
        if !(triggers.frame_start.enable || triggers.acquisition_start.enable || triggers.exposure.enable) {
            return Err(RuntimeError::new(
                ErrorCode::TriggerRefused,
                "No input trigger of this camera is enabled; enable frame_start to take a frame with each trigger.",
            )
            .at(format!("video[{stream}].camera.settings.input_triggers")));
        }
        let not_running = || RuntimeError::new(ErrorCode::NotRunning, "The camera is not running; start it first.");
        let session = state.activity.session().ok_or_else(not_running)?;
        let run = session.streams.iter().find(|run| run.spec.index == stream).ok_or_else(not_running)?;
        if !run.is_capturing() {
            return Err(RuntimeError::new(ErrorCode::TriggerRefused, "The camera has taken all frames of this run."));
        }
        if run.control.pending_triggers() >= MAX_PENDING_TRIGGERS {
            let message = format!("{MAX_PENDING_TRIGGERS} triggers wait for their frames already.");
            return Err(RuntimeError::new(ErrorCode::TriggerRefused, message));
        }
        run.control.trigger();
        Ok(())
    }
}
