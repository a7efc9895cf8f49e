//! From a document to cameras that run and stores that are open; a start that fails leaves nothing behind.

use std::sync::{Arc, mpsc};
use std::thread;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_acquisition::{Event, LogLevel, Published};
use zarrcam_camera::Camera;
use zarrcam_config::{Configuration, Problem, VideoStream, validate_cameras};
use zarrcam_frame::{FramePool, FrameQueue};
use zarrcam_storage::{FrameSink, SinkEvent, SinkSpec, open_sink};

use crate::checking::recording_problems;
use crate::error::{ErrorCode, RuntimeError};
use crate::recorded_settings;
use crate::run_id::new_run_id;
use crate::runtime::{Inner, now_unix_ms};
use crate::session::{Session, StreamThreads, watch};
use crate::signal::Signal;
use crate::stream::sizing::{mean_frames, pool_frames};
use crate::stream::{Destination, StreamRun, StreamSpec, sink_spec};
use crate::unwinding;

/// Where a stream's frames are stored; `None`: nowhere, in a preview.
type OpenSink = Option<Box<dyn FrameSink>>;

/// What the thread that watches over a run takes over when its cameras run.
type HandOver = mpsc::Sender<(Arc<Session>, Vec<StreamThreads>)>;

/// A preview needs a buffer to fill, and those that are looked at.
const PREVIEW_FRAMES: usize = 6;

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

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Started {
    pub run_id: String,
    /// Counts the runs of this runtime, previews included; pictures carry it.
    pub run_number: u32,
}

impl Inner {
    /// The activity is `Starting`. Afterwards the run is on, or nothing is left of it.
    pub fn start_prepared(self: &Arc<Self>, how: Start) -> Result<Started, RuntimeError> {
        let started = unwinding::or_error("The start", || self.prepare_and_launch(how));
        if let Err(error) = &started {
            let consequences = self.lock().activity.start_failed(error);
            consequences.carry_out();
        }
        started
    }

    fn prepare_and_launch(self: &Arc<Self>, how: Start) -> Result<Started, RuntimeError> {
        let (configuration, run_number) = {
            let mut state = self.lock();
            state.run_number += 1;
            (state.document.current().clone(), state.run_number)
        };
        self.check(&configuration, how.record)?;
        let started = Started { run_id: new_run_id(), run_number };
        let signal = Arc::new(Signal::default());
        let mut sinks = OpenSinks(Vec::new());
        let mut runs = Vec::new();
        for (index, video) in configuration.active_streams() {
            let (run, sink) = self.prepare(how, index, video, &started, &signal)?;
            runs.push(run);
            sinks.0.push(sink);
        }
        // All that may fail before the preview has to end.
        let hand_over = self.spawn_watch()?;
        let preview = self.lock().activity.session().cloned();
        self.end_preview(preview);
        let cameras = self.take_cameras(configuration.active_streams())?;
        let session = Arc::new(Session {
            run_id: started.run_id.clone(),
            run_number,
            records: how.record,
            next_names: how.next_names,
            streams: runs,
            signal,
        });
        self.launch(&session, cameras, sinks, &hand_over)?;
        Ok(started)
    }

    fn check(&self, configuration: &Configuration, record: bool) -> Result<(), RuntimeError> {
        if configuration.active_streams().next().is_none() {
            let message = "No stream is configured; choose a camera first.";
            return Err(RuntimeError::new(ErrorCode::NotConfigured, message));
        }
        if !record {
            // What was set may be gone since, a file that is to be played say.
            let mut problems = validate_cameras(configuration, &self.catalog());
            problems.retain(Problem::is_error);
            return if problems.is_empty() { Ok(()) } else { Err(RuntimeError::invalid(problems)) };
        }
        let problems = recording_problems(configuration, &self.catalog(), &self.names);
        if problems.iter().any(Problem::is_error) {
            return Err(RuntimeError::invalid(problems));
        }
        for problem in problems {
            self.log(LogLevel::Warning, None, problem.message);
        }
        Ok(())
    }

