use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use zarrcam_frame::{Frame, FramePool};
use zarrcam_preview::{Age, Load, PreviewRequest};

use super::state::{Look, ObservedFrame, Picture, Shared};
use super::worker::work;
use crate::error::{Callback, ErrorCode};

/// The newest frame of each stream, and who waits for it.
///
/// A camera thread only puts a frame down: it never waits for who looks, and at most two buffers of its pool are held
/// here (the newest, and the one being rendered). Who is too slow misses frames, and is told how many.
pub struct Preview {
    shared: Arc<Shared>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

impl Preview {
    /// A preview of nothing yet. Its worker begins with the first who waits.
    pub fn new() -> Self {
        Self { shared: Arc::default(), worker: Mutex::new(None) }
    }

    /// Takes the newest frame of a stream, from its camera thread. Never waits for anybody's work.
    pub fn show(&self, stream: u32, run: u32, frame: Frame, frame_index: Option<u64>, load: Load) {
        let mut state = self.shared.lock();
        state.turns.observe(load, self.shared.now());
        let old = state.turns.show(stream, run, frame, frame_index);
        let is_wanted = state.turns.is_awaited(stream);
        drop(state);
        drop(old);
        if is_wanted {
            self.shared.wake.notify_one();
        }
    }

    /// Notes that a run begins: the frames that are there belong to one before.
    pub fn begin(&self) {
        self.shared.lock().turns.begin();
    }

    /// Notes that a stream's camera has stopped: its last frame stays to be looked at, in memory of its own, so that the pool
    /// can go.
    pub fn keep_last_frame(&self, stream: u32) {
        let Some(latest) = self.shared.lock().turns.latest(stream).cloned() else { return };
        let copied = latest.frame.as_ref().and_then(copy);
        let mut state = self.shared.lock();
        let old = match state.turns.latest_mut(stream) {
            Some(now) if now.sequence == latest.sequence => {
                now.age = Age::Ended;
                std::mem::replace(&mut now.frame, copied)
            }
            _ => None,
        };
        drop(state);
        drop((old, latest));
    }

    /// Asks for a picture of the newest frame after `after`. `done` is called from the worker, at once where there is such a
    /// frame. Without `after` the picture is of a run that goes on, unless the request says otherwise.
    pub fn next_picture(&self, request: PreviewRequest, after: Option<u64>, done: Callback<Picture>) {
        self.wait_for(request.stream, after, Look::Picture(request, done));
    }

    /// Asks for a picture as `next_picture` does, but a snap does not outlive its run: whoever ends the run takes it back by
    /// `take_snaps`.
    pub fn snap(&self, request: PreviewRequest, after: u64, done: Callback<Picture>) {
        self.wait_for(request.stream, Some(after), Look::Snap(request, done));
    }

    /// The snaps that found no frame before their run ended, to be answered in another way.
    pub fn take_snaps(&self) -> Vec<(PreviewRequest, Callback<Picture>)> {
        let snaps = self.shared.lock().turns.take_waiting(|look| matches!(look, Look::Snap(..)));
        let taken = snaps.into_iter().filter_map(|one| match one.wanted {
            Look::Snap(request, done) => Some((request, done)),
            _ => None,
        });
        taken.collect()
    }

    /// Asks for a copy of the newest frame after `after`; without `after` it is of no run before the last.
    pub fn next_frame(&self, stream: u32, after: Option<u64>, subscription: u32, done: Callback<ObservedFrame>) {
        self.wait_for(stream, after, Look::Frame { subscription, done });
    }

    /// The newest sequence number of a stream; 0: it has shown nothing yet.
    pub fn sequence(&self, stream: u32) -> u64 {
        self.shared.lock().turns.sequence(stream)
    }

    /// Pictures a second that are rendered at most while storage needs the computer; `None`: as many as a screen shows.
    pub fn limit_per_s(&self) -> Option<f64> {
        self.shared.lock().turns.limit_per_s()
    }

    /// Answers all who wait under this number that it was cancelled.
    pub fn cancel(&self, subscription: u32) {
        let cancelled = self.shared.lock().turns.take_waiting(|look| look.subscription() == subscription);
        for waiting in cancelled {
            waiting.wanted.refuse(ErrorCode::Cancelled, "The preview was cancelled.");
        }
    }

    /// Ends the worker. Whoever waits is refused, now and later.
    pub fn close(&self) {
        let waiting = {
            let mut state = self.shared.lock();
            state.closed = true;
            state.turns.close()
        };
        self.shared.wake.notify_all();
        for waiting in waiting {
            waiting.wanted.refuse(ErrorCode::Closed, "The runtime was closed.");
        }
        if let Some(worker) = self.worker().take() {
            let _ = worker.join();
        }
    }

    fn worker(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, stream: u32, after: Option<u64>, look: Look) {
        let mut state = self.shared.lock();
        if state.closed {
            drop(state);
            return look.refuse(ErrorCode::Closed, "The runtime was closed.");
        }
        state.turns.wait_for(stream, after, look);
        drop(state);
        self.shared.wake.notify_one();
        let mut worker = self.worker();
        if worker.is_none() {
            let shared = Arc::clone(&self.shared);
            *worker = thread::Builder::new().name("zarrcam preview".to_owned()).spawn(move || work(&shared)).ok();
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.close();
    }
}

fn copy(frame: &Frame) -> Option<Frame> {
    let mut buffer = FramePool::new(frame.buffer.len(), 1).ok()?.try_take()?;
    buffer.copy_from_slice(&frame.buffer);
    Some(Frame { buffer: buffer.freeze(), ..frame.clone() })
}
