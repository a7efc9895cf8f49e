//! Which addresses a stranger may claim to be at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address can be that of a computer in the network that `own` belong to. Whoever answers could name any computer,
/// this one and those of the internet included, and people would be led there.
///
/// Private networks are believed as they are: one of several may be reached through a router. Of others, which some institutes
/// give to every computer, those are believed that share the beginning with an own one.
pub fn is_nearby(address: IpAddr, own: &[IpAddr]) -> bool {
    match address {
        IpAddr::V4(address) => {
            is_private_v4(address) || (is_host_v4(address) && own.iter().any(|one| shares_v4(address, *one)))
        }
        IpAddr::V6(address) => {
            is_unique_local(address) || (is_host_v6(address) && own.iter().any(|one| shares_v6(address, *one)))
        }
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    // 100.64.0.0/10 is what private networks over the internet use.
    let [first, second, ..] = address.octets();
    address.is_private() || address.is_link_local() || (first == 100 && (64..128).contains(&second))
}

fn is_host_v4(address: Ipv4Addr) -> bool {
    !address.is_loopback() && !address.is_multicast() && !address.is_broadcast() && address.octets()[0] != 0
}

fn shares_v4(address: Ipv4Addr, own: IpAddr) -> bool {
    matches!(own, IpAddr::V4(own) if own.octets()[..2] == address.octets()[..2])
}

fn is_unique_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xfe00 == 0xfc00
}

/// Of the addresses that any computer may have: no browser takes one that needs a zone.
fn is_host_v6(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xe000 == 0x2000
}

fn shares_v6(address: Ipv6Addr, own: IpAddr) -> bool {
    matches!(own, IpAddr::V6(own) if own.segments()[..4] == address.segments()[..4])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nearby(address: &str, own: &[&str]) -> bool {
        let own: Vec<IpAddr> = own.iter().map(|one| one.parse().unwrap()).collect();
        is_nearby(address.parse().unwrap(), &own)
    }

    #[test]
    fn computers_of_the_lab_are_believed_and_nobody_else() {
        for address in ["192.168.0.2", "10.1.2.3", "172.16.0.1", "169.254.3.4", "100.101.102.103", "fd12::7"] {
            assert!(nearby(address, &[]), "{address}");
        }
        for address in
            ["8.8.8.8", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251", "172.32.0.1", "100.128.0.1"]
        {
            assert!(!nearby(address, &["192.168.0.1"]), "{address}");
        }
        for address in ["::1", "::", "fe80::1", "ff02::fb", "2001:db8::1", "::ffff:127.0.0.1"] {
            assert!(!nearby(address, &["fd12::1", "192.168.0.1"]), "{address}");
        }
        assert!(nearby("141.5.7.9", &["141.5.1.1"]) && !nearby("141.6.7.9", &["141.5.1.1"]));
        assert!(nearby("2001:db8:1:2::9", &["2001:db8:1:2::1"]) && !nearby("2001:db8:1:3::9", &["2001:db8:1:2::1"]));
    }

    proptest! {
        #[test]
        fn loopback_is_never_nearby(last in any::<[u8; 3]>(), own in any::<[u8; 4]>()) {
            let loopback = Ipv4Addr::new(127, last[0], last[1], last[2]);
            prop_assert!(!is_nearby(loopback.into(), &[Ipv4Addr::from(own).into(), loopback.into()]));
        }
    }
}
