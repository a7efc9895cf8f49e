//! What the runtime is doing: one thing at a time, and who waits for it. No other file changes it.
//!
//! ```text
//! Idle --begin_start--> Starting --launch--> Running --session_ended--> Idle
//!                          |  \--start_failed--> Idle, or Running where a preview was still on
//! Idle, or Running with a preview --interrupt--> Interrupted --resume--> Idle, or Starting where the preview comes back
//! every mode --close--> Closed
//! ```
//!
//! `begin_start` and `interrupt` are called by whoever holds the runtime's exclusive operation, so a start and an
//! interruption never meet. `stop`, `close` and `session_ended` come at any moment.

use std::mem::take;
use std::sync::Arc;

use zarrcam_acquisition::{RunSummary, RuntimeState, StopRequest};
use zarrcam_camera::CameraControl;

use crate::error::{Callback, ErrorCode, RuntimeError};
use crate::session::Session;

/// The mode, and the run before it.
#[derive(Default)]
pub struct Activity {
    mode: Mode,
    last: Option<Arc<Session>>,
    /// The last run failed when nobody waited: the next `stop` says so.
    unreported: Option<RuntimeError>,
}

#[derive(Default)]
enum Mode {
    #[default]
    Idle,
    /// A run is prepared. What is asked meanwhile is asked of the run that comes of it.
    Starting {
        /// Still on until the new run takes its cameras.
        preview: Option<Running>,
        request: StopRequest,
        waiting: Vec<Callback<RunSummary>>,
    },
    Running(Running),
    /// The cameras are needed for a moment.
    Interrupted {
        by: Interruption,
        /// Still on until its cameras are at rest.
        preview: Option<Running>,
        comes_back: bool,
        waiting: Vec<Callback<RunSummary>>,
    },
    Closed {
        /// On until all that it captured is stored.
        session: Option<Running>,
    },
}

/// A session that is on, and who waits for its end.
struct Running {
    session: Arc<Session>,
    waiting: Vec<Callback<RunSummary>>,
}

/// What the cameras are needed for.
pub enum Interruption {
    /// One frame of a camera at rest; the control stops that camera.
    Snap(CameraControl),
    /// Cameras and storage are timed; the control ends it before its time.
    Measurement(CameraControl),
    /// Cameras take other settings.
    Reconfiguration,
}

/// How the cameras stand when an interruption is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// A preview was on and nobody wants it to end: the mode is `Starting`, and the caller starts it.
    StartPreview,
    StayAtRest,
}

/// What follows from a change of the mode. It is done when the state's lock is free, since sessions have locks of their own
/// and callbacks are other people's code.
#[must_use = "somebody waits for the answer"]
#[derive(Default)]
pub struct Consequences {
    asked: Option<(Arc<Session>, StopRequest)>,
    answers: Vec<(Callback<RunSummary>, Answer)>,
}

#[derive(Clone)]
enum Answer {
    Failed(RuntimeError),
    /// `None`: nothing has run yet.
    RunEnded(Option<Arc<Session>>),
}

impl Activity {
    /// The session that is on: a recording, or a preview.
    pub fn session(&self) -> Option<&Arc<Session>> {
        let running = match &self.mode {
            Mode::Running(running) => Some(running),
            Mode::Starting { preview, .. } | Mode::Interrupted { preview, .. } => preview.as_ref(),
            Mode::Closed { session } => session.as_ref(),
            Mode::Idle => None,
        };
        running.map(|running| &running.session)
    }

    /// The session that is on, else the one that ended last.
    pub fn session_or_last(&self) -> Option<&Arc<Session>> {
        self.session().or(self.last.as_ref())
    }

    /// `has_cameras`: a stream is configured.
    pub fn runtime_state(&self, has_cameras: bool) -> RuntimeState {
        match &self.mode {
            Mode::Closed { .. } => RuntimeState::Closed,
            Mode::Interrupted { by: Interruption::Measurement(_), .. } => RuntimeState::Measuring,
            _ => match self.session() {
                Some(session) => session.state(),
                None if has_cameras => RuntimeState::Armed,
                None => RuntimeState::AwaitingConfiguration,
            },
        }
    }

    /// Whether cameras and storage are being timed.
    pub fn is_measuring(&self) -> bool {
        matches!(&self.mode, Mode::Interrupted { by: Interruption::Measurement(_), .. })
    }

