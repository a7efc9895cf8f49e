//! A folder where a driver listens, and a program that pushes, byte by byte as the README says.

use std::fs::File;
use std::io::{IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::{Value, json};
use zarrcam_camera::{Camera, Driver};
use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;
use zarrcam_push::{PushDriver, SOCKET_NAME};

/// Nothing here takes so long; a test that hangs ends with a message.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own, removed in the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zarrcam-push-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
        Self(folder)
    }

    pub fn driver(&self) -> PushDriver {
        PushDriver::listening_in(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Welcome(String),
    Refused(String),
    Free(u32),
    Started,
    Stopped,
    Gone,
}

pub struct Program {
    pub socket: UnixStream,
    pub file: File,
    slot_bytes: u64,
}

/// 64 x 48 px of U16 in four slots.
pub fn description(name: &str) -> Value {
    json!({
        "version": 1, "name": name, "shape": [64, 48], "pixel_type": "U16", "slots": 4, "slot_bytes": 8192,
        "process_id": 77
    })
}

pub const FRAME_BYTES: usize = 64 * 48 * 2;

pub fn sealed_file(bytes: u64, seals: SealFlags) -> OwnedFd {
    let file = memfd_create("push test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    rustix::fs::ftruncate(&file, bytes).unwrap();
    fcntl_add_seals(&file, seals).unwrap();
    file
}

pub fn record(kind: u32, payload_bytes: u32, slot: u32, id: u64) -> Vec<u8> {
    let words = [kind, payload_bytes, slot, 0].map(u32::to_le_bytes);
    let clocks =
        [id, 1_000_000_000 + (id % 10_000) * 1_000_000, 1_700_000_000_000_000_000 + id % 10_000].map(u64::to_le_bytes);
    [words.concat(), clocks.concat()].concat()
}

pub fn connect(folder: &Path) -> UnixStream {
    let socket = UnixStream::connect(folder.join(SOCKET_NAME)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

pub fn send_with_file(socket: &UnixStream, bytes: &[u8], file: Option<&OwnedFd>) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    let files: Vec<_> = file.iter().map(|file| file.as_fd()).collect();
    if !files.is_empty() {
        assert!(along.push(SendAncillaryMessage::ScmRights(&files)));
    }
    let sent = sendmsg(socket, &[IoSlice::new(bytes)], &mut along, SendFlags::NOSIGNAL).unwrap();
    assert_eq!(sent, bytes.len());
}

impl Program {
    /// Greets, and says what was answered.
    pub fn greet(folder: &Path, description: &Value) -> (Self, Answer) {
        let number = |field: &str| description[field].as_u64().unwrap();
        let file = sealed_file(number("slots") * number("slot_bytes"), SealFlags::SHRINK | SealFlags::GROW);
        let text = description.to_string();
        let socket = connect(folder);
        let greeting = [&record(1, text.len() as u32, 0, 0), text.as_bytes()].concat();
        send_with_file(&socket, &greeting, Some(&file));
        let mut program = Self { socket, file: File::from(file), slot_bytes: number("slot_bytes") };
        let answer = program.answer();
        (program, answer)
    }

    /// One that has not greeted, or not well: it can listen.
    pub fn unconnected(socket: UnixStream) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, file: File::from(sealed_file(0, SealFlags::SHRINK)), slot_bytes: 0 }
    }

    pub fn new(folder: &Path, name: &str) -> Self {
        let (program, answer) = Self::greet(folder, &description(name));
        assert!(matches!(answer, Answer::Welcome(_)), "{answer:?}");
        program
    }

    pub fn answer(&mut self) -> Answer {
        let mut head = [0; 16];
        if self.socket.read_exact(&mut head).is_err() {
            return Answer::Gone;
        }
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        let mut text = vec![0; word(4) as usize];
        self.socket.read_exact(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        match word(0) {
            1 => Answer::Welcome(text),
            2 => Answer::Refused(text),
            3 => Answer::Free(word(8)),
            4 => Answer::Started,
            5 => Answer::Stopped,
            kind => panic!("the bridge says {kind}"),
        }
    }

    pub fn fill(&self, slot: u32, pixels: &[u8]) {
        self.file.write_all_at(pixels, u64::from(slot) * self.slot_bytes).unwrap();
    }

    pub fn push(&mut self, slot: u32, id: u64, metadata: &str) {
        let bytes = [&record(2, metadata.len() as u32, slot, id), metadata.as_bytes()].concat();
        self.socket.write_all(&bytes).unwrap();
    }

    pub fn farewell(&mut self) {
        self.socket.write_all(&record(3, 0, 0, 0)).unwrap();
    }
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub fn names(driver: &PushDriver) -> Vec<String> {
    driver.cameras().into_iter().map(|camera| camera.name).collect()
}

pub fn settings() -> CameraSettings {
    CameraSettings { exposure_time_us: 0.0, shape: [64, 48], pixel_type: PixelType::U16, ..CameraSettings::default() }
}

/// Open, set and started.
pub fn running(driver: &PushDriver, name: &str) -> Box<dyn Camera> {
    let mut camera = driver.open(name).unwrap();
    camera.configure(&settings(), 0.0).unwrap();
    camera.start().unwrap();
    camera
}
