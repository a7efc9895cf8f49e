//! The configuration: judged, applied to the cameras, and kept with its revision.

use std::sync::Arc;

use serde_json::Value;
use zarrcam_acquisition::StopRequest;
use zarrcam_config::{Configuration, Problem, VideoStream, check};

use crate::checking::{layout_problems, name_problems};
use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::{AppliedConfiguration, Inner, Runtime};
use crate::session::Session;

impl Runtime {
    /// Applies a document as a whole, or changes nothing. Success means that every stream took its settings.
    ///
    /// `revision`: the one that the writer knew. While a preview runs, cameras whose settings changed start again.
    pub fn set_configuration(
        &self,
        document: &Value,
        revision: Option<u64>,
        changed_by: &str,
    ) -> Result<AppliedConfiguration, RuntimeError> {
        let inner = &self.inner;
        let turn = inner.take_turn();
        {
            let state = inner.lock();
            state.check_open()?;
            state.check_not_recording("change the configuration")?;
            state.document.check(revision)?;
        }
        let checked = check(document, &inner.catalog());
        let configuration = checked.configuration;
        let mut problems = checked.problems;
        problems.retain(|problem| !may_be_missing_yet(problem));
        problems.extend(name_problems(&configuration, &inner.names));
        problems.extend(layout_problems(&configuration, &problems));
        if problems.iter().any(Problem::is_error) {
            return Err(RuntimeError::invalid(problems));
        }
        let change = inner.prepare_cameras(&configuration)?;
        let streams = |video: &[VideoStream]| video.iter().filter(|video| video.is_active()).count();
        let (streams_before, was_previewing, goes_on, ends_asked) = {
            let state = inner.lock();
            let goes_on = |session: &Arc<Session>| session.streams.iter().any(|run| !run.capture_ends());
            let session = state.session.as_ref();
            (state.cameras.count(), session.is_some(), session.is_some_and(goes_on), state.ends_asked)
        };
        let restarts = was_previewing && (change.sets_cameras() || streams_before != streams(&configuration.video));
        if restarts {
            inner.end_preview();
        }
        let changed = inner.change_cameras(change, &configuration);
        let outcome = changed.map(|()| inner.adopt(configuration, changed_by));
        let streams_after = inner.lock().cameras.count();
        let again = restarts && goes_on && streams_after > 0 && {
            let mut state = inner.lock();
            // Who said stop while the preview made room for the change meant it. From now on it is asked of the preview that comes.
            let again = state.ends_asked == ends_asked;
            if again {
                state.starting = Some(StopRequest::None);
            }
            again
        };
        if again {
            inner.start_preview_again();
        } else {
            inner.emit_state();
        }
        drop(turn);
        outcome
    }
}

impl Inner {
    /// The document that the cameras took is in force from here on, with the settings as they took them.
    fn adopt(&self, mut configuration: Configuration, changed_by: &str) -> AppliedConfiguration {
        let (changed, applied) = {
            let mut state = self.lock();
            for (configured, video) in state.cameras.streams().iter().zip(&mut configuration.video) {
                if let Some(configured) = configured {
                    video.camera.settings = configured.applied.settings.clone();
                    video.frame_period_us = configured.applied.frame_period_us;
                }
            }
            let changed = *state.document.current() != configuration;
            if changed {
                state.document.replace(configuration, changed_by);
            }
            (changed, state.applied_configuration())
        };
        if changed {
            self.emit_configuration(changed_by);
        }
        applied
    }
}

/// No camera, no storage, no name: nothing is wrong with it until something is to run.
fn may_be_missing_yet(problem: &Problem) -> bool {
    problem.code == "no_stream"
        || problem.code == "missing"
            && (problem.path.ends_with("storage.identifier") || problem.path.ends_with("storage.settings.uri"))
}

impl From<zarrcam_camera::CameraError> for RuntimeError {
    fn from(error: zarrcam_camera::CameraError) -> Self {
        Self::new(ErrorCode::Camera, error.to_string())
    }
}
