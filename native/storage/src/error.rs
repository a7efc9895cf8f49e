use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zarrcam_zarr::{CodecError, LayoutError};

/// What can go wrong in storage. Names the file and the cause, so that a person at the microscope knows what to do.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum StorageError {
    #[error("{}: cannot {action}: {cause}", path.display())]
    Io {
        path: PathBuf,
        /// "create the file", "write", ...
        action: &'static str,
        kind: io::ErrorKind,
        /// The system's words.
        cause: String,
    },
    #[error("{}: cannot {action}: the disk is full; {needed_bytes} bytes are needed and {} are free", path.display(), free(*free_bytes))]
    DiskFull {
        path: PathBuf,
        action: &'static str,
        needed_bytes: u64,
        /// `None`: the system does not say.
        free_bytes: Option<u64>,
    },
    #[error("{} exists already; choose another name, or ask to overwrite it", path.display())]
    Exists { path: PathBuf },
    #[error("{} is not overwritten: it is no dataset that zarrcam wrote in this format; move it away or choose another name", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} is not overwritten: {} would go with it; move that away, choose another name, or ask to replace it as well", path.display(), foreign(names, *count))]
    ForeignFiles {
        path: PathBuf,
        /// The first of them, relative to the dataset.
        names: Vec<String>,
        count: u64,
    },
    #[error("{} is being written by another process", path.display())]
    Locked { path: PathBuf },
    #[error("{} is gone or was replaced while it was written", path.display())]
    Removed { path: PathBuf },
    #[error("{}: {reason}", path.display())]
    NotADataset {
        path: PathBuf,
        /// What it is instead, or why it cannot be read: a phrase.
        reason: String,
    },
    #[error("there is no storage device {name:?}")]
    UnknownDevice { name: String },
    #[error("{name} writes files and needs a uri")]
    MissingPath { name: String },
    #[error("external_metadata_json: {reason}")]
    ExternalMetadata { reason: String },
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error("frames of {got} bytes came, {expected} were announced")]
    FrameSize { expected: usize, got: usize },
    #[error("place {place} is not the next one ({expected})")]
    OutOfOrder { place: u64, expected: u64 },
    #[error("place {place} does not fit: the array has room for {capacity} frames")]
    BeyondCapacity { place: u64, capacity: u64 },
    #[error("no memory for {bytes} bytes of buffers")]
    OutOfMemory { bytes: u64 },
    #[error("{}: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("a thread of the writer ended unexpectedly: {0}")]
    Internal(String),
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
    pub fn io(path: &Path, action: &'static str, needed_bytes: u64, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull {
                path: path.to_owned(),
                action,
                needed_bytes,
                free_bytes: crate::files::free_bytes(path),
            },
            kind => Self::Io { path: path.to_owned(), action, kind, cause: error.to_string() },
        }
    }

    /// In a few words, to be kept with a dataset: without paths, which mean nothing where it goes.
    pub fn reason(&self) -> String {
        match self {
            Self::DiskFull { .. } => "disk full".to_owned(),
            Self::Removed { .. } => "its files were removed".to_owned(),
            Self::Io { action, cause, .. } => format!("cannot {action}: {cause}"),
            Self::Damaged { reason, .. } => reason.clone(),
            error => error.to_string(),
        }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } | Self::NotOurs { .. } => "exists",
            Self::ForeignFiles { .. } => "foreign_files",
            Self::Locked { .. } => "locked",
            Self::NotADataset { .. } => "not_found",
            Self::UnknownDevice { .. }
            | Self::MissingPath { .. }
            | Self::ExternalMetadata { .. }
            | Self::Layout(_)
            | Self::Codec(_) => "invalid_configuration",
            _ => "storage",
        }
    }
}
