use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zarrcam_frame::{Frame, FramePool};

use super::message::{Caption, encode};
use super::pace::{Load, Pace};
use super::painter::Painter;
use super::request::PreviewRequest;
use crate::error::{ErrorCode, RuntimeError};

/// How far the worker steps back behind camera and storage threads.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// An encoded preview message.
#[derive(Clone, Debug)]
pub struct Picture {
    pub data: Vec<u8>,
    /// Counts the frames of the stream that went past; what the next request takes as `after`.
    pub sequence: u64,
}

/// A whole frame, copied for an observer.
#[derive(Clone, Debug)]
pub struct ObservedFrame {
    pub data: Vec<u8>,
    pub sequence: u64,
    pub skipped: u64,
    pub place: Option<u64>,
    pub run: u32,
    pub width: u32,
    pub height: u32,
    pub pixel_type: zarrcam_frame::PixelType,
    pub stamp: zarrcam_frame::FrameStamp,
}

type Done<T> = Box<dyn FnOnce(Result<T, RuntimeError>) + Send>;

/// The newest frame of each stream, and who waits for it.
///
/// A camera thread only puts a frame down: it never waits for who looks, and at most two buffers of its pool are held
/// here (the newest, and the one being painted). Who is too slow misses frames, and is told how many.
pub struct Preview {
    shared: Arc<Shared>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    streams: HashMap<u32, Latest>,
    waiting: Vec<Waiting>,
    pace: Pace,
    closed: bool,
}

#[derive(Clone)]
struct Latest {
    frame: Option<Frame>,
    place: Option<u64>,
    run: u32,
    sequence: u64,
    /// Who wants the same once more costs little.
    painted: bool,
    age: Age,
}

/// Where a frame stands in the course of runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    /// Its camera runs.
    Live,
    /// Its run has ended, or there was none.
    Ended,
    /// Another run has begun since.
    Old,
}

struct Waiting {
    stream: u32,
    after: Option<u64>,
    /// What was the newest when the wait began: all that came since is new to it, however short its run was.
    since: u64,
    want: Want,
}

enum Want {
    Picture(PreviewRequest, Done<Picture>),
    Frame { subscription: u32, done: Done<ObservedFrame> },
}

impl Want {
    fn subscription(&self) -> u32 {
        match self {
            Self::Picture(request, _) => request.subscription,
            Self::Frame { subscription, .. } => *subscription,
        }
    }

    /// Whoever asks for one picture, for whole frames or for another size is answered at once; what goes on takes its turn.
    fn takes_turns(&self) -> bool {
        matches!(self, Self::Picture(request, _) if !request.full)
    }

    /// May this frame be the first that is seen?
    fn begins_with(&self, age: Age) -> bool {
        match self {
            Self::Picture(request, _) => age == Age::Live || request.ended_run && age == Age::Ended,
            Self::Frame { .. } => age != Age::Old,
        }
    }

    fn refuse(self, code: ErrorCode, message: &str) {
        let error = RuntimeError::new(code, message);
        match self {
            Self::Picture(_, done) => done(Err(error)),
            Self::Frame { done, .. } => done(Err(error)),
        }
    }
}

impl Shared {
    /// Nothing under the lock can be left half done, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Preview {
    pub fn new() -> Self {
        Self { shared: Arc::default(), worker: Mutex::new(None) }
    }

    /// From a camera thread: `frame` is the newest of its stream. Never waits for anybody's work.
    pub fn show(&self, stream: u32, run: u32, frame: Frame, place: Option<u64>, load: Load) {
        let mut state = self.shared.lock();
        state.pace.feel(load, Instant::now());
        let sequence = state.streams.get(&stream).map_or(0, |latest| latest.sequence) + 1;
        // A snap is of no run.
        let age = if run == 0 { Age::Ended } else { Age::Live };
        let latest = Latest { frame: Some(frame), place, run, sequence, painted: false, age };
        let old = state.streams.insert(stream, latest);
        let wanted = state.waiting.iter().any(|waiting| waiting.stream == stream);
        drop(state);
        drop(old);
        if wanted {
            self.shared.wake.notify_one();
        }
    }

    /// A run begins: what is there belongs to one before.
    pub fn begin(&self) {
        self.shared.lock().streams.values_mut().for_each(|latest| latest.age = Age::Old);
    }

    /// A stream's camera has stopped: its last frame stays to be looked at, in memory of its own, so that the pool can go.
    pub fn settle(&self, stream: u32) {
        let Some(latest) = self.shared.lock().streams.get(&stream).cloned() else { return };
        let copied = latest.frame.as_ref().and_then(copy);
        let mut state = self.shared.lock();
        let old = match state.streams.get_mut(&stream) {
            Some(now) if now.sequence == latest.sequence => {
                now.age = Age::Ended;
                std::mem::replace(&mut now.frame, copied)
            }
            _ => None,
        };
        drop(state);
        drop((old, latest));
    }

    /// `done` is called from the worker with the newest frame after `after`, at once where there is one. Without `after`
    /// a picture is of a run that goes on, unless the request says otherwise, and a whole frame of no run before the last.
    pub fn next_picture(&self, request: PreviewRequest, after: Option<u64>, done: Done<Picture>) {
        self.wait_for(Waiting { stream: request.stream, after, since: 0, want: Want::Picture(request, done) });
    }

