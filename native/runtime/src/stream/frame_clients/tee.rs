//! Hands every frame of a stream, and every loss, to all its clients.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_acquisition::{DatasetEnd, FrameClientStats};
use zarrcam_frame::Frame;

use super::client::FrameClient;
use super::record::{Lost, Opening};
use crate::error::{ErrorCode, RuntimeError};

/// Statistics tell of so many clients; of those that are done the oldest go first.
const MOST_TOLD: usize = 16;

/// The clients of a stream's run. Its methods that hand something on are the storage thread's.
#[derive(Default)]
pub struct FrameTee {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// One past the last frame index that was handed on.
    next_frame_index: u64,
    clients: Vec<Arc<FrameClient>>,
    /// So many have come.
    numbered: u32,
    ended: bool,
}

impl FrameTee {
    /// The list is changed by whole entries, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client gets all that is handed on from now on.
    pub fn attach(&self, client: &Arc<FrameClient>, opening: Opening) -> Result<(), RuntimeError> {
        let pool = FrameClient::memory(&opening)?;
        let mut state = self.lock();
        if state.ended {
            return Err(capture_has_ended());
        }
        state.numbered += 1;
        let (number, first) = (state.numbered, state.next_frame_index);
        if state.clients.len() >= MOST_TOLD
            && let Some(done) = state.clients.iter().position(|client| client.is_done())
        {
            state.clients.remove(done);
        }
        state.clients.push(Arc::clone(client));
        // Under the lock: no frame comes between.
        client.open(&Arc::new(opening), pool, number, first);
        Ok(())
    }

    /// `busy` is asked only where there is a client.
    pub fn frame(&self, frame_index: u64, frame: &Frame, busy: impl FnOnce() -> bool) {
        let clients = self.hand_on(frame_index + 1);
        if clients.is_empty() {
            return;
        }
        let busy = busy();
        clients.iter().for_each(|client| client.offer(frame_index, frame, busy));
    }

    /// Whether anybody takes the frames.
    pub fn is_taken(&self) -> bool {
        self.lock().clients.iter().any(|client| client.is_open())
    }

    pub fn lose(&self, lost: Lost) {
        let clients = self.hand_on(lost.first_frame_index + lost.count);
        clients.iter().for_each(|client| client.lose(lost));
    }

    /// Nothing more will be handed on. Asked a second time it changes nothing. `captured_end`: one past the last frame
    /// index that was captured; what of it was not handed on is lost with `rest`'s cause and hardware id.
    pub fn end(&self, captured_end: u64, end: &DatasetEnd, rest: impl FnOnce(u64, u64) -> Lost) {
        let mut state = self.lock();
        if std::mem::replace(&mut state.ended, true) {
            return;
        }
        let (first, clients) = (state.next_frame_index, state.clients.clone());
        drop(state);
        if first < captured_end {
            let lost = rest(first, captured_end - first);
            clients.iter().for_each(|client| client.lose(lost));
        }
        clients.iter().for_each(|client| client.end(captured_end, end));
    }

    pub fn give_up(&self) {
        let clients = self.lock().clients.clone();
        clients.iter().for_each(|client| client.give_up());
    }

    pub fn stats(&self) -> Vec<FrameClientStats> {
        let clients = self.lock().clients.clone();
        clients.iter().filter_map(|client| client.stats()).collect()
    }

    fn hand_on(&self, next_frame_index: u64) -> Vec<Arc<FrameClient>> {
        let mut state = self.lock();
        state.next_frame_index = next_frame_index;
        state.clients.clone()
    }
}

fn capture_has_ended() -> RuntimeError {
    let message =
        "The recording captures no more frames. Ask with ?run=next for those of the next one, before it is started.";
    RuntimeError::new(ErrorCode::NotRunning, message)
}
