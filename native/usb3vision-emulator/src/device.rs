//! Commands and answers, registers, and what writing them does.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;

use crate::faults::{Fault, XmlKind};
use crate::memory::Memory;
use crate::stream::{Completion, Endpoint};
use crate::{description, frames};

/// Where the camera's own registers lie.
pub mod register {
    pub const BASE: u64 = 0x0010_0000;
    pub const WIDTH: u64 = BASE;
    pub const HEIGHT: u64 = BASE + 0x04;
    pub const OFFSET_X: u64 = BASE + 0x08;
    pub const OFFSET_Y: u64 = BASE + 0x0c;
    pub const BINNING_X: u64 = BASE + 0x10;
    pub const BINNING_Y: u64 = BASE + 0x14;
    pub const PIXEL_FORMAT: u64 = BASE + 0x18;
    pub const EXPOSURE: u64 = BASE + 0x20;
    pub const FRAME_RATE: u64 = BASE + 0x28;
    pub const RATE_SWITCH: u64 = BASE + 0x30;
    pub const EXPOSURE_AUTO: u64 = BASE + 0x34;
    pub const MODE: u64 = BASE + 0x38;
    pub const TRIGGER_SELECTOR: u64 = BASE + 0x3c;
    pub const TRIGGER_MODE: u64 = BASE + 0x40;
    pub const TRIGGER_SOURCE: u64 = BASE + 0x44;
    pub const TRIGGER_SOFTWARE: u64 = BASE + 0x48;
    pub const START: u64 = BASE + 0x4c;
    pub const STOP: u64 = BASE + 0x50;
    pub const LOCK: u64 = BASE + 0x54;
    pub const PAYLOAD_SIZE: u64 = BASE + 0x58;
    pub const LEN: usize = 0x60;
}

const SBRM: u64 = 0x1_0000;
const SIRM: u64 = 0x2_0000;
const MANIFEST: u64 = 0x3_0000;
const XML: u64 = 0x0100_0000;

const LEADER_BYTES: usize = 52;
const TRAILER_BYTES: usize = 32;
/// A camera counts its blocks from anywhere.
const FIRST_BLOCK: u64 = 7;

/// What the camera is.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Its sensor, px.
    pub sensor: [u32; 2],
    /// How it describes itself.
    pub xml: XmlKind,
    /// Exposures are not set finer than so many µs: what is asked for snaps back.
    pub exposure_step_us: f64,
    /// It answers the first command that it gets so often by asking for patience.
    pub pending: u32,
    /// It says that a frame has so many bytes more, or less, than it has.
    pub payload_error: i64,
    /// What is not read by then is lost: cameras have little memory.
    pub memory_bytes: usize,
    /// It answers no command.
    pub is_deaf: bool,
    /// Its serial number.
    pub serial: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sensor: [1920, 1200],
            xml: XmlKind::Plain,
            exposure_step_us: 1.0,
            pending: 0,
            payload_error: 0,
            memory_bytes: 8 << 20,
            is_deaf: false,
            serial: "EMU0001".to_owned(),
        }
    }
}

/// The camera.
pub struct Emulator {
    options: Options,
    memory: Memory,
    answers: VecDeque<Vec<u8>>,
    pending: u32,
    stream: Endpoint,
    now_ns: u64,
    /// While frames come: when the run began, and how many exposures there were.
    run: Option<Run>,
    faults: BTreeMap<u64, Fault>,
    /// Frames that the camera dropped, since nobody took those before.
    dropped: u64,
    is_silent: bool,
    /// Ground truth of the last frame, to be copied.
    frame: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Run {
    began_ns: u64,
    exposures: u64,
    triggers: u64,
}

impl Emulator {
    /// Plugged in, and at rest.
    pub fn new(options: Options) -> Self {
        let mut memory = Memory::default();
        place_bootstrap(&mut memory, &options);
        place_registers(&mut memory, &options);
        let mut emulator = Self {
            pending: options.pending,
            options,
            memory,
            answers: VecDeque::new(),
            stream: Endpoint::default(),
            now_ns: 0,
            run: None,
            faults: BTreeMap::new(),
            dropped: 0,
            is_silent: false,
            frame: Vec::new(),
        };
        emulator.update_sizes();
        emulator
    }

    /// Something goes wrong with the frame of this number, counted from the first of a run.
    pub fn inject(&mut self, frame: u64, fault: Fault) {
        self.faults.insert(frame, fault);
    }

    /// Frames that it dropped by itself, since nobody took those before.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Frames that it exposed in this run.
    pub fn exposed(&self) -> u64 {
        self.run.map_or(0, |run| run.exposures)
    }

