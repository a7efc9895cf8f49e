use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_acquisition::{
    ConfigurationChange, Event, LeftOut, LogEntry, LogLevel, LossPage, RunSummary, RuntimeState, SpeedReport,
    StateChange, Stats, StopRequest,
};
use zarrcam_camera::{CameraControl, Drivers};
use zarrcam_config::{
    Capabilities, Configuration, DeviceCatalog, DeviceIdentifier, DeviceInfo, DeviceKind, Range, StreamCapabilities,
};
use zarrcam_storage::LiveDatasets;

use crate::devices::{self, ConfiguredCameras, Devices};
use crate::error::{ErrorCode, RuntimeError};
use crate::names::NameSpace;
use crate::preview::{ObservedFrame, Picture, Preview, PreviewRequest};
use crate::revisions::Revisions;
use crate::session::Session;
use crate::speed::{Measuring, sweep_below};

pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;
/// Called once, from a thread of the runtime; must not wait.
pub type Done<T> = Box<dyn FnOnce(Result<T, RuntimeError>) + Send>;

/// A page of losses in the statistics holds so many runs; `losses` has the rest.
const LOSSES_IN_STATS: u64 = 1000;

/// Pulses that no frame has used yet: whoever sends more is not waiting for frames.
const MAX_PENDING_TRIGGERS: u64 = 100_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeOptions {
    /// Names resolve under it and may not leave it. `None`: they resolve under `working_dir` and may lead anywhere.
    pub data_dir: Option<PathBuf>,
    /// `None`: the process's.
    pub working_dir: Option<PathBuf>,
    /// For a page: it begins with a configuration that could record at once.
    pub set_up: bool,
}

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Started {
    pub run_id: String,
    /// Counts the runs of this runtime, previews included; pictures carry it.
    pub run_number: u32,
}

/// The configuration in force.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AppliedConfiguration {
    pub configuration: Configuration,
    #[ts(type = "number")]
    pub revision: u64,
}

/// Cameras, their configuration, and the run that goes on. A clone is the same runtime.
///
/// `set_configuration`, `start`, `validate`, `snap` and `measure_speed` may take a while (devices, disks): call them from a thread that
/// may wait. All else answers at once, or calls back.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub names: NameSpace,
    pub devices: Devices,
    pub preview: Arc<Preview>,
    /// Datasets that are being read.
    pub live: LiveDatasets,
    /// Of the last list of datasets.
    pub left_out: Mutex<Option<Vec<LeftOut>>>,
    events: EventSink,
    /// Held by calls that may not overlap, for as long as they take: `set_configuration`, `start`, `snap`,
    /// `measure_speed`, `close`.
    turn: Mutex<()>,
    /// Who waits for the turn.
    turn_wanted: AtomicUsize,
    state: Mutex<State>,
    /// A session has ended.
    pub settled: Condvar,
}

pub(crate) struct State {
    pub document: Revisions,
    pub cameras: ConfiguredCameras,
    pub session: Option<Arc<Session>>,
    pub last: Option<Arc<Session>>,
    /// A start is under way; what was asked meanwhile holds for the run that comes of it.
    pub starting: Option<StopRequest>,
    /// How often stop, abort and give-up were said.
    pub ends_asked: u64,
    /// Stops a snap's camera.
    pub snapping: Option<(u32, CameraControl)>,
    /// Cameras and storage are being timed. Whoever wants the turn ends it.
    pub measuring: Option<Measuring>,
    pub speed: Option<SpeedReport>,
    /// Who waits for the session's end.
    pub waiting: Vec<Done<RunSummary>>,
    /// A run failed when nobody waited: the next `stop` says so.
    pub unreported: Option<RuntimeError>,
    pub run_number: u32,
    pub closed: bool,
}

impl Runtime {
    /// `drivers`: where its cameras come from; [`Drivers::built_in`] has those that need no hardware.
    pub fn new(options: RuntimeOptions, drivers: Drivers, events: EventSink) -> Self {
        let working_dir = options.working_dir.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        let names = match options.data_dir {
            Some(data_dir) => NameSpace { base: working_dir.join(data_dir), confined: true },
            None => NameSpace { base: working_dir, confined: false },
        };
        let state = State {
            document: Revisions::new(),
            cameras: ConfiguredCameras::default(),
            session: None,
            last: None,
            starting: None,
            ends_asked: 0,
            snapping: None,
            measuring: None,
            speed: None,
            waiting: Vec::new(),
            unreported: None,
            run_number: 0,
            closed: false,
        };
        let inner = Inner {
            names,
            devices: Devices::new(drivers),
            preview: Arc::new(Preview::new()),
            live: LiveDatasets::new(),
            left_out: Mutex::default(),
            events,
            turn: Mutex::new(()),
            turn_wanted: AtomicUsize::new(0),
            state: Mutex::new(state),
            settled: Condvar::new(),
        };
        if inner.names.confined {
            sweep_below(&inner.names.base);
        }
        let runtime = Self { inner: Arc::new(inner) };
        if options.set_up {
            runtime.set_up_defaults();
        }
        runtime
    }

