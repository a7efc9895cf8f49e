use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;
use zarrcam_acquisition::StreamError;
use zarrcam_config::{Problem, Severity, told};

/// What a call of the runtime says when it refuses or fails; crosses every layer as it is.
#[derive(Clone, Debug, Error, PartialEq, Serialize, TS)]
#[error("{message}")]
pub struct RuntimeError {
    pub code: ErrorCode,
    pub message: String,
    /// Of the field at fault, or of the file.
    pub path: Option<String>,
    pub problems: Vec<Problem>,
}

/// Stable, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// `problems` says what, all of it.
    InvalidConfiguration,
    /// Somebody else changed the configuration meanwhile; `problems` says what.
    StaleRevision,
    AlreadyRunning,
    NotRunning,
    /// There is no stream to run.
    NotConfigured,
    UnknownStream,
    /// Something stands at the path already.
    Exists,
    /// A dataset is not overwritten, since it holds files that no writer of ours made; the message names them.
    ForeignFiles,
    TriggerRefused,
    Storage,
    Camera,
    /// An argument that is none.
    InvalidParams,
    /// Another process writes this dataset.
    Locked,
    NotFound,
    /// Given up by the caller.
    Cancelled,
    /// The runtime was closed.
    Closed,
}

impl RuntimeError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None, problems: Vec::new() }
    }

    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Refuses a document for its errors; warnings are passed on with them.
    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        let problems = told(problems);
        let mut errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let first = errors.next();
        let others = errors.count();
        let path = first.map(|problem| problem.path.clone());
        let message = match first {
            None => "The configuration is invalid.".to_owned(),
            Some(problem) if others == 0 => format!("{}: {}", problem.path, problem.message),
            Some(problem) => format!("{}: {} ({others} more)", problem.path, problem.message),
        };
        let exists = others == 0 && first.is_some_and(|problem| problem.code == "exists");
        let code = if exists { ErrorCode::Exists } else { ErrorCode::InvalidConfiguration };
        Self { code, message, path, problems }
    }

    /// A run that ended because a stream failed.
    pub(crate) fn of_stream(stream: &str, error: &StreamError) -> Self {
        let code = if error.code == "camera" { ErrorCode::Camera } else { ErrorCode::Storage };
        Self::new(code, format!("{stream}: {}", error.message))
    }
}
