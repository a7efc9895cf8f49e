//! What is agreed on before the first frame.

use std::io::{self, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::description::Description;
use crate::memory::SharedMemory;
use crate::refusal::Refusal;
use crate::wire::{FromPusher, PUSHER_RECORD_BYTES};

/// A program greets within this time, or it is none of ours.
const GREETS_WITHIN: Duration = Duration::from_secs(2);
/// More files than that come with no greeting; they are closed unread.
const MOST_FILES: usize = 4;

/// Reads who the program is, and what it pushes.
pub fn read_greeting(socket: &UnixStream) -> Result<(Description, SharedMemory), Refusal> {
    let until = Instant::now() + GREETS_WITHIN;
    let mut record = [0; PUSHER_RECORD_BYTES];
    let (read, file) = receive_with_file(socket, &mut record, until)?;
    read_until(socket, &mut record[read..], until)?;
    let FromPusher::Greeting { description_bytes } = FromPusher::parse(&record)? else {
        return Err(Refusal::Greeting("of another kind"));
    };
    let mut text = vec![0; description_bytes as usize];
    read_until(socket, &mut text, until)?;
    let description = Description::parse(&text)?;
    let file = file.ok_or(Refusal::Greeting("without a file"))?;
    let memory = SharedMemory::new(file, &description)?;
    socket.set_read_timeout(None)?;
    Ok((description, memory))
}

/// A file comes with the first byte. Returns how many bytes were read as well.
fn receive_with_file(
    socket: &UnixStream,
    record: &mut [u8],
    until: Instant,
) -> Result<(usize, Option<OwnedFd>), Refusal> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_FILES))];
    let mut came_along = RecvAncillaryBuffer::new(&mut space);
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    wait_at_most(socket, until)?;
    let received = recvmsg(socket, &mut [IoSliceMut::new(record)], &mut came_along, flags);
    let received = received.map_err(io::Error::from)?;
    if received.bytes == 0 {
        return Err(Refusal::Connection("it said nothing".to_owned()));
    }
    let mut files = came_along.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    Ok((received.bytes, files.next().and_then(|mut files| files.next())))
}

fn read_until(mut socket: &UnixStream, mut buffer: &mut [u8], until: Instant) -> Result<(), Refusal> {
    while !buffer.is_empty() {
        wait_at_most(socket, until)?;
        match socket.read(buffer)? {
            0 => return Err(Refusal::Connection("it broke off".to_owned())),
            read => buffer = &mut buffer[read..],
        }
    }
    Ok(())
}

fn wait_at_most(socket: &UnixStream, until: Instant) -> Result<(), Refusal> {
    // A time-out of zero would be none at all.
    let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    Ok(socket.set_read_timeout(Some(left))?)
}