    /// Pulls the cable.
    pub fn unplug(&mut self) {
        self.stream.unplug();
        self.answers.clear();
        self.run = None;
    }

    /// Whether the cable was pulled.
    pub fn is_unplugged(&self) -> bool {
        self.stream.is_unplugged()
    }

    /// A command comes.
    pub fn command(&mut self, bytes: &[u8]) {
        if self.options.is_deaf || self.is_unplugged() || bytes.len() < 12 || bytes[..4] != *b"U3VC" {
            return;
        }
        let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let (flags, id, length, request) = (u16_at(4), u16_at(6), usize::from(u16_at(8)), u16_at(10));
        let data = &bytes[12..];
        if flags & 0x4000 == 0 || data.len() != length {
            return;
        }
        if self.pending > 0 {
            self.pending -= 1;
            self.answer(0, 0x0805, request, &[0, 0, 50, 0]);
        }
        match id {
            0x0800 if length == 12 => {
                let address = u64::from_le_bytes(data[..8].try_into().unwrap_or_default());
                let bytes = usize::from(u16::from_le_bytes([data[10], data[11]]));
                match self.memory.read(address, bytes) {
                    Some(read) => self.answer(0, 0x0801, request, &read),
                    None => self.answer(0x8003, 0x0801, request, &[]),
                }
            }
            0x0802 if length > 8 => {
                let address = u64::from_le_bytes(data[..8].try_into().unwrap_or_default());
                let status = self.write(address, &data[8..]);
                let written = if status == 0 { (length - 8) as u16 } else { 0 };
                let [low, high] = written.to_le_bytes();
                self.answer(status, 0x0803, request, &[0, 0, low, high]);
            }
            _ => self.answer(0x8001, id | 1, request, &[]),
        }
    }

    fn answer(&mut self, status: u16, id: u16, request: u16, data: &[u8]) {
        let mut bytes = b"U3VC".to_vec();
        for field in [status, id, data.len() as u16, request] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(data);
        self.answers.push_back(bytes);
    }

    /// The next answer; none: there is none.
    pub fn next_answer(&mut self) -> Option<Vec<u8>> {
        self.answers.pop_front()
    }

    /// The status of the answer.
    fn write(&mut self, address: u64, bytes: &[u8]) -> u16 {
        const WRITE_PROTECT: u16 = 0x8004;
        const INVALID_ADDRESS: u16 = 0x8003;
        const ACCESS_DENIED: u16 = 0x8006;
        let is_camera = (register::BASE..register::BASE + register::LEN as u64).contains(&address);
        let is_sirm_setting = (SIRM + 0x18..SIRM + 0x30).contains(&address) || address == SIRM + 4;
        if !is_camera && !is_sirm_setting {
            return if self.memory.read(address, bytes.len()).is_some() { WRITE_PROTECT } else { INVALID_ADDRESS };
        }
        let is_size = (register::WIDTH..register::EXPOSURE).contains(&address);
        if is_size && (self.run.is_some() || self.memory.u32(register::LOCK) != 0) {
            return ACCESS_DENIED;
        }
        if !self.memory.write(address, bytes) {
            return INVALID_ADDRESS;
        }
        match address {
            register::START => self.start(),
            register::STOP => self.run = None,
            register::TRIGGER_SOFTWARE => self.trigger(),
            register::EXPOSURE => {
                let step = self.options.exposure_step_us;
                let exposure = self.memory.f64(register::EXPOSURE);
                self.memory.set_f64(register::EXPOSURE, ((exposure / step).round() * step).max(step));
            }
            address if address == SIRM + 4 && self.memory.u32(SIRM + 4) & 1 == 0 => self.stream.forget(),
            _ => {}
        }
        self.update_sizes();
        0
    }

    fn start(&mut self) {
        self.is_silent = false;
        self.run = Some(Run { began_ns: self.now_ns, exposures: 0, triggers: 0 });
    }

    fn trigger(&mut self) {
        if let Some(run) = &mut self.run {
            run.triggers += 1;
        }
    }

    /// Bits of a pixel on the sensor, and on the way.
    fn bits(&mut self) -> (u32, u32) {
        match self.memory.u32(register::PIXEL_FORMAT) {
            0x010C_0047 => (12, 12),
            0x0110_0007 => (16, 16),
            _ => (8, 8),
        }
    }

    fn size(&mut self) -> (usize, usize) {
        (self.memory.u32(register::WIDTH) as usize, self.memory.u32(register::HEIGHT) as usize)
    }

    fn image_bytes(&mut self) -> usize {
        let ((width, height), (_, bits)) = (self.size(), self.bits());
        (width * height * bits as usize).div_ceil(8)
    }

