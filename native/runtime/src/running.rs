//! Starting and ending runs, as callers ask for it, and the preview that makes room and comes back.

use std::sync::Arc;

use serde::Deserialize;
use zarrcam_acquisition::{LogLevel, RunSummary, StopRequest};

use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::{Done, Inner, Runtime, Started};

/// How a run is started.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Start {
    /// False: the cameras run into the preview alone.
    pub record: bool,
    /// A dataset that is overwritten is deleted with all that it holds, files that no writer of ours made included.
    pub replace_foreign_files: bool,
    /// When the recording has ended, each stream's name counts on to the next free one: what a person wants who records
    /// again and again. A script wants to find its data by the name that it set.
    pub next_names: bool,
}

impl Runtime {
    /// Starts all streams; returns the run's id and number when the cameras run.
    ///
    /// A recording that follows a preview starts the cameras anew, so that its place 0 is the camera's frame 0. All that
    /// may be refused is refused before the preview ends.
    pub fn start(&self, record: bool) -> Result<Started, RuntimeError> {
        self.start_with(Start { record, ..Start::default() })
    }

    /// The same, with what a caller may allow besides.
    pub fn start_with(&self, how: Start) -> Result<Started, RuntimeError> {
        let record = how.record;
        let inner = &self.inner;
        let _turn = inner.take_turn();
        {
            let mut state = inner.lock();
            state.check_open()?;
            state.check_not_recording("start again")?;
            if state.session.is_some() && !record {
                return Err(RuntimeError::new(ErrorCode::AlreadyRunning, "The preview is running already."));
            }
            state.starting = Some(StopRequest::None);
        }
        let started = inner.start(how);
        if let Err(error) = &started {
            inner.start_failed(error);
        }
        started
    }

    /// Calls back when all is stored. Waits for `max_frame_count`; where that is unlimited, capture ends now.
    ///
    /// An error, where a stream of the run failed. When nothing runs, the last run's end is told.
    pub fn stop(&self, done: Done<RunSummary>) {
        self.inner.end(StopRequest::Finish, done);
    }

    /// As `stop`, but capture ends now. What was captured is stored.
    pub fn abort(&self, done: Done<RunSummary>) {
        self.inner.end(StopRequest::Now, done);
    }

    /// As `abort`, but what is not stored yet is counted lost.
    pub fn give_up(&self, done: Done<RunSummary>) {
        self.inner.end(StopRequest::GiveUp, done);
    }

    /// Ends a run, storing what was captured, and all threads. Waits.
    pub fn close(&self) {
        {
            let mut state = self.inner.lock();
            state.closed = true;
            if let Some(session) = &state.session {
                session.ask(StopRequest::Now);
            }
            if let Some(starting) = &mut state.starting {
                *starting = StopRequest::Now;
            }
            if let Some((_, control)) = &state.snapping {
                control.stop();
            }
        }
        // Ends a measurement as well.
        let _turn = self.inner.take_turn();
        let cameras = std::mem::take(&mut self.inner.wait_settled().cameras);
        // To close them may take its time.
        drop(cameras);
        self.inner.devices.close_unused();
        self.inner.preview.close();
        self.inner.emit_state();
    }
}

impl Inner {
    pub(crate) fn end(&self, request: StopRequest, done: Done<RunSummary>) {
        let mut state = self.lock();
        state.ends_asked += 1;
        if let Some((_, control)) = &state.snapping
            && request != StopRequest::Finish
        {
            control.stop();
        }
        if let Some(starting) = &mut state.starting {
            *starting = (*starting).max(request);
            state.waiting.push(done);
            return;
        }
        if let Some(measuring) = &mut state.measuring {
            measuring.stop();
            state.waiting.push(done);
            return;
        }
        if let Some(session) = state.session.clone() {
            state.waiting.push(done);
            drop(state);
            session.ask(request);
            return;
        }
        let outcome = match state.unreported.take() {
            Some(error) => Err(error),
            None => Ok(state.last.as_ref().map_or_else(no_run, |session| session.summary())),
        };
        drop(state);
        done(outcome);
    }

    /// Ends a preview, if one runs, and waits for its end. Who waits for it is told.
    pub fn end_preview(&self) {
        let session = self.lock().session.clone();
        if let Some(session) = session {
            session.ask(StopRequest::Now);
            drop(self.wait_settled());
        }
    }

    /// What is asked from here on is asked of the preview that comes: else a stop would be answered and not heeded, and `close`
    /// would wait for the end of what nobody ends.
    pub fn start_preview_again(self: &Arc<Self>) {
        let open = {
            let mut state = self.lock();
            state.starting.get_or_insert(StopRequest::None);
            state.check_open()
        };
        let started = open.and_then(|()| self.start(Start::default()));
        if let Err(error) = started {
            self.start_failed(&error);
            if error.code != ErrorCode::Closed {
                self.log(LogLevel::Error, None, format!("The preview did not start again: {}", error.message));
            }
            self.emit_state();
        }
    }
}

pub(crate) fn no_run() -> RunSummary {
    RunSummary { run_id: String::new(), run_number: 0, elapsed_s: 0.0, complete: true, streams: Vec::new() }
}
