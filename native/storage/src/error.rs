use std::any::Any;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use zarrcam_files::{free_bytes, in_words};
use zarrcam_zarr::{CodecError, LayoutError};

/// What can go wrong in storage. Names the file and the cause, so that a person at the microscope knows what to do.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The system refuses something, for another reason than a full disk.
    #[error("{}: cannot {action}: {}", path.display(), in_words(source))]
    Io {
        path: PathBuf,
        /// "create the file", "write", ...
        action: &'static str,
        source: Arc<io::Error>,
    },
    /// The disk, or the share of it that this user may take, is full.
    #[error("{}: cannot {action}: the disk is full; {needed_bytes} bytes are needed and {} are free", path.display(), free(*free_bytes))]
    DiskFull {
        path: PathBuf,
        action: &'static str,
        needed_bytes: u64,
        /// `None`: the system does not say.
        free_bytes: Option<u64>,
        source: Arc<io::Error>,
    },
    /// Something stands where the dataset is to be made, and overwriting was not asked for.
    #[error("{} exists already; choose another name, or ask to overwrite it", path.display())]
    Exists { path: PathBuf },
    /// What is to be overwritten was not made by a writer of ours.
    #[error("{} is not overwritten: it is no dataset that zarrcam wrote in this format; move it away or choose another name", path.display())]
    NotOurs { path: PathBuf },
    /// The dataset that is to be overwritten holds files of others.
    #[error("{} is not overwritten: {} would go with it; move that away, choose another name, or ask to replace it as well", path.display(), foreign(names, *count))]
    ForeignFiles {
        path: PathBuf,
        /// The first of them, relative to the dataset.
        names: Vec<String>,
        count: u64,
    },
    /// Somebody else has the right to write.
    #[error("{} is being written by another process", path.display())]
    Locked { path: PathBuf },
    /// The dataset was taken away while it was written or read.
    #[error("{} is gone or was replaced while it was written", path.display())]
    Removed { path: PathBuf },
    /// Nothing that we can read stands at a path.
    #[error("{}: {reason}", path.display())]
    NotADataset {
        path: PathBuf,
        /// What it is instead, or why it cannot be read: a phrase.
        reason: String,
    },
    /// The configuration names a device that does not exist.
    #[error("there is no storage device {name:?}")]
    UnknownDevice { name: String },
    /// The device writes files, and the configuration names none.
    #[error("{name} writes files and needs a uri")]
    MissingPath { name: String },
    /// The user's metadata are no JSON object.
    #[error("external_metadata_json: {reason}")]
    ExternalMetadata { reason: String },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// A frame has another size than the configuration says, bytes.
    #[error("frames of {got} bytes came, {expected} were announced")]
    FrameSize { expected: usize, got: usize },
    /// A frame came before or after its turn.
    #[error("frame {frame_index} is not the next one ({expected})")]
    OutOfOrder { frame_index: u64, expected: u64 },
    /// More frames came than the array has room for.
    #[error("frame {frame_index} does not fit: the array has room for {capacity} frames")]
    BeyondCapacity { frame_index: u64, capacity: u64 },
    /// The system gives no memory for buffers.
    #[error("no memory for {bytes} bytes of buffers")]
    OutOfMemory { bytes: u64 },
    /// A file cannot be read before whoever drives the target has opened it; then what was asked for is asked for again.
    #[error("{} is not open yet", path.display())]
    NotOpenYet { path: PathBuf },
    /// A file of the dataset is not what it must be.
    #[error("{}: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// The system starts no more threads.
    #[error("the system gives the writer no thread: {}", in_words(source))]
    NoThread { source: Arc<io::Error> },
    /// A fault of the writer itself.
    #[error("a thread of the writer ended unexpectedly: {0}")]
    Internal(String),
}

/// The sorts of [`StorageError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// Something stands where the dataset is to be made.
    Exists,
    /// Something in it would be deleted that no writer of ours made.
    ForeignFiles,
    /// Another process writes it.
    Locked,
    /// No dataset is there, or none that can be read.
    NotFound,
    /// What was asked for cannot be written.
    InvalidConfiguration,
    /// A file is to be opened first, and then all to be asked for again.
    NotOpenYet,
    /// The disk, or the writer itself.
    Storage,
}

fn free(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "an unknown number".to_owned(), |bytes| bytes.to_string())
}

fn foreign(names: &[String], count: u64) -> String {
    let more = match count - (names.len() as u64).min(count) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}, which zarrcam did not write,", names.join(", "))
}

impl StorageError {
    /// An error of the system at a path. `needed_bytes`: what was to be written, for a full disk's message.
    pub fn io(path: &Path, action: &'static str, needed_bytes: u64, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let free_bytes = free_bytes(&path);
                Self::DiskFull { path, action, needed_bytes, free_bytes, source: Arc::new(error) }
            }
            _ => Self::Io { path, action, source: Arc::new(error) },
        }
    }

    /// A thread of the writer ended by a panic, with its message.
    pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Internal(text.unwrap_or_else(|| "no message".to_owned()))
    }

    /// The same error, of something larger that was being done.
    pub(crate) fn when(mut self, doing: &'static str) -> Self {
        if let Self::Io { action, .. } | Self::DiskFull { action, .. } = &mut self {
            *action = doing;
        }
        self
    }

    /// Nothing stands at the path.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// What failed in a few words, to be kept with a dataset: without paths, which mean nothing where it goes.
    pub fn reason(&self) -> String {
        match self {
            Self::DiskFull { .. } => "disk full".to_owned(),
            Self::Removed { .. } => "its files were removed".to_owned(),
            Self::Io { action, source, .. } => format!("cannot {action}: {}", in_words(source)),
            Self::Damaged { reason, .. } => reason.clone(),
            error => error.to_string(),
        }
    }

    /// What sort of error it is, for whoever acts on it.
    pub fn kind(&self) -> StorageErrorKind {
        match self {
            Self::Exists { .. } | Self::NotOurs { .. } => StorageErrorKind::Exists,
            Self::ForeignFiles { .. } => StorageErrorKind::ForeignFiles,
            Self::Locked { .. } => StorageErrorKind::Locked,
            Self::NotADataset { .. } => StorageErrorKind::NotFound,
            Self::NotOpenYet { .. } => StorageErrorKind::NotOpenYet,
            Self::UnknownDevice { .. }
            | Self::MissingPath { .. }
            | Self::ExternalMetadata { .. }
            | Self::Layout(_)
            | Self::Codec(_) => StorageErrorKind::InvalidConfiguration,
            _ => StorageErrorKind::Storage,
        }
    }
}