    /// Refuses where the runtime was closed.
    pub fn check_open(&self) -> Result<(), RuntimeError> {
        if matches!(self.mode, Mode::Closed { .. }) { Err(RuntimeError::closed()) } else { Ok(()) }
    }

    /// Refuses while the runtime is closed or a recording runs. `wanted`: "change the configuration".
    pub fn check_not_recording(&self, wanted: &str) -> Result<(), RuntimeError> {
        self.check_open()?;
        if self.session().is_some_and(|session| session.records) {
            let message = format!("A recording is running; {wanted} when it has ended.");
            return Err(RuntimeError::new(ErrorCode::AlreadyRunning, message));
        }
        Ok(())
    }

    /// A start begins. A preview stays on beside it, until the cameras are needed.
    pub fn begin_start(&mut self, record: bool) -> Result<(), RuntimeError> {
        self.check_not_recording("start again")?;
        let preview = match take(&mut self.mode) {
            Mode::Running(running) if !record => {
                self.mode = Mode::Running(running);
                return Err(RuntimeError::new(ErrorCode::AlreadyRunning, "The preview is running already."));
            }
            Mode::Running(running) => Some(running),
            Mode::Idle => None,
            other => {
                self.mode = other;
                return Err(busy());
            }
        };
        self.mode = Mode::Starting { preview, request: StopRequest::None, waiting: Vec::new() };
        Ok(())
    }

    /// The run that was prepared is on. Returns what was asked of it meanwhile; an error where the runtime was closed.
    pub fn launch(&mut self, session: &Arc<Session>) -> Result<StopRequest, RuntimeError> {
        match take(&mut self.mode) {
            Mode::Starting { preview: None, request, waiting } => {
                self.mode = Mode::Running(Running { session: Arc::clone(session), waiting });
                self.unreported = None;
                Ok(request)
            }
            other => {
                self.mode = other;
                self.check_open()?;
                Err(busy())
            }
        }
    }

    /// The run does not come. What was asked of it goes to the preview that is still on; else nothing is left to wait for.
    pub fn start_failed(&mut self, error: &RuntimeError) -> Consequences {
        match take(&mut self.mode) {
            Mode::Starting { preview: Some(mut running), request, waiting } => {
                running.waiting.extend(waiting);
                let consequences = Consequences::ask(&running.session, request);
                self.mode = Mode::Running(running);
                consequences
            }
            Mode::Starting { preview: None, waiting, .. } => {
                Consequences::answer(waiting, &Answer::Failed(error.clone()))
            }
            other => {
                self.mode = other;
                Consequences::default()
            }
        }
    }

    /// The cameras are needed for a moment. Returns the preview that has to end for it. `wanted`: "measure".
    pub fn interrupt(&mut self, by: Interruption, wanted: &str) -> Result<Option<Arc<Session>>, RuntimeError> {
        self.check_not_recording(wanted)?;
        let preview = match take(&mut self.mode) {
            Mode::Running(running) => Some(running),
            Mode::Idle => None,
            other => {
                self.mode = other;
                return Err(busy());
            }
        };
        let session = preview.as_ref().map(|running| Arc::clone(&running.session));
        // Whose end was asked for already does not come back.
        let comes_back = session.as_ref().is_some_and(|session| session.goes_on());
        self.mode = Mode::Interrupted { by, preview, comes_back, waiting: Vec::new() };
        Ok(session)
    }

    /// The interruption is over, and its preview has ended. `previews`: there is still something to preview.
    pub fn resume(&mut self, previews: bool) -> (Resumption, Consequences) {
        match take(&mut self.mode) {
            Mode::Interrupted { preview: None, comes_back: true, waiting, .. } if previews => {
                self.mode = Mode::Starting { preview: None, request: StopRequest::None, waiting };
                (Resumption::StartPreview, Consequences::default())
            }
            Mode::Interrupted { preview: None, waiting, .. } => (Resumption::StayAtRest, self.answer_all(waiting)),
            other => {
                self.mode = other;
                (Resumption::StayAtRest, Consequences::default())
            }
        }
    }

    /// Whoever wants the cameras does not wait for a measurement.
    pub fn end_measurement(&self) {
        if let Mode::Interrupted { by: Interruption::Measurement(control), .. } = &self.mode {
            control.stop();
        }
    }

