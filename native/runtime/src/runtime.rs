//! The handle that every client holds, and what its calls share.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use zarrcam_acquisition::{Event, LeftOut, LogEntry, LogLevel, RuntimeState, SpeedReport};
use zarrcam_config::{Revisions, VideoStream};
use zarrcam_storage::LiveDatasets;

use crate::activity::Activity;
use crate::devices::{ConfiguredCameras, Devices};
use crate::error::{ErrorCode, RuntimeError};
use crate::exclusive::{Exclusive, ExclusiveGuard};
use crate::frame_waiters::FrameWaiters;
use crate::names::NameSpace;
use crate::preview::Preview;

/// Takes all that the runtime tells unasked. Called from any of its threads; must not wait.
pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;

/// What is fixed for the life of a runtime.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuntimeOptions {
    /// The data folder: names resolve under it and may not leave it. `None`: they resolve under `working_dir` and may lead
    /// anywhere.
    pub data_dir: Option<PathBuf>,
    /// The folder under which names resolve where there is no data folder. `None`: the process's working folder.
    pub working_dir: Option<PathBuf>,
    /// Whether it begins with a configuration that could record at once, as a page wants it.
    pub set_up: bool,
    /// The network interfaces on which drivers may search for cameras; `all`: every one; empty: nothing is sent to any network.
    pub camera_interfaces: Vec<String>,
}

/// Cameras, their configuration, and the run that goes on. A clone is the same runtime.
///
/// `set_configuration`, `start`, `validate`, `snap` and `measure_speed` may take a while (devices, disks): call them from a
/// thread that may wait. All else answers at once, or calls back.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

/// What all calls of a runtime share.
pub(crate) struct Inner {
    /// Where datasets are made.
    pub names: NameSpace,
    /// The devices of this machine.
    pub devices: Devices,
    /// The newest frames, and who waits for them.
    pub preview: Arc<Preview>,
    /// Who wants every frame of a recording that is not started yet.
    pub frame_waiters: FrameWaiters,
    /// Datasets that are being read.
    pub live: LiveDatasets,
    /// What the last list of datasets left out; `None`: nobody asked for one.
    pub left_out: Mutex<Option<Vec<LeftOut>>>,
    /// Takes what is told unasked.
    pub events: EventSink,
    /// Keeps calls apart that may not overlap: `set_configuration`, `start`, `snap`, `measure_speed`, `close`.
    pub exclusive: Exclusive,
    /// What changes, for moments only.
    pub state: Mutex<State>,
    /// Notified when a session has ended.
    pub session_ended: Condvar,
}

/// What changes in the life of a runtime.
#[derive(Default)]
pub(crate) struct State {
    /// The configuration in force, and those before it.
    pub document: Revisions,
    /// The cameras that are open and set.
    pub cameras: ConfiguredCameras,
    /// What the runtime is doing, and who waits for it.
    pub activity: Activity,
    /// What was measured last; `None`: nothing yet.
    pub speed: Option<SpeedReport>,
    /// The number of the last run, counted by this runtime, previews included.
    pub run_number: u32,
}

impl Inner {
    /// Locks the state. It is replaced piece by piece by assignments that cannot fail, so poison says nothing here.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an exclusive operation. A measurement that goes on ends for it: whoever wants to record, set up or snap does not
    /// wait for one.
    pub fn begin_exclusive(&self) -> ExclusiveGuard<'_> {
        self.exclusive.begin(|| self.lock().activity.end_measurement())
    }

    /// Waits until no session is on.
    pub fn wait_session_ended(&self) -> MutexGuard<'_, State> {
        let is_on = |state: &mut State| state.activity.session().is_some();
        self.session_ended.wait_while(self.lock(), is_on).unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody, unasked.
    pub fn emit(&self, event: Event) {
        (self.events)(event);
    }

    /// Writes a message for people, in whole sentences. `stream`: index in `video`; `None`: it concerns all.
    pub fn log(&self, level: LogLevel, stream: Option<u32>, message: impl Into<String>) {
        self.emit(Event::Log(LogEntry { level, message: message.into(), unix_ms: now_unix_ms(), stream }));
    }
}

impl State {
    /// What the runtime does, as clients are told.
    pub fn runtime_state(&self) -> RuntimeState {
        self.activity.runtime_state(self.cameras.count() > 0)
    }

    /// The settings of a stream. Fails where no stream of this index has a camera.
    pub fn stream(&self, index: u32) -> Result<&VideoStream, RuntimeError> {
        let video = &self.document.current().video;
        video.get(index as usize).filter(|video| video.is_active()).ok_or_else(|| {
            let count = video.iter().filter(|video| video.is_active()).count();
            let message = format!("There is no stream {index}; {count} are configured.");
            RuntimeError::new(ErrorCode::UnknownStream, message)
        })
    }
}

/// Wall clock, ms since 1970-01-01 UTC.
pub(crate) fn now_unix_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}
