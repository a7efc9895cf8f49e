use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use if_addrs::{IfAddr, get_if_addrs};

use super::packet::{Answer, CONTROL_PORT, question};

/// Cameras answer at once; a busy network or a slow camera takes a little longer.
const PATIENCE: Duration = Duration::from_millis(600);
/// Between two looks whether an answer came.
const PAUSE: Duration = Duration::from_millis(10);
/// One flood of answers is not read for ever.
const MOST_ANSWERS: usize = 1024;

/// A camera that answered, and by which address of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCamera {
    pub answer: Answer,
    /// The address of this computer in the camera's network.
    pub host: Ipv4Addr,
    /// The name of that network interface.
    pub interface: String,
}

/// The word for every interface.
pub const ALL: &str = "all";

struct Asked {
    interface: String,
    host: Ipv4Addr,
    socket: UdpSocket,
}

/// Asks on these interfaces, and waits for answers. Returns the cameras, and what kept it from asking, in sentences.
pub fn search(interfaces: &[String]) -> (Vec<FoundCamera>, Vec<String>) {
    let mut trouble = Vec::new();
    if interfaces.is_empty() {
        return (Vec::new(), trouble);
    }
    let addresses = match get_if_addrs() {
        Ok(addresses) => addresses,
        Err(error) => {
            return (Vec::new(), vec![format!("The system does not say which network interfaces there are: {error}.")]);
        }
    };
    let is_wanted = |name: &str| interfaces.iter().any(|wanted| wanted == ALL || wanted == name);
    for wanted in interfaces.iter().filter(|wanted| wanted.as_str() != ALL) {
        if addresses.iter().all(|address| address.name != **wanted) {
            let mut known: Vec<_> = addresses.iter().map(|address| address.name.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            trouble.push(format!(
                "There is no network interface \"{wanted}\" with an address, so no camera was searched there; there are {}.",
                known.join(", ")
            ));
        }
    }
    let mut asked = Vec::new();
    for address in addresses.into_iter().filter(|address| is_wanted(&address.name)) {
        let IfAddr::V4(v4) = address.addr else { continue };
        // One that reaches nobody else, loopback say, is asked itself.
        let everybody = if v4.ip.is_loopback() { v4.ip } else { v4.broadcast.unwrap_or(v4.ip) };
        match ask(v4.ip, everybody) {
            Ok(socket) => asked.push(Asked { interface: address.name, host: v4.ip, socket }),
            Err(error) => trouble.push(format!(
                "Cameras cannot be searched on the network interface \"{}\" ({}): {error}.",
                address.name, v4.ip
            )),
        }
    }
    (answers(&asked), trouble)
}

fn ask(host: Ipv4Addr, everybody: Ipv4Addr) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind((host, 0))?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    socket.send_to(&question(), (everybody, CONTROL_PORT))?;
    Ok(socket)
}

fn answers(asked: &[Asked]) -> Vec<FoundCamera> {
    let mut found: Vec<FoundCamera> = Vec::new();
    let until = Instant::now() + PATIENCE;
    let mut packet = [0; 2048];
    while !asked.is_empty() && Instant::now() < until {
        for Asked { interface, host, socket } in asked {
            while Instant::now() < until {
                let read = match socket.recv_from(&mut packet) {
                    Ok((read, _)) => read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let Some(answer) = Answer::parse(&packet[..read]) else { continue };
                // The same camera by two interfaces counts once.
                let same =
                    |known: &FoundCamera| known.answer.serial == answer.serial && known.answer.model == answer.model;
                if found.len() < MOST_ANSWERS && !found.iter().any(same) {
                    found.push(FoundCamera { answer, host: *host, interface: interface.clone() });
                }
            }
        }
        thread::sleep(PAUSE);
    }
    found
}
