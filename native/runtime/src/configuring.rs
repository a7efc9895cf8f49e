//! The configuration: judged, applied to the cameras, and kept with its revision.

use std::sync::Arc;

use serde_json::Value;
use zarrcam_acquisition::StopRequest;
use zarrcam_config::{Configuration, Problem, VideoStream, check};

use crate::checking::{layout_problems, name_problems};
use crate::devices::Devices;
use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::{AppliedConfiguration, Inner, Runtime, Seat};
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
        let checked = check(document, &Devices);
        let mut configuration = checked.configuration;
        let mut problems = checked.problems;
        problems.retain(|problem| !may_be_missing_yet(problem));
        problems.extend(name_problems(&configuration, &inner.names));
        problems.extend(layout_problems(&configuration, &problems));
        if problems.iter().any(Problem::is_error) {
            return Err(RuntimeError::invalid(problems));
        }
        let seats = inner.new_seats(&configuration)?;
        let disturbs = seats.iter().any(Option::is_some);
        let streams_before = inner.lock().seats.iter().filter(|seat| seat.is_some()).count();
        let streams_after = configuration.video.iter().filter(|video| video.is_active()).count();
        let (was_previewing, goes_on, ends_asked) = {
            let state = inner.lock();
            let goes_on = |session: &Arc<Session>| session.streams.iter().any(|run| !run.capture_ends());
            (state.session.is_some(), state.session.as_ref().is_some_and(goes_on), state.ends_asked)
        };
        let restarts = was_previewing && (disturbs || streams_before != streams_after);
        if restarts {
            inner.end_preview();
        }
        let (changed, applied) = {
            let mut state = inner.lock();
            state.seats.resize_with(configuration.video.len(), || None);
            for ((seat, new), video) in state.seats.iter_mut().zip(seats).zip(&mut configuration.video) {
                match new {
                    Some(new) => *seat = Some(new),
                    None if !video.is_active() => *seat = None,
                    None => {}
                }
                if let Some(seat) = seat {
                    video.camera.settings = seat.applied.clone();
                }
            }
            let changed = *state.document.current() != configuration;
            if changed {
                state.document.replace(configuration, changed_by);
            }
            (changed, state.applied_configuration())
        };
        if changed {
            inner.emit_configuration(changed_by);
        }
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
        Ok(applied)
    }
}

impl Inner {
    /// A configured camera for each stream whose camera settings differ from those in force; `None`: as before, or no stream.
    fn new_seats(&self, configuration: &Configuration) -> Result<Vec<Option<Seat>>, RuntimeError> {
        let mut seats = Vec::new();
        let mut problems = Vec::new();
        for (index, video) in configuration.video.iter().enumerate() {
            if !video.is_active()
                || self.lock().seats.get(index).and_then(Option::as_ref).is_some_and(|seat| seat.fits(video))
            {
                seats.push(None);
                continue;
            }
            match seat_for(video) {
                Ok(seat) => seats.push(Some(seat)),
                Err(error) => problems.push(camera_problem(index, &error)),
            }
        }
        if problems.is_empty() { Ok(seats) } else { Err(RuntimeError::invalid(problems)) }
    }
}

impl Seat {
    /// Whether the camera is the one asked for, with those settings in force.
    fn fits(&self, video: &VideoStream) -> bool {
        let settings = &video.camera.settings;
        self.name == camera_name(video)
            && (self.asked == *settings || self.applied == *settings)
            && self.frame_period_us == video.frame_period_us
    }
}

/// No camera, no storage, no name: nothing is wrong with it until something is to run.
fn may_be_missing_yet(problem: &Problem) -> bool {
    problem.code == "no_stream"
        || problem.code == "missing"
            && (problem.path.ends_with("storage.identifier") || problem.path.ends_with("storage.settings.uri"))
}

fn camera_name(video: &VideoStream) -> &str {
    video.camera.identifier.as_ref().map_or("", |identifier| &identifier.name)
}

pub(crate) fn seat_for(video: &VideoStream) -> Result<Seat, zarrcam_camera::CameraError> {
    let name = camera_name(video);
    let mut camera = zarrcam_camera::open(name)?;
    let applied = camera.configure(&video.camera.settings, video.frame_period_us)?;
    Ok(Seat {
        name: name.to_owned(),
        asked: video.camera.settings.clone(),
        applied,
        frame_period_us: video.frame_period_us,
        camera: Some(camera),
    })
}

pub(crate) fn camera_problem(index: usize, error: &zarrcam_camera::CameraError) -> Problem {
    let path = match error.field() {
        Some("frame_period_us") => format!("video[{index}].frame_period_us"),
        Some(field) => format!("video[{index}].camera.settings.{field}"),
        None => format!("video[{index}].camera"),
    };
    Problem::error(path, error.code(), error.to_string())
}

impl From<zarrcam_camera::CameraError> for RuntimeError {
    fn from(error: zarrcam_camera::CameraError) -> Self {
        Self::new(ErrorCode::Camera, error.to_string())
    }
}
