//! Asks once who there is.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use mdns_sd::{ResolvedService, ScopedIp, ServiceEvent};
use serde::{Deserialize, Serialize};

use crate::nearby::is_nearby;
use crate::{SERVICE, daemon_on, text};

/// Rigs that are told at most: more than any lab has, and few enough to read.
pub const MOST_RIGS: usize = 64;
/// Addresses of a rig that are told at most.
const MOST_ADDRESSES: usize = 8;
/// Answers that are looked at, at most: what comes then is nobody's list.
const MOST_ANSWERS: usize = 10_000;
/// Longest name of a computer or a version, bytes.
const WORD_BYTES: usize = 40;
/// How often it is looked whether anybody still waits.
const STEP: Duration = Duration::from_millis(50);

/// What is looked for, and where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    /// Own addresses: it is asked on their interfaces alone.
    pub addresses: Vec<IpAddr>,
    /// How long answers are waited for, ms.
    pub wait_ms: u64,
}

/// A bridge that somebody says is there. Whoever answers can say anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRig {
    /// What people call it.
    pub name: String,
    /// What its computer is called; empty: it does not tell.
    pub host: String,
    /// Where it is: IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// TCP port.
    pub port: u16,
    /// `https` or `http`.
    pub scheme: String,
    /// Of zarrcam; empty: it does not tell.
    pub version: String,
}

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub rigs: Vec<FoundRig>,
    /// There are more, which are not told.
    pub more: bool,
}

/// Asks, and waits for answers; `is_over`: nobody waits for them any more.
pub fn browse(wanted: &Browse, is_over: impl Fn() -> bool) -> Result<Found, String> {
    let mut found = BTreeMap::new();
    let mut more = false;
    if wanted.addresses.is_empty() {
        return Ok(Found { rigs: vec![], more });
    }
    let daemon = daemon_on(&wanted.addresses)?;
    let events = daemon.browse(SERVICE).map_err(|error| error.to_string())?;
    let end = Instant::now() + Duration::from_millis(wanted.wait_ms);
    let mut answers = 0;
    while Instant::now() < end && !is_over() {
        let Ok(event) = events.recv_timeout(STEP) else {
            // More came than anybody could read: the library has given up.
            if events.is_disconnected() {
                more = true;
                break;
            }
            continue;
        };
        answers += 1;
        match event {
            ServiceEvent::ServiceResolved(service) => {
                if let Some(rig) = rig(&service, &wanted.addresses) {
                    found.insert(service.fullname.clone(), rig);
                }
            }
            ServiceEvent::ServiceRemoved(_, fullname) => _ = found.remove(&fullname),
            _ => {}
        }
        if found.len() > MOST_RIGS || answers > MOST_ANSWERS {
            more = true;
            break;
        }
    }
    // The process ends: nobody is told goodbye who was only asked.
    let mut rigs: Vec<FoundRig> = found.into_values().take(MOST_RIGS).collect();
    rigs.sort_by(|a, b| a.name.cmp(&b.name).then(a.addresses.cmp(&b.addresses)).then(a.port.cmp(&b.port)));
    rigs.dedup();
    Ok(Found { rigs, more })
}

/// None: it cannot be one of the lab's.
fn rig(service: &ResolvedService, own: &[IpAddr]) -> Option<FoundRig> {
    let value = |key| service.get_property_val_str(key).unwrap_or_default();
    let instance = service.fullname.strip_suffix(SERVICE).unwrap_or_default().trim_end_matches('.');
    let name = text::shown(value("name"), text::LABEL_BYTES).or_else(|| text::shown(instance, text::LABEL_BYTES))?;
    let word = |text| text::shown(text, WORD_BYTES).filter(|word| word.chars().all(is_of_a_word)).unwrap_or_default();
    let mut addresses: Vec<IpAddr> =
        service.addresses.iter().map(ScopedIp::to_ip_addr).filter(|&one| is_nearby(one, own)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(MOST_ADDRESSES);
    if addresses.is_empty() || service.port == 0 {
        return None;
    }
    let scheme = if value("scheme") == "http" { "http" } else { "https" };
    Some(FoundRig {
        name,
        host: word(value("host")),
        addresses,
        port: service.port,
        scheme: scheme.to_owned(),
        version: word(value("version")),
    })
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')
}

#[cfg(test)]
mod tests {
    use mdns_sd::ServiceInfo;

    use super::*;

    fn resolved(name: &str, addresses: &str, texts: &[(&str, &str)]) -> ResolvedService {
        ServiceInfo::new(SERVICE, name, "a.local.", addresses, 8421, texts).unwrap().as_resolved_service()
    }
    fn own() -> Vec<IpAddr> {
        vec!["192.168.1.2".parse().unwrap()]
    }

    #[test]
    fn a_rig_is_told_as_it_calls_itself() {
        let texts = [("name", "Light sheet. 2"), ("host", "lab-scope"), ("scheme", "http"), ("version", "0.1.0")];
        let found = rig(&resolved("x", "192.168.1.9,fd00::9,8.8.8.8", &texts), &own()).unwrap();
        let expected = FoundRig {
            name: "Light sheet. 2".to_owned(),
            host: "lab-scope".to_owned(),
            addresses: vec!["192.168.1.9".parse().unwrap(), "fd00::9".parse().unwrap()],
            port: 8421,
            scheme: "http".to_owned(),
            version: "0.1.0".to_owned(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_stranger_leads_nobody_out_of_the_lab_and_to_no_other_scheme() {
        assert_eq!(rig(&resolved("x", "127.0.0.1,8.8.8.8", &[]), &own()), None);
        let texts = [("scheme", "javascript"), ("host", "a b/../<x>"), ("version", "\u{202e}1")];
        let found = rig(&resolved("<img src=x>", "192.168.1.9", &texts), &own()).unwrap();
        assert_eq!((found.scheme.as_str(), found.host.as_str(), found.version.as_str()), ("https", "", "1"));
        assert_eq!(found.name, "<img src=x>");
    }

    #[test]
    fn nobody_is_asked_where_there_is_no_network() {
        let nowhere = Browse { addresses: vec![], wait_ms: 60_000 };
        assert_eq!(browse(&nowhere, || false), Ok(Found { rigs: vec![], more: false }));
    }
}
