//! Says on the local network that there is a bridge.

use std::net::IpAddr;
use std::time::Duration;

use mdns_sd::{ServiceDaemon, ServiceInfo};
use serde::{Deserialize, Serialize};

use crate::{SERVICE, daemon_on, text};

/// What is announced. Everybody in the network reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// What people call the rig.
    pub name: String,
    /// The computer's own name, without a domain.
    pub host: String,
    /// TCP port of the bridge.
    pub port: u16,
    /// `https`, or `http` where somebody switched that off.
    pub scheme: String,
    /// Of zarrcam.
    pub version: String,
    /// Addresses that the bridge listens on: on each of their interfaces those of this interface are told. None: nothing is told.
    pub addresses: Vec<IpAddr>,
}

/// A bridge that is announced, until its end.
pub struct Announcer {
    daemon: ServiceDaemon,
    fullname: String,
}

impl Announcer {
    /// Begins to announce; none: there is no address to do so on.
    pub fn start(wanted: &Announcement) -> Result<Option<Self>, String> {
        if wanted.addresses.is_empty() {
            return Ok(None);
        }
        let service = service(wanted)?;
        let fullname = service.get_fullname().to_owned();
        let daemon = daemon_on(&wanted.addresses)?;
        daemon.register(service).map_err(|error| error.to_string())?;
        Ok(Some(Self { daemon, fullname }))
    }

    /// Tells neighbours that it goes, and waits for that so long at most.
    pub fn end(self, patience: Duration) {
        if let Ok(told) = self.daemon.unregister(&self.fullname) {
            let _ = told.recv_timeout(patience);
        }
        if let Ok(ended) = self.daemon.shutdown() {
            let _ = ended.recv_timeout(patience);
        }
    }
}

fn service(wanted: &Announcement) -> Result<ServiceInfo, String> {
    let Announcement { name, host, port, scheme, version, addresses } = wanted;
    let name = text::shown(name, text::LABEL_BYTES).unwrap_or_else(|| "zarrcam".to_owned());
    let host = host_label(host);
    let texts = [("name", name.as_str()), ("host", &host), ("scheme", scheme), ("version", version)];
    // The computer's own responder speaks for the computer's name, perhaps with other addresses: this is another name.
    let target = format!("{host}-zarrcam-{port}.local.");
    ServiceInfo::new(SERVICE, &name, &target, &addresses[..], *port, &texts[..]).map_err(|error| error.to_string())
}

/// A computer's name as one label of a host name: letters, digits and hyphens.
fn host_label(host: &str) -> String {
    let first = host.split('.').next().unwrap_or_default();
    let label: String =
        first.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(40).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "camera-computer".to_owned() } else { label.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, host: &str) -> Announcement {
        Announcement {
            name: name.to_owned(),
            host: host.to_owned(),
            port: 8421,
            scheme: "https".to_owned(),
            version: "0.1.0".to_owned(),
            addresses: vec!["192.168.7.5".parse().unwrap()],
        }
    }

    #[test]
    fn what_is_told_is_name_version_scheme_and_address_and_nothing_else() {
        let service = service(&wanted("Light sheet. 2", "Lab-Scope.example.org")).unwrap();
        assert_eq!(service.get_fullname(), "Light sheet\\. 2._zarrcam._tcp.local.");
        assert_eq!(service.get_hostname(), "lab-scope-zarrcam-8421.local.");
        assert_eq!(service.get_port(), 8421);
        let mut told: Vec<_> = service.get_properties().iter().map(|text| (text.key(), text.val_str())).collect();
        told.sort_unstable();
        let expected = [("host", "lab-scope"), ("name", "Light sheet. 2"), ("scheme", "https"), ("version", "0.1.0")];
        assert_eq!(told, expected);
    }

    #[test]
    fn any_name_can_be_announced() {
        for (name, host) in [("", ""), ("\u{202e}\n", "---"), (&"ä".repeat(100), &"ß".repeat(300))] {
            let service = service(&wanted(name, host)).unwrap();
            assert!(service.get_hostname().is_ascii(), "{name:?}");
        }
    }

    #[test]
    fn without_an_address_nothing_is_told() {
        let nowhere = Announcement { addresses: vec![], ..wanted("a", "b") };
        assert!(Announcer::start(&nowhere).unwrap().is_none());
    }
}