    fn update_sizes(&mut self) {
        let bytes = (self.image_bytes() as i64 + self.options.payload_error).max(0) as u64;
        self.memory.set_u64(SIRM + 0x08, bytes);
        self.memory.set_u32(register::PAYLOAD_SIZE, bytes as u32);
    }

    /// How late it is, ns. Exposes what is due.
    pub fn advance(&mut self, now_ns: u64) {
        self.now_ns = self.now_ns.max(now_ns);
        while let Some(at) = self.next_exposure_ns()
            && at <= self.now_ns
        {
            self.expose(at);
        }
    }

    /// When something happens by itself; none: nothing does.
    pub fn next_exposure_ns(&mut self) -> Option<u64> {
        if self.is_unplugged() || self.is_silent {
            return None;
        }
        let run = self.run?;
        if self.memory.u32(register::TRIGGER_MODE) != 0 {
            return (run.triggers > run.exposures).then_some(self.now_ns);
        }
        let exposure_ns = self.memory.f64(register::EXPOSURE) * 1e3;
        let rate = self.memory.f64(register::FRAME_RATE);
        let period_ns =
            if self.memory.u32(register::RATE_SWITCH) != 0 { exposure_ns.max(1e9 / rate) } else { exposure_ns };
        Some(run.began_ns + ((run.exposures + 1) as f64 * period_ns) as u64)
    }

    fn expose(&mut self, at_ns: u64) {
        let Some(run) = &mut self.run else { return };
        let number = run.exposures;
        run.exposures += 1;
        let fault = self.faults.remove(&number);
        if self.memory.u32(SIRM + 4) & 1 == 0 {
            return;
        }
        let bytes = self.image_bytes();
        if self.stream.waiting_bytes() > 0 && self.stream.waiting_bytes() + bytes > self.options.memory_bytes {
            self.dropped += 1;
            return;
        }
        match fault {
            Some(Fault::Lost) => {}
            Some(Fault::Silence) => self.is_silent = true,
            _ => self.send(number, at_ns, fault),
        }
    }

    fn send(&mut self, number: u64, at_ns: u64, fault: Option<Fault>) {
        let block = FIRST_BLOCK + number;
        let pixels = self.pixels(number);
        let size = |emulator: &mut Self, at: u64| emulator.memory.u32(SIRM + at) as usize;
        if fault != Some(Fault::NoLeader) {
            let leader = self.leader(block, at_ns, fault);
            let of = size(self, 0x18);
            self.stream.give(leader, of);
        }
        let (transfer, count, last) = (size(self, 0x1c).max(1), size(self, 0x20), size(self, 0x24));
        let is_cut = matches!(fault, Some(Fault::Stall | Fault::Short | Fault::ShortUnsaid | Fault::Unplug));
        let sent = if is_cut { pixels.len() / 2 } else { pixels.len() };
        let mut at = 0;
        for number in 0.. {
            let of = if number < count { transfer } else { last.max(1) };
            let end = (at + of).min(sent);
            if at >= end {
                break;
            }
            // What the camera has to say ends where the payload ends, early or not.
            let is_last = end == sent;
            self.stream.give(pixels[at..end].to_vec(), if is_last && is_cut { usize::MAX } else { of });
            at = end;
        }
        match fault {
            Some(Fault::Stall) => return self.stream.give_stall(),
            Some(Fault::Unplug) => return self.stream.give_unplug(),
            Some(Fault::Long) => self.stream.give(vec![0xee; 100], usize::MAX),
            _ => {}
        }
        if fault != Some(Fault::NoTrailer) {
            let valid = match fault {
                Some(Fault::Short) => sent,
                Some(Fault::WrongSize) => pixels.len() - 1,
                _ => pixels.len(),
            };
            let status = if fault == Some(Fault::Overrun) { 0xa101 } else { 0 };
            let trailer = self.trailer(block, status, valid);
            let of = size(self, 0x2c);
            self.stream.give(trailer, of);
        }
    }

    fn pixels(&mut self, number: u64) -> Vec<u8> {
        let ((width, height), (bits, way)) = (self.size(), self.bits());
        self.frame.resize(width * height * if bits == 8 { 1 } else { 2 }, 0);
        frames::fill(&mut self.frame, width, number, bits);
        if way == 12 { frames::pack_12(&self.frame) } else { self.frame.clone() }
    }

