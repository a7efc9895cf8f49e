//! What a call answers when it refuses or fails.

use std::error::Error;
use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;
use zarrcam_acquisition::{StreamError, StreamErrorCode};
use zarrcam_camera::CameraError;
use zarrcam_checking::{BadName, ConfigurationRefusal, RefusalCode};
use zarrcam_config::{BadSelection, Problem, StaleRevision, at_most_max_problems};
use zarrcam_frame::FrameError;
use zarrcam_storage::{StorageError, StorageErrorKind};

/// A callback that takes the answer of a call. It is called once, from a thread of the runtime, and must not wait.
pub type Callback<T> = Box<dyn FnOnce(Result<T, RuntimeError>) + Send>;

/// What a call of the runtime says when it refuses or fails; crosses every layer as it is.
#[derive(Clone, Debug, Error, Serialize, TS)]
#[error("{message}")]
pub struct RuntimeError {
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong, in whole sentences for people.
    pub message: String,
    /// The path of the field at fault, or of the file; `null`: neither is.
    pub path: Option<String>,
    /// All that is wrong with a document that is refused; else empty.
    pub problems: Vec<Problem>,
    /// The error of camera, storage or system that it comes from. It stays in this process.
    #[serde(skip)]
    #[ts(skip)]
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Names what went wrong, for programs. A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "CoreErrorCode")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The document has errors; `problems` says what, all of it.
    InvalidConfiguration,
    /// Somebody else changed the configuration meanwhile; `problems` says what.
    StaleRevision,
    /// A run goes on that does not allow it.
    AlreadyRunning,
    /// No camera runs.
    NotRunning,
    /// There is no stream to run.
    NotConfigured,
    /// The configuration has no stream of this index.
    UnknownStream,
    /// Something stands at the path already.
    Exists,
    /// A dataset is not overwritten, since it holds files that no writer of ours made; the message names them.
    ForeignFiles,
    /// No camera would take this trigger.
    TriggerRefused,
    /// Storage failed: a disk, a file, memory for its buffers.
    Storage,
    /// A camera failed.
    Camera,
    /// An argument has no meaning.
    InvalidParams,
    /// Another process writes this dataset.
    Locked,
    /// There is no dataset of this name.
    NotFound,
    /// The caller gave it up, or somebody who goes first ended it.
    Cancelled,
    /// The runtime was closed.
    Closed,
    /// The system gave no thread, or one of ours ended unexpectedly: neither camera nor storage is at fault.
    Internal,
}

impl RuntimeError {
    /// An error that is about no field. `message`: whole sentences.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None, problems: Vec::new(), source: None }
    }

    /// The same error about a field of a document, or about a file.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Keeps what it comes from, for [`Error::source`].
    pub(crate) fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Refuses a document for its errors; warnings are passed on with them.
    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        let problems = at_most_max_problems(problems);
        let (code, message, path) = match ConfigurationRefusal::of(&problems) {
            Some(refusal) => (refusal.code.into(), refusal.message, refusal.path),
            None => (ErrorCode::InvalidConfiguration, "The configuration is invalid.".to_owned(), None),
        };
        Self { code, message, path, problems, source: None }
    }

    /// The error of a run that ended because a stream failed.
    pub(crate) fn of_stream(stream: &str, error: &StreamError) -> Self {
        let code = match error.code {
            StreamErrorCode::Camera => ErrorCode::Camera,
            StreamErrorCode::Storage => ErrorCode::Storage,
            StreamErrorCode::Internal => ErrorCode::Internal,
        };
        Self::new(code, format!("{stream}: {}", error.message))
    }

    /// The error of a system that gave no thread. `purpose`: "the snap".
    pub(crate) fn no_thread(purpose: &str, error: std::io::Error) -> Self {
        let message = format!("The system gave no thread for {purpose}: {error}. Close other programs, and try again.");
        Self::new(ErrorCode::Internal, message).caused_by(error)
    }

    /// The error of a system without memory for the buffers between camera and storage.
    pub(crate) fn no_memory(error: FrameError) -> Self {
        Self::new(ErrorCode::Storage, error.to_string()).caused_by(error)
    }

    /// The error of a call that comes after the runtime was closed.
    pub(crate) fn closed() -> Self {
        Self::new(ErrorCode::Closed, "The runtime was closed.")
    }
}

/// Errors are equal by what is told; the source says the same in other words.
impl PartialEq for RuntimeError {
    fn eq(&self, other: &Self) -> bool {
        (self.code, &self.message, &self.path, &self.problems)
            == (other.code, &other.message, &other.path, &other.problems)
    }
}

impl From<CameraError> for RuntimeError {
    fn from(error: CameraError) -> Self {
        Self::new(ErrorCode::Camera, error.to_string()).caused_by(error)
    }
}

impl From<BadName> for RuntimeError {
    fn from(bad: BadName) -> Self {
        Self::new(ErrorCode::InvalidConfiguration, bad.0)
    }
}

impl From<RefusalCode> for ErrorCode {
    fn from(code: RefusalCode) -> Self {
        match code {
            RefusalCode::Exists => Self::Exists,
            RefusalCode::InvalidConfiguration => Self::InvalidConfiguration,
        }
    }
}

impl From<StaleRevision> for RuntimeError {
    fn from(StaleRevision { message, changes }: StaleRevision) -> Self {
        Self { problems: changes, ..Self::new(ErrorCode::StaleRevision, message) }
    }
}

impl From<BadSelection> for RuntimeError {
    fn from(bad: BadSelection) -> Self {
        Self::new(ErrorCode::InvalidParams, bad.message).at(bad.parameter)
    }
}

impl From<StorageError> for RuntimeError {
    fn from(error: StorageError) -> Self {
        let code = match error.kind() {
            StorageErrorKind::Exists => ErrorCode::Exists,
            StorageErrorKind::ForeignFiles => ErrorCode::ForeignFiles,
            StorageErrorKind::Locked => ErrorCode::Locked,
            StorageErrorKind::NotFound => ErrorCode::NotFound,
            StorageErrorKind::InvalidConfiguration => ErrorCode::InvalidConfiguration,
            _ => ErrorCode::Storage,
        };
        Self::new(code, error.to_string()).caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_cause() {
        let cause = StorageError::Locked { path: "a.zarr".into() };
        let error = RuntimeError::from(cause.clone());
        assert_eq!(error.code, ErrorCode::Locked);
        assert_eq!(error.source().map(ToString::to_string), Some(cause.to_string()));
        assert!(!serde_json::to_string(&error).unwrap().contains("source"));
        let no_thread = RuntimeError::no_thread("the snap", std::io::ErrorKind::WouldBlock.into());
        assert_eq!((no_thread.code, no_thread.source().is_some()), (ErrorCode::Internal, true));
    }
}
