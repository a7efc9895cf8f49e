use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use serde::de::IgnoredAny;
use zarrcam_camera::{CameraControl, CameraError};

use crate::description::Description;
use crate::memory::SharedMemory;
use crate::refusal::Refusal;
use crate::slots::Slots;
use crate::wire::{FrameRecord, FromBridge, FromPusher, PUSHER_RECORD_BYTES};

/// Whoever waits for a frame looks up so often whether its run has been stopped; a frame itself wakes it at once.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(20);

/// A program that is connected: one camera.
pub struct Pusher {
    /// The camera's name, `push: ` included.
    pub name: String,
    /// Counts the programs that came.
    pub number: u32,
    pub description: Description,
    pub memory: SharedMemory,
    socket: UnixStream,
    /// Its answers had no room any more.
    does_not_read: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    slots: Slots,
    last_id: Option<u64>,
    /// Frames that were pushed since the start and not taken yet; `None`: nobody wants any.
    run: Option<VecDeque<PushedFrame>>,
    /// Why no frame comes any more.
    ended: Option<String>,
}

/// A frame that lies in a slot until the slot is freed.
#[derive(Debug)]
pub struct PushedFrame {
    pub record: FrameRecord,
    pub metadata: Option<String>,
}

impl Pusher {
    pub fn new(name: String, number: u32, description: Description, memory: SharedMemory, socket: UnixStream) -> Self {
        let slots = Slots::new(description.slots);
        let state = Mutex::new(State { slots, last_id: None, run: None, ended: None });
        let does_not_read = AtomicBool::new(false);
        Self { name, number, description, memory, socket, does_not_read, state, changed: Condvar::new() }
    }

    /// Each change of the state is whole before its lock is given back, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens until the program ends or breaks the rules.
    pub fn serve(&self) {
        let ended = match self.listen() {
            Ok(()) => "the program that pushes it has closed it".to_owned(),
            Err(Refusal::Connection(_)) if self.does_not_read.load(Ordering::Relaxed) => {
                format!("the program that pushes it was disconnected: {}", Refusal::DoesNotRead)
            }
            Err(Refusal::Connection(_)) => match self.description.process_id {
                0 => "the program that pushes it has ended".to_owned(),
                process => format!("the program that pushes it has ended (process {process})"),
            },
            Err(refusal) => {
                self.say(&FromBridge::Refused { reason: &refusal.to_string() });
                format!("the program that pushes it was disconnected: {refusal}")
            }
        };
        self.disconnect(ended);
    }

    fn listen(&self) -> Result<(), Refusal> {
        let mut reader = BufReader::with_capacity(8 << 10, &self.socket);
        let mut record = [0; PUSHER_RECORD_BYTES];
        loop {
            reader.read_exact(&mut record)?;
            match FromPusher::parse(&record)? {
                FromPusher::Frame(record) => {
                    let metadata = read_metadata(&mut reader, &record)?;
                    self.arrived(PushedFrame { record, metadata })?;
                }
                FromPusher::Farewell => return Ok(()),
                FromPusher::Greeting { .. } => return Err(Refusal::Greeting("not the first")),
            }
        }
    }

    fn arrived(&self, frame: PushedFrame) -> Result<(), Refusal> {
        let FrameRecord { slot, id, .. } = frame.record;
        let mut state = self.lock();
        state.slots.take(slot)?;
        if let Some(last) = state.last_id.filter(|last| id <= *last) {
            return Err(Refusal::IdDoesNotRise { id, last });
        }
        state.last_id = Some(id);
        match &mut state.run {
            Some(frames) => {
                frames.push_back(frame);
                drop(state);
                self.changed.notify_all();
            }
            None => self.free_in(&mut state, slot),
        }
        Ok(())
    }

    /// From here on frames are kept for who takes them.
    pub fn begin(&self) -> Result<(), CameraError> {
        let mut state = self.lock();
        if let Some(reason) = &state.ended {
            return Err(self.failed(reason));
        }
        if state.run.is_some() {
            return Err(CameraError::Running { camera: self.name.clone() });
        }
        state.run = Some(VecDeque::new());
        self.say(&FromBridge::Started);
        Ok(())
    }

    /// Nobody wants frames any more.
    pub fn end(&self) {
        let mut state = self.lock();
        for frame in state.run.take().into_iter().flatten() {
            self.free_in(&mut state, frame.record.slot);
        }
        self.say(&FromBridge::Stopped);
    }

    /// The next frame of a run, in order. `None`: `control` says stop. When the program has ended, what it had pushed comes
    /// first.
    pub fn next(&self, control: &CameraControl) -> Result<Option<PushedFrame>, CameraError> {
        let mut state = self.lock();
        while !control.is_stopped() {
            let Some(frames) = &mut state.run else {
                return Err(CameraError::NotRunning { camera: self.name.clone() });
            };
            if let Some(frame) = frames.pop_front() {
                return Ok(Some(frame));
            }
            if let Some(reason) = &state.ended {
                return Err(self.failed(reason));
            }
            state = self.changed.wait_timeout(state, LOOKS_UP_EVERY).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(None)
    }

    /// Gives a slot back to the program.
    pub fn free(&self, slot: u32) {
        self.free_in(&mut self.lock(), slot);
    }

    fn free_in(&self, state: &mut State, slot: u32) {
        state.slots.free(slot);
        if state.ended.is_none() {
            self.say(&FromBridge::Free { slot });
        }
    }

    /// Never waits. An honest program leaves room, since it knows of no more slots than it has.
    pub fn say(&self, what: &FromBridge) {
        #[cfg(target_os = "linux")]
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        #[cfg(not(target_os = "linux"))]
        let flags = SendFlags::DONTWAIT;
        let bytes = what.bytes();
        let full = match send(&self.socket, &bytes, flags) {
            Ok(sent) => sent < bytes.len(),
            // Whether somebody wants its frames is no word to end for: it may be asleep.
            Err(Errno::AGAIN) => matches!(what, FromBridge::Free { .. }),
            // It has gone; who reads finds out.
            Err(_) => false,
        };
        if full {
            self.does_not_read.store(true, Ordering::Relaxed);
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }

    /// Ends the connection. Of several reasons the first counts.
    pub fn disconnect(&self, reason: String) {
        self.lock().ended.get_or_insert(reason);
        let _ = self.socket.shutdown(Shutdown::Both);
        self.changed.notify_all();
    }

    fn failed(&self, reason: &str) -> CameraError {
        CameraError::Failed { camera: self.name.clone(), reason: reason.to_owned() }
    }
}

fn read_metadata(reader: &mut impl Read, record: &FrameRecord) -> Result<Option<String>, Refusal> {
    if record.metadata_bytes == 0 {
        return Ok(None);
    }
    let mut bytes = vec![0; record.metadata_bytes as usize];
    reader.read_exact(&mut bytes)?;
    let wrong = |reason: String| Refusal::Metadata { id: record.id, reason };
    let text = String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str::<IgnoredAny>(&text).map_err(|error| wrong(error.to_string()))?;
    if !text.trim_start().starts_with('{') {
        return Err(wrong("it is another JSON value".to_owned()));
    }
    Ok(Some(text))
}
