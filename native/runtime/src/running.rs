//! Starting and ending runs, as callers ask for it.

use zarrcam_acquisition::{RunSummary, StopRequest};

use crate::error::{Callback, RuntimeError};
use crate::runtime::{Inner, Runtime};
use crate::start::{StartOptions, Started};

impl Runtime {
    /// Starts all streams; returns the run's id and number when the cameras run.
    ///
    /// A recording that follows a preview starts the cameras anew, so that its frame index 0 is the camera's frame 0. All
    /// that may be refused is refused before the preview ends.
    pub fn start(&self, record: bool) -> Result<Started, RuntimeError> {
        self.start_with(StartOptions { record, ..StartOptions::default() })
    }

    /// The same, with what a caller may allow besides.
    pub fn start_with(&self, options: StartOptions) -> Result<Started, RuntimeError> {
        let inner = &self.inner;
        let _exclusive = inner.begin_exclusive();
        inner.lock().activity.begin_start(options.record)?;
        inner.start_prepared(options)
    }

    /// Calls back when all is stored. Waits for `max_frame_count`; where that is unlimited, capture ends now.
    ///
    /// An error, where a stream of the run failed. When nothing runs, the last run's end is told.
    pub fn stop(&self, done: Callback<RunSummary>) {
        self.inner.stop(StopRequest::Finish, done);
    }

    /// Ends a run as `stop` does, but capture ends now. What was captured is stored.
    pub fn abort(&self, done: Callback<RunSummary>) {
        self.inner.stop(StopRequest::Now, done);
    }

    /// Ends a run as `abort` does, but what is not stored yet is counted lost.
    pub fn give_up(&self, done: Callback<RunSummary>) {
        self.inner.stop(StopRequest::GiveUp, done);
    }

    /// Ends a run, storing what was captured, and all threads. Waits.
    pub fn close(&self) {
        let consequences = self.inner.lock().activity.close();
        consequences.carry_out();
        self.inner.frame_waiters.close();
        let _exclusive = self.inner.begin_exclusive();
        let cameras = std::mem::take(&mut self.inner.wait_session_ended().cameras);
        // To close them may take its time.
        drop(cameras);
        self.inner.devices.close_unused();
        self.inner.preview.close();
        self.inner.emit_state();
    }
}

impl Inner {
    fn stop(&self, request: StopRequest, done: Callback<RunSummary>) {
        let consequences = self.lock().activity.stop(request, done);
        consequences.carry_out();
    }
}