    /// What goes on is to end as `request` says; `done` is told when it has. A preview that made room stays away.
    pub fn stop(&mut self, request: StopRequest, done: Callback<RunSummary>) -> Consequences {
        match &mut self.mode {
            Mode::Starting { request: asked, waiting, .. } => {
                *asked = (*asked).max(request);
                waiting.push(done);
                Consequences::default()
            }
            Mode::Running(running) | Mode::Closed { session: Some(running) } => {
                running.waiting.push(done);
                Consequences::ask(&running.session, request)
            }
            Mode::Interrupted { by: Interruption::Snap(control), .. } => {
                if request != StopRequest::Finish {
                    control.stop();
                }
                self.answer_all(vec![done])
            }
            Mode::Interrupted { by, comes_back, waiting, .. } => {
                *comes_back = false;
                waiting.push(done);
                if let Interruption::Measurement(control) = by {
                    control.stop();
                }
                Consequences::default()
            }
            Mode::Idle | Mode::Closed { session: None } => self.answer_all(vec![done]),
        }
    }

    /// All of the session is stored, and its cameras are at rest. Who waited for it is answered: with `failure`, where a
    /// stream failed.
    pub fn session_ended(&mut self, session: &Arc<Session>, failure: Option<&RuntimeError>) -> Consequences {
        let running = match &mut self.mode {
            Mode::Running(_) => match take(&mut self.mode) {
                Mode::Running(running) => Some(running),
                _ => None,
            },
            Mode::Starting { preview, .. } | Mode::Interrupted { preview, .. } => preview.take(),
            Mode::Closed { session } => session.take(),
            Mode::Idle => None,
        };
        self.last = Some(Arc::clone(session));
        let waiting = running.map_or_else(Vec::new, |running| running.waiting);
        if waiting.is_empty() {
            self.unreported = failure.cloned();
        }
        let answer = match failure {
            Some(error) => Answer::Failed(error.clone()),
            None => Answer::RunEnded(Some(Arc::clone(session))),
        };
        Consequences::answer(waiting, &answer)
    }

    /// Nothing begins from here on; what goes on ends, and what was captured is stored.
    pub fn close(&mut self) -> Consequences {
        let mut consequences = Consequences::default();
        let session = match take(&mut self.mode) {
            Mode::Idle => None,
            Mode::Running(running) => Some(running),
            Mode::Closed { session } => session,
            Mode::Starting { preview, waiting, .. } => {
                consequences = Consequences::answer(waiting, &Answer::Failed(RuntimeError::closed()));
                preview
            }
            Mode::Interrupted { by, preview, waiting, .. } => {
                match by {
                    Interruption::Snap(control) | Interruption::Measurement(control) => control.stop(),
                    Interruption::Reconfiguration => {}
                }
                match preview {
                    Some(mut running) => {
                        running.waiting.extend(waiting);
                        Some(running)
                    }
                    None => {
                        consequences = self.answer_all(waiting);
                        None
                    }
                }
            }
        };
        consequences.asked = session.as_ref().map(|running| (Arc::clone(&running.session), StopRequest::Now));
        self.mode = Mode::Closed { session };
        consequences
    }

    /// Nothing is on: what is told is the last run's end, and a failure that nobody has heard of yet.
    fn answer_all(&mut self, waiting: Vec<Callback<RunSummary>>) -> Consequences {
        let unreported = if waiting.is_empty() { None } else { self.unreported.take() };
        let answer = unreported.map_or_else(|| Answer::RunEnded(self.last.clone()), Answer::Failed);
        Consequences::answer(waiting, &answer)
    }
}

impl Consequences {
    fn ask(session: &Arc<Session>, request: StopRequest) -> Self {
        Self { asked: Some((Arc::clone(session), request)), answers: Vec::new() }
    }

    fn answer(waiting: Vec<Callback<RunSummary>>, answer: &Answer) -> Self {
        Self { asked: None, answers: waiting.into_iter().map(|done| (done, answer.clone())).collect() }
    }

    /// Tells those who wait. It is called without the state's lock.
    pub fn carry_out(self) {
        if let Some((session, request)) = self.asked {
            session.ask(request);
        }
        for (done, answer) in self.answers {
            done(match answer {
                Answer::Failed(error) => Err(error),
                Answer::RunEnded(session) => Ok(session.map_or_else(no_run, |session| session.summary())),
            });
        }
    }
}

/// Only a caller without the exclusive operation could see it.
fn busy() -> RuntimeError {
    RuntimeError::new(ErrorCode::AlreadyRunning, "The cameras are in use.")
}

fn no_run() -> RunSummary {
    RunSummary { run_id: String::new(), run_number: 0, elapsed_s: 0.0, complete: true, streams: Vec::new() }
}

#[cfg(test)]
mod tests;
