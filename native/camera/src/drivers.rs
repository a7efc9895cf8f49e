use std::sync::Arc;

use zarrcam_config::{DeviceIdentifier, DeviceInfo, DeviceKind};

#[cfg(feature = "replay")]
use crate::replay::ReplayDriver;
use crate::simulated::SimulatedDriver;
use crate::{Camera, CameraError, CameraListing, Driver, ListChanged};

/// The drivers that a runtime has, and so its cameras, by their exact names. A clone is the same list.
#[derive(Clone, Default)]
pub struct Drivers {
    drivers: Vec<Arc<dyn Driver>>,
}

impl Drivers {
    /// A list without any driver.
    pub fn new() -> Self {
        Self::default()
    }

    /// The drivers of this crate: of the simulated cameras and of the replay camera.
    pub fn built_in() -> Self {
        let drivers = Self::new().with(SimulatedDriver);
        #[cfg(feature = "replay")]
        let drivers = drivers.with(ReplayDriver);
        drivers
    }

    /// The same list with one more driver, which is asked after the others: of two cameras with one name the first counts.
    #[must_use]
    pub fn with(mut self, driver: impl Driver + 'static) -> Self {
        self.drivers.push(Arc::new(driver));
        self
    }

    /// The cameras of this machine, in the order of their drivers.
    pub fn cameras(&self) -> Vec<DeviceInfo> {
        let mut cameras: Vec<DeviceInfo> = Vec::new();
        for driver in &self.drivers {
            for listed in driver.cameras() {
                if cameras.iter().all(|camera| camera.identifier.name != listed.name) {
                    let id = [driver.id(), listed.number];
                    let identifier = DeviceIdentifier { id, kind: DeviceKind::Camera, name: listed.name };
                    let CameraListing { description, exclusive, plays_file, .. } = listed;
                    cameras.push(DeviceInfo { identifier, description, exclusive, plays_file });
                }
            }
        }
        cameras
    }

    /// Opens the camera of exactly this name. A mistyped one is an error, never another camera.
    pub fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let lists = |driver: &&Arc<dyn Driver>| driver.cameras().iter().any(|listed| listed.name == name);
        match self.drivers.iter().find(lists) {
            Some(driver) => driver.open(name),
            None => {
                let known: Vec<_> = self.cameras().into_iter().map(|camera| camera.identifier.name).collect();
                Err(CameraError::UnknownCamera { name: name.to_owned(), known: known.join(", ") })
            }
        }
    }
}

impl Drivers {
    /// Every driver searches again; see [`Driver::refresh`].
    pub fn refresh(&self) {
        self.drivers.iter().for_each(|driver| driver.refresh());
    }

    /// `changed` is called whenever one of them lists other cameras than before; see [`Driver::watch`].
    pub fn watch(&self, changed: &ListChanged) {
        self.drivers.iter().for_each(|driver| driver.watch(Arc::clone(changed)));
    }

    /// What to do so that a camera that is not listed is there; see [`Driver::way_back`].
    pub fn way_back(&self, name: &str) -> Option<String> {
        self.drivers.iter().find_map(|driver| driver.way_back(name))
    }

    /// What people should know who miss a camera, in whole sentences, one entry a driver that has something to say.
    pub fn advice(&self) -> Vec<String> {
        self.drivers.iter().filter_map(|driver| driver.advice()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_camera_opens_and_no_other_does() {
        let drivers = Drivers::built_in();
        let cameras = drivers.cameras();
        let names: Vec<_> = cameras.iter().map(|camera| camera.identifier.name.as_str()).collect();
        assert_eq!(names, ["simulated: uniform random", "simulated: radial sin", "simulated: empty", "replay"]);
        let ids: Vec<_> = cameras.iter().map(|camera| camera.identifier.id).collect();
        assert_eq!(
            ids,
            [[0, 0], [0, 1], [0, 2], [4, 0]],
            "Acquire's, so that a configuration of ours means the same there"
        );
        let playing: Vec<_> = cameras.iter().map(|camera| camera.plays_file).collect();
        assert_eq!(playing, [false, false, false, true]);
        for name in names {
            assert_eq!(drivers.open(name).unwrap().features().camera_name(), name);
        }
        for wrong in ["simulated: radial sine", "Simulated: empty", "", "simulated", "replay "] {
            assert!(matches!(drivers.open(wrong), Err(CameraError::UnknownCamera { .. })), "{wrong:?}");
        }
    }

    /// Lists cameras of these names, and opens none.
    struct Broken(&'static [&'static str]);

    impl Driver for Broken {
        fn id(&self) -> u32 {
            77
        }

        fn cameras(&self) -> Vec<CameraListing> {
            (0..).zip(self.0).map(|(number, name)| CameraListing::new(*name, number, "Broken.")).collect()
        }

        fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
            Err(CameraError::Failed { camera: name.to_owned(), reason: "it does not answer".to_owned() })
        }
    }

    #[test]
    fn of_two_cameras_with_one_name_the_first_counts() {
        let drivers = Drivers::built_in().with(Broken(&["replay", "broken"]));
        let added: Vec<_> = drivers.cameras().into_iter().skip(3).map(|camera| camera.identifier).collect();
        let identifier = |id, name: &str| DeviceIdentifier { id, kind: DeviceKind::Camera, name: name.to_owned() };
        assert_eq!(added, [identifier([4, 0], "replay"), identifier([77, 1], "broken")]);
        assert!(drivers.open("replay").is_ok());
        let refused = drivers.open("broken").err().expect("it opens nothing");
        assert_eq!(refused.to_string(), "broken: it does not answer");
        assert_eq!(Drivers::new().cameras(), []);
    }
}
