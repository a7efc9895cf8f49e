use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};
use serde::{Deserialize, Serialize};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::CertificateError;

/// Private networks, shared address space (Tailscale gives addresses of it), links without a network, loopback.
const NETWORKS: [(IpAddr, u8); 9] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
];

/// Names that mDNS answers, in nobody's possession.
const LOCAL: &str = "local";

/// What an authority of a computer with these names and addresses may speak for. Below its own names nothing: a computer that is
/// called `camera` must not speak for the web sites below `.camera`.
pub(crate) fn constraints(names: &[String], addresses: &[IpAddr]) -> NameConstraints {
    let own: Vec<&String> = names.iter().filter(|name| !is_below(name, LOCAL)).collect();
    let networks = NETWORKS.iter().map(|&(address, prefix)| CidrSubnet::from_addr_prefix(address, prefix));
    let whole = |address: &IpAddr| CidrSubnet::from_addr_prefix(*address, if address.is_ipv4() { 32 } else { 128 });
    let foreign = addresses.iter().filter(|address| !NETWORKS.iter().any(|network| contains(network, address)));
    NameConstraints {
        permitted_subtrees: [GeneralSubtree::DnsName(LOCAL.into())]
            .into_iter()
            .chain(own.iter().map(|name| GeneralSubtree::DnsName((*name).clone())))
            .chain(networks.chain(foreign.map(whole)).map(GeneralSubtree::IpAddress))
            .collect(),
        excluded_subtrees: own.iter().map(|name| GeneralSubtree::DnsName(format!(".{name}"))).collect(),
    }
}

