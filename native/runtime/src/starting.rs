//! From a document to cameras that run and stores that are open; a start that fails leaves nothing behind.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use zarrcam_acquisition::{Event, LogLevel, Published, StopRequest};
use zarrcam_camera::Camera;
use zarrcam_config::{Problem, ResolvedStorage, VideoStream, validate_cameras};
use zarrcam_frame::{FramePool, FrameQueue};
use zarrcam_storage::{FrameSink, SinkEvent, SinkSpec, open_sink};

use crate::checking::all_problems;
use crate::error::{ErrorCode, RuntimeError};
use crate::kept::keep;
use crate::running::Start;
use crate::runtime::{Inner, Started, now_unix_ms};
use crate::session::{Session, StreamThreads, watch};
use crate::signal::Signal;
use crate::stream::sizing::{mean_frames, pool_frames};
use crate::stream::{Destination, StreamRun, StreamSpec};

/// Where a stream's frames are stored; `None`: nowhere, in a preview.
type OpenSink = Option<Box<dyn FrameSink>>;

/// A preview needs a buffer to fill, and those that are looked at.
const PREVIEW_FRAMES: usize = 6;

impl Inner {
    pub(crate) fn start(self: &Arc<Self>, how: Start) -> Result<Started, RuntimeError> {
        let record = how.record;
        let (configuration, run_number) = {
            let mut state = self.lock();
            state.run_number += 1;
            (state.document.current().clone(), state.run_number)
        };
        let active: Vec<(u32, VideoStream)> = (0..)
            .zip(&configuration.video)
            .filter(|(_, video)| video.is_active())
            .map(|(index, video)| (index, video.clone()))
            .collect();
        if active.is_empty() {
            let message = "No stream is configured; choose a camera first.";
            return Err(RuntimeError::new(ErrorCode::NotConfigured, message));
        }
        if record {
            let problems = all_problems(&configuration, &self.catalog(), &self.names);
            if problems.iter().any(Problem::is_error) {
                return Err(RuntimeError::invalid(problems));
            }
            for problem in problems {
                self.log(LogLevel::Warning, None, problem.message);
            }
        } else {
            // What was set may be gone since, a file that is to be played say.
            let mut problems = validate_cameras(&configuration, &self.catalog());
            problems.retain(Problem::is_error);
            if !problems.is_empty() {
                return Err(RuntimeError::invalid(problems));
            }
        }
        let run_id = new_run_id();
        let signal = Arc::new(Signal::default());
        let mut runs = Vec::new();
        let mut sinks: Vec<OpenSink> = Vec::new();
        for (index, video) in active {
            let prepared = self.prepare(how, index, video, &run_id, run_number, &signal);
            match prepared {
                Ok((run, sink)) => {
                    runs.push(run);
                    sinks.push(sink);
                }
                Err(error) => {
                    self.undo(sinks);
                    return Err(error);
                }
            }
        }
        self.end_preview();
        let wanted = runs.iter().map(|run| (run.spec.index, &run.spec.video));
        let cameras = match self.take_cameras(wanted) {
            Ok(cameras) => cameras,
            Err(error) => {
                self.undo(sinks);
                return Err(error);
            }
        };
        sinks.iter_mut().flatten().for_each(|sink| sink.begin());
        let started = Started { run_id: run_id.clone(), run_number };
        let session =
            Session { run_id, run_number, records: record, next_names: how.next_names, streams: runs, signal };
        self.launch(Arc::new(session), cameras, sinks)?;
        Ok(started)
    }

    /// What was asked of the run that did not come goes to the preview that is still on; else nothing is left to wait for.
    pub(crate) fn start_failed(&self, error: &RuntimeError) {
        let mut state = self.lock();
        let asked = state.starting.take().unwrap_or_default();
        if let Some(session) = state.session.clone() {
            drop(state);
            if asked != StopRequest::None {
                session.ask(asked);
            }
            return;
        }
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for done in waiting {
            done(Err(error.clone()));
        }
    }

    /// Buffers and an open store: all that can fail before the camera runs.
    fn prepare(
        self: &Arc<Self>,
        Start { record, replace_foreign_files, .. }: Start,
        index: u32,
        video: VideoStream,
        run_id: &str,
        run_number: u32,
        signal: &Arc<Signal>,
    ) -> Result<(Arc<StreamRun>, OpenSink), RuntimeError> {
        let meaning = video.resolve();
        let frame_bytes = meaning.camera_frame_bytes();
        let name = video.display_name(index as usize);
        let no_memory = |error: zarrcam_frame::FrameError| RuntimeError::new(ErrorCode::Storage, error.to_string());
        let path = if record { self.path_of(&video)? } else { None };
        let (pool, destination) = if record {
            let pool =
                FramePool::new(frame_bytes, pool_frames(frame_bytes, meaning.camera_frames())).map_err(no_memory)?;
            let means = meaning.mean_bytes().map(|bytes| FramePool::new(bytes, mean_frames(bytes)));
            let means = means.transpose().map_err(no_memory)?;
            // A frame that is pushed holds a buffer, and skips go before a frame: the queue itself is never what is full.
            let queue = FrameQueue::new(2 * pool.capacity() + 4);
            (pool, Destination::Storage { queue, means })
        } else {
            (FramePool::new(frame_bytes, PREVIEW_FRAMES).map_err(no_memory)?, Destination::Preview)
        };
        let sink_spec = sink_spec(&video, meaning.storage.clone(), path.clone(), run_id);
        let sink_spec = SinkSpec { replace_foreign_files, ..sink_spec };
        let spec = StreamSpec {
            index,
            name,
            video,
            run_id: run_id.to_owned(),
            run_number,
            started_unix_ms: now_unix_ms(),
            path,
            meaning,
        };
        let run = Arc::new(StreamRun::new(spec, pool, destination, Arc::clone(signal)).map_err(no_memory)?);
        let sink = if record { Some(self.open(&run, sink_spec)?) } else { None };
        Ok((run, sink))
    }

