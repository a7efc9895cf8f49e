use std::sync::Arc;

use crate::{Camera, CameraError, CameraListing};

/// Called, from any thread, when a driver lists other cameras than before. Must not wait.
pub type ListChanged = Arc<dyn Fn() + Send + Sync>;

/// Where cameras of one kind come from: it lists them, and opens one by its name.
///
/// A driver is a crate or a folder of its own. Whoever starts a runtime puts it into its [`Drivers`](crate::Drivers);
/// nothing else has to know of it. Names begin with the driver's word where there may be several cameras
/// (`genicam: Basler acA1920 (22345678)`), and hold what tells two cameras of one make apart, a serial number say: a
/// document names its camera by them, on this day and the next.
///
/// What only some drivers have (a search of the network, cameras that come and go) is a method with a body that
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

    /// Searches for cameras again, for as long as that takes (a second or two), the network included where it may be
    /// searched. A driver that always knows its cameras does nothing.
    fn refresh(&self) {}

    /// `changed` is called from here on whenever [`cameras`](Self::cameras) answers otherwise than before. Called once, when
    /// the runtime begins. A driver whose cameras never come or go does nothing.
    fn watch(&self, _changed: ListChanged) {}

    /// What to do so that a camera of this name, which is not listed now, is there. `None`: its name is none of this
    /// driver's.
    fn way_back(&self, _name: &str) -> Option<String> {
        None
    }

    /// What people should know who miss a camera: a library that is not installed, and how to install it; a network that
    /// was not searched. `None`: nothing.
    fn advice(&self) -> Option<String> {
        None
    }
}
