use thiserror::Error;

/// Why a file, or a plane of it, cannot be read. The text goes on after the file's name: "it is no TIFF file".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TiffError {
    /// The system's answer.
    #[error("{0}")]
    Io(String),
    #[error("it is no TIFF file")]
    NotTiff,
    /// Its own numbers contradict each other, or lead out of the file.
    #[error("{0}")]
    Damaged(String),
    /// The file is whole, and of a kind that is not read here; the text says what to do.
    #[error("{0}")]
    Unsupported(String),
    /// Another file that it names is not there.
    #[error("{0}")]
    Missing(String),
}

impl TiffError {
    pub(crate) fn damaged<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Damaged(text.into()))
    }

    pub(crate) fn unsupported<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Unsupported(text.into()))
    }

    /// With where it happened before it.
    pub(crate) fn within(self, place: &str) -> Self {
        let at = |text: String| format!("{place} {text}");
        match self {
            Self::Damaged(text) => Self::Damaged(at(text)),
            Self::Unsupported(text) => Self::Unsupported(at(text)),
            other => other,
        }
    }
}
