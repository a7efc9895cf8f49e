use std::net::Ipv4Addr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zarrcam_camera::CameraListing;

use crate::aravis::UsbCamera;
use crate::discovery::FoundCamera;

/// Where a camera is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this address of the network, by this address and interface of this computer.
    Network { camera: Ipv4Addr, host: Ipv4Addr, interface: String },
    /// In a socket of this computer, by Aravis' name for it.
    Usb { id: String },
}

/// A camera that was found once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    name: String,
    /// What it is, without whether it is there.
    description: String,
    place: Place,
    /// Whether the last search found it.
    present: bool,
}

/// The cameras that were found since the program began, in that order: one that is gone keeps its place and its number.
#[derive(Default)]
pub struct Roster(Mutex<Vec<Known>>);

impl Roster {
    /// Each entry is replaced as a whole, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a search found. `searched_usb` false: those in its sockets are as they were. Returns whether the list changed.
    pub fn take(&self, network: Vec<FoundCamera>, usb: Vec<UsbCamera>, searched_usb: bool) -> bool {
        let found = network.into_iter().map(of_network).chain(usb.into_iter().map(of_usb));
        let mut known = self.lock();
        let before = known.clone();
        let searched = |place: &Place| searched_usb || matches!(place, Place::Network { .. });
        known.iter_mut().filter(|camera| searched(&camera.place)).for_each(|camera| camera.present = false);
        for camera in found {
            match known.iter_mut().find(|known| known.name == camera.name) {
                Some(known) => *known = camera,
                None => known.push(camera),
            }
        }
        *known != before
    }

    /// Where the camera of this name is, or was last; `None`: none was ever found.
    pub fn place(&self, name: &str) -> Option<Place> {
        self.lock().iter().find(|camera| camera.name == name).map(|camera| camera.place.clone())
    }

    /// Whether the last search found it.
    pub fn is_present(&self, name: &str) -> bool {
        self.lock().iter().any(|camera| camera.name == name && camera.present)
    }

    pub fn listings(&self) -> Vec<CameraListing> {
        let listing = |(number, camera): (u32, &Known)| {
            let gone = if camera.present { "" } else { " It is gone: the last search did not find it." };
            CameraListing::new(&camera.name, number, format!("{}{gone}", camera.description))
        };
        (0..).zip(self.lock().iter()).map(listing).collect()
    }
}

fn of_network(FoundCamera { answer, host, interface }: FoundCamera) -> Known {
    let called = if answer.user_name.is_empty() { String::new() } else { format!(", called \"{}\"", answer.user_name) };
    Known {
        name: name(&answer.vendor, &answer.model, &answer.serial),
        description: format!("A GigE Vision camera at {} by {interface}{called}.", answer.address),
        place: Place::Network { camera: answer.address, host, interface },
        present: true,
    }
}

fn of_usb(UsbCamera { id, vendor, model, serial }: UsbCamera) -> Known {
    Known {
        name: name(&vendor, &model, &serial),
        description: "A USB3 Vision camera.".to_owned(),
        place: Place::Usb { id },
        present: true,
    }
}

/// Many makers begin the model with their own name.
fn name(vendor: &str, model: &str, serial: &str) -> String {
    let both = if model.to_lowercase().starts_with(&vendor.to_lowercase()) {
        model.to_owned()
    } else {
        format!("{vendor} {model}")
    };
    format!("genicam: {both} ({serial})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::Answer;

    fn found(serial: &str, last: u8) -> FoundCamera {
        let answer = Answer {
            address: Ipv4Addr::new(10, 0, 0, last),
            vendor: "Aravis".to_owned(),
            model: "Fake".to_owned(),
            serial: serial.to_owned(),
            user_name: String::new(),
        };
        FoundCamera { answer, host: Ipv4Addr::new(10, 0, 0, 1), interface: "eth1".to_owned() }
    }

    #[test]
    fn a_camera_that_is_gone_is_said_so_and_comes_back_under_its_number() {
        let roster = Roster::default();
        let told = || roster.listings().into_iter().map(|camera| (camera.number, camera.name, camera.description));
        assert!(roster.take(vec![found("A", 2), found("B", 3)], Vec::new(), true));
        assert!(!roster.take(vec![found("B", 3), found("A", 2)], Vec::new(), true), "the order of answers is chance");
        assert!(roster.take(vec![found("B", 3)], Vec::new(), true));
        let listed: Vec<_> = told().collect();
        assert_eq!((listed[0].0, listed[0].1.as_str()), (0, "genicam: Aravis Fake (A)"));
        assert!(listed[0].2.contains("gone") && !listed[1].2.contains("gone"), "{listed:?}");
        assert!(roster.take(vec![found("B", 3), found("A", 9)], Vec::new(), true), "back, at another address");
        assert!(roster.is_present("genicam: Aravis Fake (A)"));
        assert_eq!(told().next().unwrap().2, "A GigE Vision camera at 10.0.0.9 by eth1.");
    }

    #[test]
    fn a_search_of_the_network_alone_says_nothing_of_usb() {
        let usb = UsbCamera {
            id: "FLIR-1E10-0136".to_owned(),
            vendor: "FLIR".to_owned(),
            model: "FLIR Blackfly".to_owned(),
            serial: "0136".to_owned(),
        };
        let roster = Roster::default();
        roster.take(Vec::new(), vec![usb], true);
        assert!(!roster.take(Vec::new(), Vec::new(), false));
        assert!(roster.is_present("genicam: FLIR Blackfly (0136)"));
        assert!(roster.take(Vec::new(), Vec::new(), true));
    }
}
