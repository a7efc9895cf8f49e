//! From a document to cameras that run and stores that are open; a start that fails leaves nothing behind.

use std::sync::{Arc, mpsc};
use std::thread;

use zarrcam_acquisition::LogLevel;
use zarrcam_camera::Camera;
use zarrcam_config::{Configuration, Problem, StorageFormat, VideoStream, storage_device};

use crate::catch_panic::catch_panic;
use crate::checking::checker;
use crate::error::{ErrorCode, RuntimeError};
use crate::preparing::OpenSinks;
use crate::run_id::new_run_id;
use crate::runtime::Inner;
use crate::session::{Session, StreamThreads, watch};
use crate::signal::Signal;
use crate::start::{StartOptions, Started};

/// A camera that is away from its stream, whose index in `video` comes first.
pub type TakenCamera = (u32, Box<dyn Camera>);

/// Whether its frames are to be kept, wherever that is.
pub fn is_saved(video: &VideoStream) -> bool {
    storage_device(video.storage_name()).is_some_and(|device| device.format != StorageFormat::Trash)
}

/// What the thread that watches over a run takes over when its cameras run.
type HandOver = mpsc::Sender<(Arc<Session>, Vec<StreamThreads>)>;

impl Inner {
    /// The activity is `Starting`. Afterwards the run is on, or nothing is left of it.
    pub fn start_prepared(self: &Arc<Self>, options: StartOptions) -> Result<Started, RuntimeError> {
        let started = catch_panic("The start", || self.prepare_and_launch(options));
        if let Err(error) = &started {
            let consequences = self.lock().activity.start_failed(error);
            consequences.carry_out();
        }
        started
    }

    fn prepare_and_launch(self: &Arc<Self>, options: StartOptions) -> Result<Started, RuntimeError> {
        let (configuration, run_number) = {
            let mut state = self.lock();
            state.run_number += 1;
            (state.document.current().clone(), state.run_number)
        };
        self.check(&configuration, options)?;
        let started = Started { run_id: new_run_id(), run_number };
        let signal = Arc::new(Signal::default());
        let mut sinks = OpenSinks::default();
        let mut runs = Vec::new();
        for (index, video) in configuration.active_streams() {
            let (run, sink) = self.prepare(options, index, video, &started, &signal)?;
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
            records: options.record,
            next_names: options.next_names,
            streams: runs,
            signal,
        });
        self.launch(&session, cameras, sinks, &hand_over)?;
        Ok(started)
    }

    fn check(
        &self,
        configuration: &Configuration,
        StartOptions { record, store_here, .. }: StartOptions,
    ) -> Result<(), RuntimeError> {
        if configuration.active_streams().next().is_none() {
            let message = "No stream is configured; choose a camera first.";
            return Err(RuntimeError::new(ErrorCode::NotConfigured, message));
        }
        if !record {
            let problems = checker(&self.catalog(), None).camera_problems(configuration);
            return if problems.is_empty() { Ok(()) } else { Err(RuntimeError::invalid(problems)) };
        }
        let problems = checker(&self.catalog(), store_here.then_some(&self.names)).recording_problems(configuration);
        if problems.iter().any(Problem::is_error) {
            return Err(RuntimeError::invalid(problems));
        }
        if !store_here {
            self.check_clients_store(configuration)?;
        }
        for problem in problems {
            self.log(LogLevel::Warning, None, problem.message);
        }
        Ok(())
    }

    /// What is not stored here is stored by somebody who has asked for it.
    fn check_clients_store(&self, configuration: &Configuration) -> Result<(), RuntimeError> {
        let waited_for = self.frame_waiters.streams();
        let mut saved = configuration.active_streams().filter(|(_, video)| is_saved(video));
        match saved.find(|(index, _)| !waited_for.contains(index)) {
            None => Ok(()),
            Some((index, video)) => {
                let name = video.display_name(index as usize);
                let message = format!(
                    "Nothing is to be stored on this computer, and nobody has asked for the frames of {name}: they would be lost. Ask \
                     for /streams/{index}/frames?run=next first, or store the run here."
                );
                Err(RuntimeError::new(ErrorCode::InvalidParams, message).at("store_here"))
            }
        }
    }

    /// The cameras of all streams, or none is taken.
    pub fn take_cameras<'a>(
        &self,
        streams: impl Iterator<Item = (u32, &'a VideoStream)>,
    ) -> Result<Vec<TakenCamera>, RuntimeError> {
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
        cameras: Vec<TakenCamera>,
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
        self.give_frames_to_waiters(session);
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
