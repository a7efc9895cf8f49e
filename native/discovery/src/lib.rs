//! Being found on the local network, and finding others: DNS service discovery over multicast DNS (RFC 6763, RFC 6762), by
//! the crate `mdns-sd`.
//!
//! - [`announce`]: says that there is a bridge, on chosen addresses alone.
//! - [`browse`](mod@browse): asks once who there is, for a bounded time.
//! - [`text`]: what strangers call themselves, as it may be shown.
//! - [`nearby`]: which addresses a stranger may claim.

pub mod announce;
pub mod browse;
pub mod nearby;
pub mod text;

pub use announce::{Announcement, Announcer};
pub use browse::{Browse, Found, FoundRig, browse};

/// The type of service. Registered nowhere yet; the part before the protocol may have 15 characters.
pub const SERVICE: &str = "_zarrcam._tcp.local.";

/// All that the process may have, bytes: a name that floods the network with records ends it, and nothing else.
pub const MEMORY_BYTES: usize = 48 << 20;

/// A responder on the interfaces of these addresses, and on no other.
fn daemon_on(addresses: &[std::net::IpAddr]) -> Result<mdns_sd::ServiceDaemon, String> {
    let daemon = mdns_sd::ServiceDaemon::new().map_err(|error| error.to_string())?;
    let chosen: Vec<mdns_sd::IfKind> = addresses.iter().map(|&address| mdns_sd::IfKind::Addr(address)).collect();
    daemon
        .disable_interface(mdns_sd::IfKind::All)
        .and_then(|()| daemon.enable_interface(chosen))
        .map_err(|error| error.to_string())?;
    Ok(daemon)
}
