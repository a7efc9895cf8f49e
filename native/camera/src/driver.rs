use crate::{Camera, CameraError};

/// Where cameras of one kind come from: it lists them, and opens one by its name.
///
/// A driver is a crate or a folder of its own. Whoever starts a runtime puts it into its [`Drivers`](crate::Drivers);
/// nothing else has to know of it. Names begin with the driver's word where there may be several cameras
/// (`genicam: Basler acA1920 (22345678)`), and hold what tells two cameras of one make apart, a serial number say: a
/// document names its camera by them, on this day and the next.
///
/// What only some drivers have (a search of the network, cameras that come and go) becomes a method with a body that
/// does nothing, so that the other drivers stay as they are.
pub trait Driver: Send + Sync {
    /// The first number of its cameras' identifiers, unlike any other driver's. Acquire's numbers: 0 simulated cameras,
    /// 1 storage, 4 the replay camera.
    fn id(&self) -> u32;

    /// The cameras that it knows of, always in the same order. Asked at every edit of a document: a search that takes
    /// time is made beforehand, and its result kept.
    fn cameras(&self) -> Vec<CameraListing>;

    /// Opens the camera of exactly this name, at rest, without settings. It may take as long as the camera needs. Only names
    /// that are listed are asked for; a camera that is gone since, or that another program holds, is an error that says so.
    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError>;
}

/// A camera that a driver knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CameraListing {
    /// Its exact name, which no other camera has.
    pub name: String,
    /// The second number of its identifier; the name decides.
    pub number: u32,
    /// What it is, in one sentence for people.
    pub description: String,
    /// Whether one stream at a time can have it.
    pub exclusive: bool,
    /// Whether it plays a file, which `settings.replay` names: pages then ask for that file.
    pub plays_file: bool,
}

impl CameraListing {
    /// A camera of this name, number and description, which one stream at a time can have.
    pub fn new(name: impl Into<String>, number: u32, description: impl Into<String>) -> Self {
        Self { name: name.into(), number, description: description.into(), exclusive: true, plays_file: false }
    }

    /// The same camera, which any number of streams can have at a time: each opens one of its own.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { exclusive: false, ..self }
    }

    /// The same camera, which plays the file that `settings.replay` names.
    #[must_use]
    pub fn playing_a_file(self) -> Self {
        Self { plays_file: true, ..self }
    }
}
