use std::path::PathBuf;
use zarrcam_config::ProblemCode;

use thiserror::Error;

use crate::CameraListing;

/// What a camera refuses, or what failed. Fields are named relative to the camera's `settings`.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CameraError {
    #[error("{field} is {value}, but {camera} takes {low} to {high}")]
    OutOfRange { camera: String, field: String, value: f64, low: f64, high: f64 },
    #[error("{field} is {value}, but {camera} takes {allowed}")]
    Unsupported { camera: String, field: String, value: String, allowed: String },
    #[error(
        "frame_period_us is {frame_period_us}, shorter than exposure_time_us {exposure_time_us}: make the period at least as long, or 0 to follow the exposure"
    )]
    PeriodTooShort { frame_period_us: f64, exposure_time_us: f64 },
    #[error("The replay camera needs a TIFF stack to play: give its path on the camera computer.")]
    NoReplayPath,
    #[error("{path} cannot be played: {reason}.")]
    Replay { path: PathBuf, reason: String },
    #[error("there is no camera {name:?}; there are {known}")]
    UnknownCamera { name: String, known: String },
    #[error("{camera} has no settings yet: configure it before the start")]
    NotConfigured { camera: String },
    #[error("{camera} is running: stop it first")]
    Running { camera: String },
    #[error("{camera} is not running: start it first")]
    NotRunning { camera: String },
    #[error("{camera} has no exposed frame to read")]
    NoFrame { camera: String },
    /// What a driver has to say that no other variant says.
    #[error("{camera}: {reason}")]
    Failed { camera: String, reason: String },
    /// A feature that the camera knows by this name took another value than it was asked to, or none.
    #[error("{feature} of {camera} was asked to be {asked}, {got}")]
    Feature { camera: String, feature: String, asked: String, got: String },
    #[error("a frame of {camera} takes {needed} bytes, and the buffer has {given}")]
    WrongBufferSize { camera: String, needed: usize, given: usize },
}

impl CameraError {
    /// The error of a driver that has no camera of this name; it names those that it has.
    pub fn unknown(name: &str, listed: &[CameraListing]) -> Self {
        let known: Vec<_> = listed.iter().map(|camera| camera.name.as_str()).collect();
        Self::UnknownCamera { name: name.to_owned(), known: known.join(", ") }
    }

    /// The field at fault, relative to the camera's `settings` (`exposure_time_us`, `shape[0]`, `replay.path`);
    /// `frame_period_us` is the stream's.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::OutOfRange { field, .. } | Self::Unsupported { field, .. } => Some(field),
            Self::Feature { feature, .. } => Some(feature),
            Self::PeriodTooShort { .. } => Some("frame_period_us"),
            Self::NoReplayPath | Self::Replay { .. } => Some("replay.path"),
            _ => None,
        }
    }

    /// Stable, for programs: the codes of the configuration's problems where one fits.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::OutOfRange { .. } | Self::PeriodTooShort { .. } => ProblemCode::OutOfRange,
            Self::Unsupported { .. } => ProblemCode::Unsupported,
            Self::NoReplayPath => ProblemCode::Missing,
            Self::Replay { .. } => ProblemCode::Replay,
            Self::UnknownCamera { .. } => ProblemCode::UnknownDevice,
            _ => ProblemCode::Camera,
        }
    }
}