    pub fn devices(&self) -> Vec<DeviceInfo> {
        self.inner.devices.list()
    }

    /// Acquire's `select`: `name` is a regular expression that must match the whole name; none: the first of the kind.
    pub fn select(&self, kind: DeviceKind, name: Option<&str>) -> Result<Option<DeviceIdentifier>, RuntimeError> {
        devices::select(&self.inner.devices.list(), kind, name)
    }

    pub fn select_one_of(&self, kind: DeviceKind, names: &[String]) -> Result<Option<DeviceIdentifier>, RuntimeError> {
        devices::select_one_of(&self.inner.devices.list(), kind, names)
    }

    pub fn configuration(&self) -> AppliedConfiguration {
        self.inner.lock().applied_configuration()
    }

    pub fn state(&self) -> RuntimeState {
        self.inner.lock().runtime_state()
    }

    pub fn capabilities(&self) -> Capabilities {
        let configuration = self.inner.lock().document.current().clone();
        let catalog = self.inner.catalog();
        let range = |high: f64| Range { low: 0.0, high, step: 1.0, writable: true };
        let name = |identifier: &Option<DeviceIdentifier>| {
            identifier.as_ref().filter(|identifier| !identifier.is_none()).map(|identifier| identifier.name.clone())
        };
        let of_stream = |video: &zarrcam_config::VideoStream| StreamCapabilities {
            camera: name(&video.camera.identifier).and_then(|name| catalog.camera(&name, &video.camera.settings)),
            storage: name(&video.storage.identifier).and_then(|name| catalog.storage(&name)),
            max_frame_count: range(u64::MAX as f64),
            frame_average_count: range(f64::from(u32::MAX)),
        };
        Capabilities { video: configuration.video.iter().map(of_stream).collect() }
    }

    /// Of the run that goes on, or of the last one.
    pub fn stats(&self) -> Stats {
        self.inner.stats(None)
    }

    pub fn losses(&self, stream: u32, from: u64, count: u64) -> Result<LossPage, RuntimeError> {
        let state = self.inner.lock();
        let session = state.session.as_ref().or(state.last.as_ref());
        let run = session.and_then(|session| session.streams.iter().find(|run| run.spec.index == stream));
        match run {
            Some(run) => Ok(run.losses(from, count)),
            None => state.stream(stream).map(|_| LossPage { from, ..LossPage::default() }),
        }
    }

    /// One pulse on the camera's line `software`. An error where no camera would take it.
    pub fn execute_trigger(&self, stream: u32) -> Result<(), RuntimeError> {
        let state = self.inner.lock();
        let video = state.stream(stream)?;
        let triggers = &video.camera.settings.input_triggers;
        if !(triggers.frame_start.enable || triggers.acquisition_start.enable || triggers.exposure.enable) {
            return Err(RuntimeError::new(
                ErrorCode::TriggerRefused,
                "No input trigger of this camera is enabled; enable frame_start to take a frame with each trigger.",
            )
            .at(format!("video[{stream}].camera.settings.input_triggers")));
        }
        let not_running = || RuntimeError::new(ErrorCode::NotRunning, "The camera is not running; start it first.");
        let session = state.session.as_ref().ok_or_else(not_running)?;
        let run = session.streams.iter().find(|run| run.spec.index == stream).ok_or_else(not_running)?;
        if !run.is_capturing() {
            return Err(RuntimeError::new(ErrorCode::TriggerRefused, "The camera has taken all frames of this run."));
        }
        if run.control.pending_triggers() >= MAX_PENDING_TRIGGERS {
            let message = format!("{MAX_PENDING_TRIGGERS} triggers wait for their frames already.");
            return Err(RuntimeError::new(ErrorCode::TriggerRefused, message));
        }
        run.control.trigger();
        Ok(())
    }

    /// The next picture of a stream, from the preview's own thread.
    pub fn next_preview(&self, request: PreviewRequest, after: Option<u64>, done: Done<Picture>) {
        let known = self.inner.lock().stream(request.stream).map(|_| ());
        match known {
            Ok(()) => self.inner.preview.next_picture(request, after, done),
            Err(error) => done(Err(error)),
        }
    }

    pub fn cancel_previews(&self, subscription: u32) {
        self.inner.preview.cancel(subscription);
    }