    pub fn next_frame(&self, stream: u32, after: Option<u64>, subscription: u32, done: Done<ObservedFrame>) {
        self.wait_for(Waiting { stream, after, since: 0, want: Want::Frame { subscription, done } });
    }

    /// The newest sequence number of a stream; 0: it has shown nothing yet.
    pub fn sequence(&self, stream: u32) -> u64 {
        self.shared.lock().streams.get(&stream).map_or(0, |latest| latest.sequence)
    }

    /// Pictures a second that are painted at most while storage needs the computer; `None`: as many as a screen shows.
    pub fn held_to(&self) -> Option<f64> {
        self.shared.lock().pace.held_to()
    }

    pub fn cancel(&self, subscription: u32) {
        let cancelled: Vec<Waiting> = {
            let mut state = self.shared.lock();
            let of_it = |waiting: &mut Waiting| waiting.want.subscription() == subscription;
            state.waiting.extract_if(.., of_it).collect()
        };
        for waiting in cancelled {
            waiting.want.refuse(ErrorCode::Cancelled, "The preview was cancelled.");
        }
    }

    /// Ends the worker; who waits is refused, now and later.
    pub fn close(&self) {
        let waiting = {
            let mut state = self.shared.lock();
            state.closed = true;
            state.streams.clear();
            std::mem::take(&mut state.waiting)
        };
        self.shared.wake.notify_all();
        for waiting in waiting {
            waiting.want.refuse(ErrorCode::Closed, "The runtime was closed.");
        }
        if let Some(worker) = self.worker().take() {
            let _ = worker.join();
        }
    }

    fn worker(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, mut waiting: Waiting) {
        let mut state = self.shared.lock();
        waiting.since = state.streams.get(&waiting.stream).map_or(0, |latest| latest.sequence);
        if state.closed {
            drop(state);
            return waiting.want.refuse(ErrorCode::Closed, "The runtime was closed.");
        }
        state.waiting.push(waiting);
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

fn work(shared: &Shared) {
    step_back();
    let mut painters = HashMap::<u32, Painter>::new();
    while let Some((stream, latest, frame, waiting)) = next_work(shared) {
        let painter = painters.entry(stream).or_default();
        for Waiting { after, want, .. } in waiting {
            let skipped = after.map_or(0, |after| latest.sequence.saturating_sub(after.saturating_add(1)));
            match want {
                Want::Picture(request, done) => {
                    let view = request.view(frame.width, frame.height);
                    let painting = painter.paint(&frame, latest.sequence, view);
                    let subscription = request.subscription;
                    let caption =
                        Caption { frame: &frame, place: latest.place, run: latest.run, stream, subscription, skipped };
                    let data = encode(&caption, &view, &painting);
                    done(Ok(Picture { data, sequence: latest.sequence }));
                }
                Want::Frame { done, .. } => done(Ok(ObservedFrame {
                    data: frame.buffer.to_vec(),
                    sequence: latest.sequence,
                    skipped,
                    place: latest.place,
                    run: latest.run,
                    width: frame.width,
                    height: frame.height,
                    pixel_type: frame.pixel_type,
                    stamp: frame.stamp,
                })),
            }
        }
    }
}

/// Waits for a stream whose newest frame somebody wants and may have now; takes everybody who may. `None`: closed.
fn next_work(shared: &Shared) -> Option<(u32, Latest, Frame, Vec<Waiting>)> {
    let mut state = shared.lock();
    loop {
        if state.closed {
            return None;
        }
        let now = Instant::now();
        let State { streams, waiting, pace, .. } = &mut *state;
        // `None`: there is no frame for it yet.
        let wait_of = |pace: &Pace, waiting: &Waiting| {
            let latest = streams.get(&waiting.stream).filter(|latest| latest.frame.is_some())?;
            match waiting.after {
                None if latest.sequence > waiting.since || waiting.want.begins_with(latest.age) => Some(Duration::ZERO),
                None => None,
                Some(after) if latest.sequence <= after => None,
                Some(_) if latest.painted || !waiting.want.takes_turns() => Some(Duration::ZERO),
                Some(_) => Some(pace.wait(waiting.stream, now)),
            }
        };
        // Of those that may go now the one that has waited longest: no stream stands behind another for ever.
        let soonest =
            waiting.iter().filter_map(|one| Some((wait_of(pace, one)?, one.stream))).min_by_key(|(wait, _)| *wait);
        state = match soonest {
            None => shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some((Duration::ZERO, stream)) => {
                let is_ready = |one: &mut Waiting| one.stream == stream && wait_of(pace, one) == Some(Duration::ZERO);
                let ready: Vec<Waiting> = waiting.extract_if(.., is_ready).collect();
                let latest = streams.get_mut(&stream)?;
                if !latest.painted && ready.iter().any(|one| matches!(one.want, Want::Picture(..))) {
                    latest.painted = true;
                    pace.painted(stream, now);
                }
                let frame = latest.frame.clone()?;
                return Some((stream, latest.clone(), frame, ready));
            }
            Some((wait, _)) => shared.wake.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
        };
    }
}

/// Looking at frames takes only the time that capture and storage leave.
fn step_back() {
    #[cfg(target_os = "linux")]
    // Of this thread alone: on Linux a thread's id is a process id to the scheduler. Refusal changes only the order.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
}