    fn open(self: &Arc<Self>, run: &Arc<StreamRun>, spec: SinkSpec) -> Result<Box<dyn FrameSink>, RuntimeError> {
        let index = run.spec.index;
        let dataset = run.spec.path.as_ref().map_or_else(String::new, |path| self.names.dataset_name(path));
        let weak_run = Arc::downgrade(run);
        let inner = Arc::clone(self);
        let events = Arc::new(move |event: SinkEvent| {
            let Some(run) = weak_run.upgrade() else { return };
            run.take(&event);
            match event {
                SinkEvent::Published { frames_stored, shape } => inner.emit(Event::Published(Published {
                    stream: index,
                    dataset: dataset.clone(),
                    run: run.spec.run_id.clone(),
                    run_number: run.spec.run_number,
                    frames_stored,
                    shape,
                })),
                SinkEvent::Warning(message) => inner.log(LogLevel::Warning, Some(index), message),
                SinkEvent::Stored { .. } | SinkEvent::Lost { .. } | SinkEvent::Failed(_) => {}
            }
        });
        let sink = open_sink(spec, events).map_err(RuntimeError::from);
        let sink = sink.map_err(|error| error.at(format!("video[{index}].storage.settings.uri")))?;
        if let Some(Err(error)) = run.spec.path.as_deref().map(|path| keep(path, &run.spec.video)) {
            self.log(LogLevel::Warning, Some(index), format!("The settings are not kept with the data: {error}"));
        }
        Ok(sink)
    }

    /// A start that failed leaves nothing behind: what was just made is removed, and what it replaced is back.
    fn undo(&self, sinks: Vec<OpenSink>) {
        sinks.into_iter().flatten().for_each(|sink| sink.cancel());
    }

    pub(crate) fn path_of(&self, video: &VideoStream) -> Result<Option<PathBuf>, RuntimeError> {
        let device = video.storage.identifier.as_ref().map_or("", |identifier| &identifier.name);
        if !zarrcam_config::storage_capabilities(device).is_some_and(|can| can.needs_uri) {
            return Ok(None);
        }
        let uri = video.storage.settings.uri.as_deref().unwrap_or_default();
        self.names.resolve(uri).map(Some).map_err(|bad| RuntimeError::new(ErrorCode::InvalidConfiguration, bad.0))
    }

    pub(crate) fn take_cameras<'a>(
        &self,
        wanted: impl Iterator<Item = (u32, &'a VideoStream)>,
    ) -> Result<Vec<Box<dyn Camera>>, RuntimeError> {
        let mut cameras = Vec::new();
        for (stream, video) in wanted {
            match self.take_camera(stream, video) {
                Ok(camera) => cameras.push((stream, camera)),
                Err(error) => {
                    let mut state = self.lock();
                    cameras.into_iter().for_each(|(stream, camera)| state.cameras.give_back(stream, Some(camera)));
                    return Err(error.into());
                }
            }
        }
        Ok(cameras.into_iter().map(|(_, camera)| camera).collect())
    }

    fn launch(
        self: &Arc<Self>,
        session: Arc<Session>,
        cameras: Vec<Box<dyn Camera>>,
        sinks: Vec<OpenSink>,
    ) -> Result<(), RuntimeError> {
        let asked = {
            let mut state = self.lock();
            state.session = Some(Arc::clone(&session));
            self.preview.begin();
            state.unreported = None;
            state.starting.take().unwrap_or_default()
        };
        if asked != StopRequest::None {
            session.ask(asked);
        }
        self.emit_state();
        let parts = session.streams.iter().zip(cameras).zip(sinks);
        let threads: Vec<StreamThreads> =
            parts.map(|((run, camera), sink)| StreamThreads::start(run, camera, sink, &self.preview)).collect();
        let inner = Arc::clone(self);
        let watched = Arc::clone(&session);
        let spawned = thread::Builder::new().name("zarrcam run".to_owned()).spawn(move || {
            watch(&watched, inner.as_ref());
            inner.session_ended(&watched, threads);
        });
        spawned.map(|_| ()).map_err(|error| {
            session.ask(StopRequest::Now);
            RuntimeError::new(ErrorCode::Camera, format!("no thread for the run: {error}"))
        })
    }
}

/// What a stream's storage must know; `path`: where it writes.
pub(crate) fn sink_spec(
    video: &VideoStream,
    storage: ResolvedStorage,
    path: Option<PathBuf>,
    run_id: &str,
) -> SinkSpec {
    let camera = video.camera.identifier.as_ref();
    SinkSpec {
        path,
        storage,
        run_id: run_id.to_owned(),
        camera_name: camera.map_or_else(String::new, |identifier| identifier.name.clone()),
        camera: video.camera.settings.clone(),
        replace_foreign_files: false,
    }
}

/// Unlike any other on this machine: the clock, and a count in case it stands still.
pub(crate) fn new_run_id() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    let count = RUNS.fetch_add(1, Ordering::Relaxed) ^ std::process::id().wrapping_mul(0x9e37_79b9);
    format!("{nanoseconds:016x}{count:08x}")
}