    fn leader(&mut self, block: u64, at_ns: u64, fault: Option<Fault>) -> Vec<u8> {
        let (width, height) = self.size();
        let width = if fault == Some(Fault::OtherImage) { width - 4 } else { width };
        let mut leader = b"U3VL".to_vec();
        leader.extend([0, 0]);
        leader.extend((LEADER_BYTES as u16).to_le_bytes());
        leader.extend(block.to_le_bytes());
        leader.extend([0, 0]);
        leader.extend(1_u16.to_le_bytes());
        leader.extend(at_ns.to_le_bytes());
        let (x, y) = (self.memory.u32(register::OFFSET_X), self.memory.u32(register::OFFSET_Y));
        for field in [self.memory.u32(register::PIXEL_FORMAT), width as u32, height as u32, x, y] {
            leader.extend(field.to_le_bytes());
        }
        leader.extend([0; 4]);
        leader
    }

    fn trailer(&mut self, block: u64, status: u16, valid: usize) -> Vec<u8> {
        let (_, height) = self.size();
        let mut trailer = b"U3VT".to_vec();
        trailer.extend([0, 0]);
        trailer.extend((TRAILER_BYTES as u16).to_le_bytes());
        trailer.extend(block.to_le_bytes());
        trailer.extend(status.to_le_bytes());
        trailer.extend([0, 0]);
        trailer.extend((valid as u64).to_le_bytes());
        trailer.extend((height as u32).to_le_bytes());
        trailer
    }

    /// The host asks for a transfer of the stream.
    pub fn ask(&mut self, bytes: usize) {
        self.stream.ask(bytes);
    }

    /// The oldest transfer that has ended.
    pub fn next_transfer(&mut self) -> Option<Completion> {
        self.stream.next()
    }

    /// Transfers that the host asked for and did not get back.
    pub fn pending_transfers(&self) -> usize {
        self.stream.pending()
    }

    /// The host takes back all transfers of the stream.
    pub fn cancel(&mut self) {
        self.stream.cancel();
    }

    /// The host clears the stream's halt.
    pub fn clear_halt(&mut self) {
        self.stream.clear_halt();
    }
}

fn place_bootstrap(memory: &mut Memory, options: &Options) {
    memory.place(0, vec![0; 0x210]);
    memory.set_u32(0, 0x0001_0003);
    memory.set_text(0x04, "zarrcam");
    memory.set_text(0x44, "Emulated U3V");
    memory.set_text(0xc4, "1.0");
    memory.set_text(0x144, &options.serial);
    // An SBRM, and answers that say how much was written.
    memory.set_u64(0x1c4, 1 << 9 | 1 << 11);
    memory.set_u32(0x1cc, 200);
    memory.set_u64(0x1d0, MANIFEST);
    memory.set_u64(0x1d8, SBRM);
    memory.place(SBRM, vec![0; 0x44]);
    memory.set_u32(SBRM, 0x0001_0000);
    memory.set_u64(SBRM + 0x04, 1);
    memory.set_u32(SBRM + 0x14, 1024);
    memory.set_u32(SBRM + 0x18, 1024);
    memory.set_u32(SBRM + 0x1c, 1);
    memory.set_u64(SBRM + 0x20, SIRM);
    memory.set_u32(SBRM + 0x28, 0x30);
    memory.set_u32(SBRM + 0x40, 8);
    memory.place(SIRM, vec![0; 0x30]);
    // Transfers are multiples of 1024 bytes.
    memory.set_u32(SIRM, 10 << 24);
    memory.set_u32(SIRM + 0x10, LEADER_BYTES as u32);
    memory.set_u32(SIRM + 0x14, TRAILER_BYTES as u32);
    let (xml, is_archive) = description::of(options.sensor, options.xml);
    memory.place(MANIFEST, vec![0; 8 + 64]);
    memory.set_u64(MANIFEST, 1);
    memory.set_u32(MANIFEST + 12, u32::from(is_archive) << 10);
    memory.set_u64(MANIFEST + 16, XML);
    memory.set_u64(MANIFEST + 24, if options.xml == XmlKind::Endless { 1 << 60 } else { xml.len() as u64 });
    memory.place(XML, xml);
}

fn place_registers(memory: &mut Memory, options: &Options) {
    memory.place(register::BASE, vec![0; register::LEN]);
    let [width, height] = options.sensor;
    for (address, value) in [
        (register::WIDTH, width),
        (register::HEIGHT, height),
        (register::BINNING_X, 1),
        (register::BINNING_Y, 1),
        (register::PIXEL_FORMAT, 0x0108_0001),
        (register::EXPOSURE_AUTO, 1),
    ] {
        memory.set_u32(address, value);
    }
    memory.set_f64(register::EXPOSURE, 10_000.0);
    memory.set_f64(register::FRAME_RATE, 30.0);
}
