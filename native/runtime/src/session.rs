//! All streams that run together, and the thread that watches over them.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zarrcam_acquisition::{LogLevel, RunSummary, RuntimeState, StopRequest};
use zarrcam_camera::Camera;
use zarrcam_storage::FrameSink;

use crate::preview::Preview;
use crate::signal::Signal;
use crate::stream::{StreamRun, run_camera, run_storage, storage_channel};

/// Statistics are sent so often.
const TICK: Duration = Duration::from_millis(250);

/// A run of all its streams: a recording, or a preview that records nothing.
pub struct Session {
    pub run_id: String,
    /// Counts the runs of this runtime.
    pub run_number: u32,
    pub records: bool,
    /// Whether the names count on at its end.
    pub next_names: bool,
    pub streams: Vec<Arc<StreamRun>>,
    pub signal: Arc<Signal>,
}

/// A stream's threads. The camera comes back when its thread ends.
pub struct StreamThreads {
    index: u32,
    camera: Option<JoinHandle<Box<dyn Camera>>>,
    storage: Option<JoinHandle<()>>,
}

impl Session {
    pub fn state(&self) -> RuntimeState {
        if self.records { RuntimeState::Running } else { RuntimeState::Previewing }
    }

    /// Asks it to end as `request` says.
    pub fn ask(&self, request: StopRequest) {
        if request != StopRequest::None {
            self.streams.iter().for_each(|stream| stream.ask(request));
        }
    }

    /// Whether a camera still captures frames for it, and nobody wants it to end.
    pub fn goes_on(&self) -> bool {
        self.streams.iter().any(|run| !run.capture_ends())
    }

    /// How the run ended, or how it stands.
    pub fn summary(&self) -> RunSummary {
        let streams: Vec<_> = self.streams.iter().map(|stream| stream.summary()).collect();
        let run_id = if self.records { self.run_id.clone() } else { String::new() };
        RunSummary::of(run_id, self.run_number, streams)
    }

    fn has_ended(&self) -> bool {
        self.streams.iter().all(|stream| stream.has_ended())
    }
}

impl StreamThreads {
    /// Storage first, so that the camera's first frame is awaited.
    pub fn start(
        run: &Arc<StreamRun>,
        camera: Box<dyn Camera>,
        sink: Option<Box<dyn FrameSink>>,
        preview: &Arc<Preview>,
    ) -> Self {
        let index = run.spec.index;
        // A run has one camera from its beginning to its end.
        let _ = run.camera_features.set(camera.features());
        let mut to_storage = None;
        let storage = sink.and_then(|sink| {
            let thread_run = Arc::clone(run);
            let (sender, receiver) = storage_channel(&run.pool);
            to_storage = Some(sender);
            let spawned = spawn(format!("storage {index}"), move || run_storage(&thread_run, sink, receiver));
            spawned.map_err(|error| run.storage_did_not_start(&error)).ok()
        });
        let thread_run = Arc::clone(run);
        let preview = Arc::clone(preview);
        let spawned = spawn(format!("camera {index}"), move || {
            let mut camera = camera;
            run_camera(&thread_run, camera.as_mut(), &preview, to_storage);
            camera
        });
        let camera = spawned.map_err(|error| run.camera_did_not_start(&error)).ok();
        Self { index, camera, storage }
    }

    /// Waits for both threads. `None`: the camera went down with its thread.
    pub fn join(self) -> (u32, Option<Box<dyn Camera>>) {
        if let Some(storage) = self.storage {
            let _ = storage.join();
        }
        (self.index, self.camera.and_then(|thread| thread.join().ok()))
    }
}

fn spawn<T: Send + 'static>(name: String, work: impl FnOnce() -> T + Send + 'static) -> std::io::Result<JoinHandle<T>> {
    thread::Builder::new().name(name).spawn(work)
}

/// What the watch over a session needs of the runtime.
pub trait Watcher {
    fn tick(&self, session: &Session);
    fn log(&self, level: LogLevel, stream: u32, message: String);
}

/// Ticks until every stream has ended.
pub fn watch(session: &Session, watcher: &impl Watcher) {
    let mut next_tick = Instant::now();
    let mut reported = vec![false; session.streams.len()];
    loop {
        for (stream, reported) in session.streams.iter().zip(&mut reported) {
            let said = stream.camera_features.get().map_or_else(Vec::new, |features| features.take_messages());
            for message in said {
                watcher.log(LogLevel::Warning, stream.spec.index, format!("{}: {message}", stream.spec.name));
            }
            if let Some(error) = stream.error().filter(|_| !*reported) {
                *reported = true;
                watcher.log(LogLevel::Error, stream.spec.index, format!("{}: {}", stream.spec.name, error.message));
            }
        }
        if session.has_ended() {
            return;
        }
        let now = Instant::now();
        if now >= next_tick {
            session.streams.iter().for_each(|stream| stream.measure());
            watcher.tick(session);
            next_tick = (next_tick + TICK).max(now);
        }
        session.signal.wait_timeout(next_tick.saturating_duration_since(Instant::now()));
    }
}
