//! Every frame of a recording for programs that ask: of the recording that goes on, or of the one that comes next.

use std::sync::Arc;

use serde::Deserialize;

use crate::error::{Callback, ErrorCode, RuntimeError};
use crate::runtime::{Inner, Runtime};
use crate::session::Session;
use crate::stream::{FrameClient, StreamRun};

/// Which frames are wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FramesRequest {
    /// Index in `video`.
    pub stream: u32,
    /// Those of the recording that is started next, from its first one on; else those of the one that goes on, from now on.
    pub next_run: bool,
    /// Where nothing is written on this computer the run waits for the reader.
    pub back_pressure: bool,
}

/// Reads the frames of one recording, as the protocol's records. Dropped, it is closed.
pub struct FrameReader {
    client: Arc<FrameClient>,
}

impl Runtime {
    /// Begins to take every frame of a recording.
    ///
    /// `not_running` where no recording goes on, or it captures no more; `unknown_stream`; `closed`; `storage` where there
    /// is no memory.
    pub fn open_frames(&self, request: FramesRequest) -> Result<FrameReader, RuntimeError> {
        let client = Arc::new(FrameClient::new(request.back_pressure));
        let reader = FrameReader { client: Arc::clone(&client) };
        let state = self.inner.lock();
        state.activity.check_open()?;
        state.stream(request.stream)?;
        if request.next_run {
            // Under the lock, so that no start is missed.
            self.inner.frame_waiters.add(request.stream, client);
            return Ok(reader);
        }
        let session = state.activity.session().filter(|session| session.records).cloned();
        drop(state);
        let run = session.as_ref().and_then(|session| session.stream(request.stream));
        let run = run.ok_or_else(no_recording)?;
        run.frame_tee.attach(&client, run.opening())?;
        Ok(reader)
    }
}

impl Inner {
    /// Clients that waited for a recording get all of it. Before its cameras run.
    pub fn give_frames_to_waiters(&self, session: &Session) {
        if !session.records {
            return;
        }
        for (stream, client) in self.frame_waiters.take() {
            let attached = match session.stream(stream) {
                Some(run) => run.frame_tee.attach(&client, run.opening()),
                None => {
                    self.frame_waiters.add(stream, client);
                    continue;
                }
            };
            if let Err(error) = attached {
                client.fail(error);
            }
        }
    }
}

impl FrameReader {
    /// Calls back when `read` has something to give, or nothing will follow. By one caller at a time. `closed`: the recording
    /// that was waited for does not come.
    pub fn when_ready(&self, done: Callback<()>) {
        self.client.when_ready(done);
    }

    /// Copies what is there, as much as fits. 0, when it was ready: the end.
    pub fn read(&self, into: &mut [u8]) -> usize {
        self.client.read(into)
    }

    /// What was not read is lost to this reader, and nothing else is disturbed. A second time changes nothing.
    pub fn close(&self) {
        self.client.leave();
    }
}

impl Drop for FrameReader {
    fn drop(&mut self) {
        self.close();
    }
}

impl Session {
    fn stream(&self, index: u32) -> Option<&Arc<StreamRun>> {
        self.streams.iter().find(|run| run.spec.index == index)
    }
}

fn no_recording() -> RuntimeError {
    let message = "No recording goes on, so there are no frames to give. Start one (with the storage \"trash\" where nothing is to be \
        written on this computer), or ask with ?run=next for the frames of the one that is started next.";
    RuntimeError::new(ErrorCode::NotRunning, message)
}
