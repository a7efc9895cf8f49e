use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_camera::{CameraError, CameraFeatures, Transport};
use zarrcam_config::{CameraCapabilities, CameraFeature, CameraSettings};

use super::abilities::Abilities;
use super::features::{check, read_all};
use crate::aravis::Device;
use crate::roster::Roster;

/// What any thread may ask of an open camera. It asks the camera itself only for its features.
pub struct Shared {
    name: String,
    roster: Arc<Roster>,
    /// Replaced when the camera comes back after it was gone.
    device: Mutex<Arc<Device>>,
    abilities: Mutex<Abilities>,
    /// All features by name, as they were read last; empty: nobody has asked.
    known: Mutex<BTreeMap<String, CameraFeature>>,
    transport: Mutex<Transport>,
    messages: Mutex<Vec<String>>,
}

/// What is behind these locks is replaced as a whole, so poison says nothing here.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(name: &str, device: Device, roster: Arc<Roster>) -> Self {
        let abilities = Mutex::new(Abilities::of(&device));
        Self {
            name: name.to_owned(),
            roster,
            device: Mutex::new(Arc::new(device)),
            abilities,
            known: Mutex::default(),
            transport: Mutex::default(),
            messages: Mutex::default(),
        }
    }

    pub fn device(&self) -> Arc<Device> {
        Arc::clone(&locked(&self.device))
    }

    /// It came back.
    pub fn replace_device(&self, device: Device) {
        *locked(&self.device) = Arc::new(device);
    }

    /// The camera was set, and may do other things than before.
    pub fn read_again(&self) {
        let device = self.device();
        *locked(&self.abilities) = Abilities::of(&device);
        let mut known = locked(&self.known);
        if !known.is_empty() {
            *known = by_name(read_all(&device));
        }
    }

    pub fn say(&self, message: impl Into<String>) {
        let message = message.into();
        let mut messages = locked(&self.messages);
        if !messages.contains(&message) {
            messages.push(message);
        }
    }

    pub fn count(&self, transport: Transport) {
        *locked(&self.transport) = transport;
    }

    pub fn failed(&self, reason: impl Into<String>) -> CameraError {
        CameraError::Failed { camera: self.name.clone(), reason: reason.into() }
    }

    /// The features by their names. Asks the camera where nobody has before.
    pub fn known(&self) -> BTreeMap<String, CameraFeature> {
        let mut known = locked(&self.known);
        if known.is_empty() {
            *known = by_name(read_all(&self.device()));
        }
        known.clone()
    }
}

fn by_name(features: Vec<CameraFeature>) -> BTreeMap<String, CameraFeature> {
    features.into_iter().map(|feature| (feature.name.clone(), feature)).collect()
}

impl CameraFeatures for Shared {
    fn camera_name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        locked(&self.abilities).capabilities(settings)
    }

    fn obstacle(&self, _settings: &CameraSettings) -> Option<CameraError> {
        // One that is back is opened again by its next start.
        let is_gone = self.device().is_lost() && !self.roster.is_present(&self.name);
        is_gone.then(|| {
            self.failed(
                "It is gone: it does not answer any more. Look at its cable and its power, then search for cameras.",
            )
        })
    }

    fn feature_tree(&self) -> Vec<CameraFeature> {
        let features = read_all(&self.device());
        *locked(&self.known) = by_name(features.clone());
        features
    }

    fn check_features(&self, settings: &CameraSettings) -> Vec<CameraError> {
        if settings.features.is_empty() {
            return Vec::new();
        }
        check(&self.name, &self.known(), settings)
    }

    fn transport(&self) -> Option<Transport> {
        Some(*locked(&self.transport))
    }

    fn take_messages(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.messages))
    }
}