    /// Buffers and an open store: all that can fail before the camera runs.
    fn prepare(
        self: &Arc<Self>,
        Start { record, replace_foreign_files, .. }: Start,
        index: u32,
        video: &VideoStream,
        started: &Started,
        signal: &Arc<Signal>,
    ) -> Result<(Arc<StreamRun>, OpenSink), RuntimeError> {
        let meaning = video.resolve();
        let frame_bytes = meaning.camera_frame_bytes();
        let path = if record { self.names.path_of(video)? } else { None };
        let (pool, destination) = if record {
            let pool = FramePool::new(frame_bytes, pool_frames(frame_bytes, meaning.camera_frames()));
            let pool = pool.map_err(RuntimeError::no_memory)?;
            let means = meaning.mean_bytes().map(|bytes| FramePool::new(bytes, mean_frames(bytes)));
            let means = means.transpose().map_err(RuntimeError::no_memory)?;
            // A frame that is pushed holds a buffer, and skips go before a frame: the queue itself is never what is full.
            let queue = FrameQueue::new(2 * pool.capacity() + 4);
            (pool, Destination::Storage { queue, means })
        } else {
            let pool = FramePool::new(frame_bytes, PREVIEW_FRAMES).map_err(RuntimeError::no_memory)?;
            (pool, Destination::Preview)
        };
        let sink_spec = sink_spec(video, meaning.storage.clone(), path.clone(), &started.run_id);
        let sink_spec = SinkSpec { replace_foreign_files, ..sink_spec };
        let spec = StreamSpec {
            index,
            name: video.display_name(index as usize),
            video: video.clone(),
            run_id: started.run_id.clone(),
            run_number: started.run_number,
            started_unix_ms: now_unix_ms(),
            path,
            meaning,
        };
        let run = StreamRun::new(spec, pool, destination, Arc::clone(signal)).map_err(RuntimeError::no_memory)?;
        let run = Arc::new(run);
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
        let path = run.spec.path.as_deref();
        if let Some(Err(error)) = path.map(|path| recorded_settings::write(path, &run.spec.video)) {
            self.log(LogLevel::Warning, Some(index), format!("The settings are not kept with the data: {error}"));
        }
        Ok(sink)
    }

    /// The cameras of all streams, or none is taken.
    pub fn take_cameras<'a>(
        &self,
        streams: impl Iterator<Item = (u32, &'a VideoStream)>,
    ) -> Result<Vec<(u32, Box<dyn Camera>)>, RuntimeError> {
        let mut taken = Vec::new();
        for (index, video) in streams {
            match self.take_camera(index, video) {
                Ok(camera) => taken.push((index, camera)),
                Err(error) => {
                    let mut state = self.lock();
                    taken.into_iter().for_each(|(index, camera)| state.cameras.give_back(index, Some(camera)));
                    return Err(error.into());
                }
            }
        }
        Ok(taken)
    }

    fn launch(
        self: &Arc<Self>,
        session: &Arc<Session>,
        cameras: Vec<(u32, Box<dyn Camera>)>,
        mut sinks: OpenSinks,
        hand_over: &HandOver,
    ) -> Result<(), RuntimeError> {
        let request = {
            let mut state = self.lock();
            match state.activity.launch(session) {
                Ok(request) => {
                    self.preview.begin();
                    request
                }
                Err(error) => {
                    cameras.into_iter().for_each(|(index, camera)| state.cameras.give_back(index, Some(camera)));
                    return Err(error);
                }
            }
        };
        sinks.0.iter_mut().flatten().for_each(|sink| sink.begin());
        session.ask(request);
        self.emit_state();
        let parts = session.streams.iter().zip(cameras).zip(sinks.keep());
        let threads = parts.map(|((run, (_, camera)), sink)| StreamThreads::start(run, camera, sink, &self.preview));
        // Nobody but this sender can make the thread go before it has taken them.
        let _ = hand_over.send((Arc::clone(session), threads.collect()));
        Ok(())
    }

    /// The thread that will watch over the run. It goes when its sender does, where the start fails.
    fn spawn_watch(self: &Arc<Self>) -> Result<HandOver, RuntimeError> {
        let (hand_over, taken): (HandOver, _) = mpsc::channel();
        let inner = Arc::clone(self);
        let watch_over = move || {
            let Ok((session, threads)) = taken.recv() else { return };
            watch(&session, inner.as_ref());
            inner.end_session(&session, threads);
        };
        let spawned = thread::Builder::new().name("zarrcam run".to_owned()).spawn(watch_over);
        spawned.map_err(|error| RuntimeError::no_thread("the run", error))?;
        Ok(hand_over)
    }
}

/// A start that failed leaves nothing behind: what was just made is removed, and what it replaced is back.
struct OpenSinks(Vec<OpenSink>);

impl OpenSinks {
    /// The start did not fail.
    fn keep(mut self) -> Vec<OpenSink> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for OpenSinks {
    fn drop(&mut self) {
        std::mem::take(&mut self.0).into_iter().flatten().for_each(|sink| sink.cancel());
    }
}