/// A DNS name in lower case; an error where it is none. No wildcards: a certificate names what it is for.
pub(crate) fn dns_name(text: &str) -> Result<String, CertificateError> {
    let name = text.to_ascii_lowercase();
    let label = |label: &str| {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(inside) && !label.starts_with('-') && !label.ends_with('-')
    };
    let good = name.len() <= 253 && name.split('.').all(label) && name.parse::<IpAddr>().is_err();
    if good { Ok(name) } else { Err(CertificateError::NotAName(text.into())) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermittedRequest {
    /// The authority's certificate, PEM.
    pub authority: String,
    pub names: Vec<String>,
    pub addresses: Vec<IpAddr>,
}

/// What of it the authority may speak for, and what not.
#[derive(Debug, PartialEq, Serialize)]
pub struct Permitted {
    pub names: Vec<String>,
    pub addresses: Vec<IpAddr>,
    pub left_out: Vec<String>,
}

/// Sorts names and addresses by what an authority may speak for; read from its certificate, since it was made when the computer
/// may have had other names.
pub fn permitted(request: &PermittedRequest) -> Result<Permitted, CertificateError> {
    let scope = Scope::of(&request.authority)?;
    let (mut names, mut left_out) = (Vec::new(), Vec::new());
    for text in &request.names {
        match dns_name(text) {
            Ok(name) if scope.covers_name(&name) => names.push(name),
            _ => left_out.push(text.clone()),
        }
    }
    let (addresses, foreign): (Vec<_>, Vec<_>) =
        request.addresses.iter().partition(|address| scope.covers_address(address));
    left_out.extend(foreign.iter().map(|address: &IpAddr| address.to_string()));
    Ok(Permitted { names, addresses, left_out })
}

/// The name constraints of a certificate.
pub(crate) struct Scope {
    names: Vec<String>,
    without: Vec<String>,
    networks: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Scope {
    pub(crate) fn of(pem: &str) -> Result<Self, CertificateError> {
        let unreadable = |reason: &dyn std::fmt::Display| CertificateError::Authority(reason.to_string());
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|error| unreadable(&error))?;
        let (_, certificate) = X509Certificate::from_der(&pem.contents).map_err(|error| unreadable(&error))?;
        let constraints = certificate
            .name_constraints()
            .map_err(|error| unreadable(&error))?
            .ok_or_else(|| unreadable(&"it has no name constraints, so it is none of zarrcam's"))?;
        let mut scope = Self { names: vec![], without: vec![], networks: vec![] };
        for subtree in constraints.value.permitted_subtrees.iter().flatten() {
            match subtree.base {
                GeneralName::DNSName(name) => scope.names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => {
                    let (address, mask) = bytes.split_at(bytes.len() / 2);
                    scope.networks.push((address.into(), mask.into()));
                }
                _ => (),
            }
        }
        for subtree in constraints.value.excluded_subtrees.iter().flatten() {
            if let GeneralName::DNSName(name) = subtree.base {
                scope.without.push(name.to_ascii_lowercase());
            }
        }
        Ok(scope)
    }

    /// `name` in lower case.
    pub(crate) fn covers_name(&self, name: &str) -> bool {
        let under = |constraint: &String| match constraint.strip_prefix('.') {
            Some(parent) => name != parent && is_below(name, parent),
            None => is_below(name, constraint),
        };
        self.names.iter().any(under) && !self.without.iter().any(under)
    }

    pub(crate) fn covers_address(&self, address: &IpAddr) -> bool {
        let bytes = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        self.networks.iter().any(|(network, mask)| {
            network.len() == bytes.len()
                && bytes
                    .iter()
                    .zip(network.iter().zip(mask))
                    .all(|(byte, (network, mask))| byte & mask == network & mask)
        })
    }
}

/// Whether it is the name itself, or one below it.
fn is_below(name: &str, parent: &str) -> bool {
    name.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn contains(&(network, prefix): &(IpAddr, u8), address: &IpAddr) -> bool {
    let same = |a: u128, b: u128, bits: u8| (a ^ b) >> (bits - prefix) == 0;
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => same(network.to_bits().into(), address.to_bits().into(), 32),
        (IpAddr::V6(network), IpAddr::V6(address)) => same(network.to_bits(), address.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{AuthorityRequest, make_authority};

    fn authority(names: &[&str], addresses: &[&str]) -> String {
        let request = AuthorityRequest {
            common_name: "zarrcam rig3".into(),
            names: names.iter().map(|name| name.to_string()).collect(),
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
            now_unix_s: 1_795_000_000,
        };
        make_authority(&request).unwrap().certificate
    }

    #[test]
    fn it_speaks_for_its_own_names_and_private_networks_alone() {
        let scope = Scope::of(&authority(&["camera", "camera.local", "camera.lab.example"], &["141.2.3.4"])).unwrap();
        for name in ["camera", "camera.local", "other.local", "camera.lab.example"] {
            assert!(scope.covers_name(name), "{name}");
        }
        // `.camera` holds web sites.
        for name in ["shop.camera", "lab.example", "x.camera.lab.example", "example.com", "notlocal", "acamera"] {
            assert!(!scope.covers_name(name), "{name}");
        }
        for address in
            ["10.1.2.3", "172.31.0.1", "192.168.7.9", "169.254.1.1", "100.101.102.103", "127.0.0.1", "141.2.3.4"]
        {
            assert!(scope.covers_address(&address.parse().unwrap()), "{address}");
        }
        for address in ["fd00::1", "fe80::1", "::1"] {
            assert!(scope.covers_address(&address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "141.2.3.5", "2001:db8::1", "::2"] {
            assert!(!scope.covers_address(&address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_it_may_not_speak_for_is_named() {
        let request = PermittedRequest {
            authority: authority(&["rig3"], &[]),
            names: vec!["RIG3".into(), "rig3.local".into(), "rig4".into(), "no name".into()],
            addresses: vec!["192.168.1.2".parse().unwrap(), "9.9.9.9".parse().unwrap()],
        };
        let expected = Permitted {
            names: vec!["rig3".into(), "rig3.local".into()],
            addresses: vec!["192.168.1.2".parse().unwrap()],
            left_out: vec!["rig4".into(), "no name".into(), "9.9.9.9".into()],
        };
        assert_eq!(permitted(&request).unwrap(), expected);
    }

    #[test]
    fn names_are_names() {
        for name in ["rig3", "RIG-3.lab.example", "a_b"] {
            assert!(dns_name(name).is_ok(), "{name}");
        }
        for name in
            ["", "rig 3", ".local", "local.", "a..b", "*.local", "-a", "a-", "192.168.1.2", "::1", "größe", "a/b"]
        {
            assert!(dns_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn other_peoples_certificates_and_damaged_ones_are_refused() {
        let good = authority(&["rig3"], &[]);
        assert!(Scope::of("").is_err());
        assert!(Scope::of(&good[..good.len() / 2]).is_err());
    }

    proptest! {
        #[test]
        fn an_address_is_covered_where_one_of_the_networks_contains_it(bits: u32) {
            let address = IpAddr::V4(Ipv4Addr::from_bits(bits));
            let networks = NETWORKS.map(|(address, prefix)| match CidrSubnet::from_addr_prefix(address, prefix) {
                CidrSubnet::V4(network, mask) => (network.to_vec(), mask.to_vec()),
                CidrSubnet::V6(network, mask) => (network.to_vec(), mask.to_vec()),
            });
            let scope = Scope { names: vec![], without: vec![], networks: networks.to_vec() };
            prop_assert_eq!(scope.covers_address(&address), NETWORKS.iter().any(|network| contains(network, &address)));
        }
    }
}
