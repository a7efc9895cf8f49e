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
