//! The size of a network camera's packets: as large as the path carries whole, and never larger.

use super::shared::Shared;
use crate::aravis::Device;

/// The feature by which a document chooses the size itself.
pub const FEATURE: &str = "GevSCPSPacketSize";
/// What every path carries.
const SAFE_BYTES: u32 = 1400;

/// Tries which packets come through, sets the largest of them, and looks at what the camera made of it. One that the
/// interface cannot carry is made smaller; where nothing could be tried the size stays what it was.
pub fn adjust(shared: &Shared, device: &Device, interface: &str) {
    if !device.is_network() {
        return;
    }
    let before = device.packet_bytes().unwrap_or(SAFE_BYTES);
    let tried = device.probe_packet_bytes().and_then(|_| device.packet_bytes());
    let largest = mtu_bytes(interface);
    let wanted = match tried {
        Ok(bytes) => chosen(bytes, largest),
        Err(reason) => {
            let back = chosen(before, largest);
            shared.say(format!("The size of packets could not be tried ({reason}); it stays {back} bytes."));
            back
        }
    };
    let now = device.packet_bytes().unwrap_or(0);
    if now == wanted {
        return;
    }
    let set = device.set_packet_bytes(wanted).and_then(|()| device.packet_bytes());
    match set {
        Ok(got) if got == wanted => shared.say(format!(
            "The camera's packets of {now} bytes would not fit through {interface}; they have {wanted} bytes now."
        )),
        Ok(got) => shared.say(format!("{FEATURE} was asked to be {wanted} bytes, and the camera made it {got}.")),
        Err(reason) => {
            shared.say(format!("{FEATURE} was asked to be {wanted} bytes, and the camera answers: {reason}"))
        }
    }
}

/// `tried`: what the camera has after trying; `largest`: what the interface carries, where it says.
fn chosen(tried: u32, largest: Option<u32>) -> u32 {
    let fitting = largest.map_or(tried, |largest| tried.min(largest / 4 * 4));
    if fitting == 0 { SAFE_BYTES } else { fitting }
}

/// Bytes that an interface carries in one packet.
fn mtu_bytes(interface: &str) -> Option<u32> {
    let name = interface.split(':').next().unwrap_or(interface);
    std::fs::read_to_string(format!("/sys/class/net/{name}/mtu")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_never_larger_than_the_interface_carries() {
        assert_eq!(chosen(8996, Some(1500)), 1500);
        assert_eq!(chosen(1476, Some(1500)), 1476, "what was found by trying is kept");
        assert_eq!(chosen(8996, Some(9001)), 8996);
        assert_eq!(chosen(8996, None), 8996);
        assert_eq!(chosen(0, Some(1500)), SAFE_BYTES);
    }
}
