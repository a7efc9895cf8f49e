//! The preview makes room and comes back: for a measurement, for other settings, for a recording.

use std::sync::Arc;

use zarrcam_acquisition::LogLevel;

use crate::activity::{Interruption, Resumption};
use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::Inner;
use crate::start::StartOptions;

impl Inner {
    /// The cameras are at rest when this returns: a preview that was on has ended. `wanted`: "measure". Every call that was
    /// not refused is followed by [`resume_preview`](Self::resume_preview). The caller holds the exclusive operation.
    pub fn interrupt_preview(&self, by: Interruption, wanted: &str) -> Result<(), RuntimeError> {
        let measures = matches!(by, Interruption::Measurement(_));
        let preview = self.lock().activity.interrupt(by, wanted)?;
        if measures {
            self.emit_state();
        }
        self.end_preview(preview);
        Ok(())
    }

    /// The cameras are free again: a preview that made room comes back, unless somebody said stop meanwhile.
    ///
    /// `has_streams`: there is something to preview. `before`: done in between; from there on a stop is asked of the preview
    /// that comes, else it would be answered and not heeded, and `close` would wait for the end of what nobody ends.
    pub fn resume_preview(self: &Arc<Self>, has_streams: bool, before: impl FnOnce()) {
        let (resumption, consequences) = self.lock().activity.resume(has_streams);
        before();
        match resumption {
            Resumption::StartPreview => {
                if let Err(error) = self.start_prepared(StartOptions::default()) {
                    if error.code != ErrorCode::Closed {
                        self.log(LogLevel::Error, None, format!("The preview did not start again: {}", error.message));
                    }
                    self.emit_state();
                }
            }
            Resumption::StayAtRest => self.emit_state(),
        }
        consequences.carry_out();
    }
}
