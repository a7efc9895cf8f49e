use viva_genapi::GenApiError;
use viva_u3v::U3vError;

/// Why a camera does not do what it was asked for, in a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Usb3VisionError {
    /// It was unplugged.
    #[error("The camera is gone: it was unplugged, or lost its power. Plug it in again.")]
    Gone,
    /// It answers nothing, or not what was asked.
    #[error(
        "The camera does not answer as a USB3 Vision camera does ({0}). Unplug it, plug it in again, and try again."
    )]
    Transport(String),
    /// What it says of itself cannot be used.
    #[error("The camera cannot be used: it {0}.")]
    Camera(String),
    /// One of its features is missing, or refuses a value.
    #[error("{message}")]
    Feature {
        /// With the feature's name, the value that was asked for and the one that the camera has.
        message: String,
        /// The field at fault, relative to the camera's settings (`frame_period_us`: the stream's).
        field: &'static str,
    },
}

impl Usb3VisionError {
    /// Of the settings; none: no field is at fault.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Feature { field, .. } if !field.is_empty() => Some(field),
            _ => None,
        }
    }

    pub(crate) fn feature(field: &'static str, message: impl Into<String>) -> Self {
        Self::Feature { message: message.into(), field }
    }

    /// A feature that cannot be read, written or carried out.
    pub(crate) fn refused(field: &'static str, feature: &str, wanted: &str, error: &GenApiError) -> Self {
        if let Some(lost) = lost(error) {
            return lost;
        }
        Self::feature(field, format!("{feature}: {wanted}, and the camera refused: {error}{}.", causes(error)))
    }
}

/// Of an error on the way to the camera.
fn lost(error: &GenApiError) -> Option<Usb3VisionError> {
    let source = std::error::Error::source(error)?;
    match source.downcast_ref::<U3vError>()? {
        U3vError::Disconnected => Some(Usb3VisionError::Gone),
        U3vError::Status(_) => None,
        other => Some(Usb3VisionError::Transport(other.to_string())),
    }
}

fn causes(error: &GenApiError) -> String {
    std::error::Error::source(error).map(|source| format!(" ({source})")).unwrap_or_default()
}

impl From<U3vError> for Usb3VisionError {
    fn from(error: U3vError) -> Self {
        match error {
            U3vError::Disconnected => Self::Gone,
            U3vError::Device(what) => Self::Camera(what.to_owned()),
            other => Self::Transport(other.to_string()),
        }
    }
}
