use std::path::PathBuf;
use std::sync::Arc;

use zarrcam_camera::{Camera, CameraError, CameraListing, Driver, ListChanged};

use crate::camera::PushCamera;
use crate::features::{PushFeatures, absent, way_back};
use crate::listener::{Listener, State};
use crate::place::{FOLDER_VARIABLE, folder};
use crate::pusher::Pusher;
use crate::registry::{PREFIX, Registry};

/// The cameras whose frames programs of this computer push.
pub struct PushDriver {
    registry: Arc<Registry>,
    listener: Listener,
}

impl PushDriver {
    /// Listens where programs of this user look. Where it cannot, there are no such cameras, and [`Driver::advice`] says why.
    pub fn new() -> Self {
        Self::listening_in(folder())
    }

    /// Listens in this folder, which is made where it is missing.
    pub fn listening_in(folder: impl Into<PathBuf>) -> Self {
        let registry = Arc::new(Registry::default());
        let listener = Listener::start(folder.into(), Arc::clone(&registry));
        Self { registry, listener }
    }
}

impl Default for PushDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for PushDriver {
    fn drop(&mut self) {
        self.registry.close();
    }
}

impl Driver for PushDriver {
    fn id(&self) -> u32 {
        6
    }

    fn cameras(&self) -> Vec<CameraListing> {
        self.registry.pushers().iter().map(|pusher| listing(pusher)).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let pusher = self.registry.find(name).ok_or_else(|| absent(name))?;
        let features = PushFeatures::new(name.to_owned(), Arc::clone(&self.registry), pusher.description.clone());
        Ok(Box::new(PushCamera::new(features)))
    }

    fn watch(&self, changed: ListChanged) {
        self.registry.watch(changed);
    }

    fn way_back(&self, name: &str) -> Option<String> {
        name.starts_with(PREFIX).then(|| way_back(name))
    }

    fn advice(&self) -> Option<String> {
        match self.listener.state() {
            State::Listens => None,
            State::ElsewhereIn(folder) => Some(format!(
                "Another bridge of this user takes the cameras that programs push ({}). Name another folder in {FOLDER_VARIABLE} for this one and its programs.",
                folder.display()
            )),
            State::Cannot(reason) => Some(format!("Programs cannot push frames to this bridge: {reason}.")),
        }
    }
}

fn listing(pusher: &Pusher) -> CameraListing {
    let [width, height] = pusher.description.shape;
    let said = &pusher.description.description;
    let what = format!("{width} x {height} px of {:?}, pushed by a program.", pusher.description.pixel_type);
    let text = if said.is_empty() { what } else { format!("{said} {what}") };
    CameraListing::new(pusher.name.as_str(), pusher.number, text)
}