    /// The newest whole frame after `after`, copied: an observer holds no buffer, however slow it is.
    /// `cancel_previews` with its `subscription` ends the wait.
    pub fn next_frame(&self, stream: u32, after: Option<u64>, subscription: u32, done: Done<ObservedFrame>) {
        let known = self.inner.lock().stream(stream).map(|_| ());
        match known {
            Ok(()) => self.inner.preview.next_frame(stream, after, subscription, done),
            Err(error) => done(Err(error)),
        }
    }
}

impl Inner {
    /// The state is replaced piece by piece by assignments that cannot fail, so poison says nothing here.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A measurement that goes on ends for it: whoever wants to record, set up or snap does not wait for one.
    pub fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.turn_wanted.fetch_add(1, Ordering::SeqCst);
        if let Some(measuring) = &self.lock().measuring {
            measuring.control.stop();
        }
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.turn_wanted.fetch_sub(1, Ordering::SeqCst);
        turn
    }

    pub fn is_turn_wanted(&self) -> bool {
        self.turn_wanted.load(Ordering::SeqCst) > 0
    }

    /// Waits until no session is on.
    pub fn wait_settled(&self) -> MutexGuard<'_, State> {
        let state = self.lock();
        self.settled.wait_while(state, |state| state.session.is_some()).unwrap_or_else(PoisonError::into_inner)
    }

    pub fn emit(&self, event: Event) {
        (self.events)(event);
    }

    pub fn log(&self, level: LogLevel, stream: Option<u32>, message: impl Into<String>) {
        self.emit(Event::Log(LogEntry { level, message: message.into(), host_clock_ms: now_unix_ms(), stream }));
    }

    pub fn emit_state(&self) {
        let state = self.lock();
        let session = state.session.as_ref().or(state.last.as_ref());
        let change = StateChange {
            state: state.runtime_state(),
            run_id: session.filter(|session| session.records).map(|session| session.run_id.clone()),
            run_number: session.map(|session| session.run_number),
        };
        drop(state);
        self.emit(Event::State(change));
    }

    pub fn emit_configuration(&self, changed_by: &str) {
        let AppliedConfiguration { configuration, revision } = self.lock().applied_configuration();
        self.emit(Event::Configuration(ConfigurationChange {
            revision,
            changed_by: changed_by.to_owned(),
            configuration,
        }));
    }

    /// `of`: the session to speak of; `None`: the current or the last one.
    pub fn stats(&self, of: Option<&Session>) -> Stats {
        let state = self.lock();
        let current = state.session.as_ref().or(state.last.as_ref()).map(Arc::clone);
        let runtime_state = state.runtime_state();
        drop(state);
        let session = of.or(current.as_deref());
        let preview_limit_fps = self.preview.held_to();
        Stats {
            state: runtime_state,
            host_clock_ms: now_unix_ms(),
            run_id: session.filter(|session| session.records).map(|session| session.run_id.clone()),
            run_number: session.map(|session| session.run_number),
            streams: session.map_or_else(Vec::new, |session| {
                session.streams.iter().map(|run| run.stats(LOSSES_IN_STATS, preview_limit_fps)).collect()
            }),
        }
    }
}

impl State {
    pub fn runtime_state(&self) -> RuntimeState {
        match &self.session {
            _ if self.closed => RuntimeState::Closed,
            _ if self.measuring.is_some() => RuntimeState::Measuring,
            Some(session) => session.state(),
            None if self.cameras.count() > 0 => RuntimeState::Armed,
            None => RuntimeState::AwaitingConfiguration,
        }
    }

    pub fn applied_configuration(&self) -> AppliedConfiguration {
        AppliedConfiguration { configuration: self.document.current().clone(), revision: self.document.revision() }
    }

    /// The stream's settings, where there is such a stream.
    pub fn stream(&self, index: u32) -> Result<&zarrcam_config::VideoStream, RuntimeError> {
        let video = self.document.current().video.get(index as usize).filter(|video| video.is_active());
        video.ok_or_else(|| {
            let count = self.document.current().video.iter().filter(|video| video.is_active()).count();
            let message = format!("There is no stream {index}; {count} are configured.");
            RuntimeError::new(ErrorCode::UnknownStream, message)
        })
    }

    pub fn check_open(&self) -> Result<(), RuntimeError> {
        if self.closed { Err(RuntimeError::new(ErrorCode::Closed, "The runtime was closed.")) } else { Ok(()) }
    }

    pub fn check_not_recording(&self, wanted: &str) -> Result<(), RuntimeError> {
        if self.session.as_ref().is_some_and(|session| session.records) {
            let message = format!("A recording is running; {wanted} when it has ended.");
            return Err(RuntimeError::new(ErrorCode::AlreadyRunning, message));
        }
        Ok(())
    }
}

pub(crate) fn now_unix_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}
