//! Frames out of the transfers of a stream endpoint.
//!
//! A block is a leader, the payload in as many transfers as its plan says, and a trailer. Whoever has the endpoint keeps several
//! transfers in flight, each as long as [`FrameReceiver::next_transfer`] says, and brings what came back in the order in which they
//! were asked for. Browsers cannot take a transfer back: where the camera is not where it was expected (a frame that ended early, a
//! trailer that was lost), what is under way arrives in pieces of other lengths. So the receiver reads the stream as bytes with
//! ends, and plans each further transfer from where the camera will be behind those under way: it is in step again after a frame.
//!
//! A frame is whole or it is not given out at all: its number is missing, which whoever counts numbers finds.

use std::collections::VecDeque;

use viva_u3v::{Leader, StreamLayout, Trailer, parse_leader, parse_trailer};

use crate::pixels::ImageFormat;

/// What every frame of a run is.
#[derive(Clone, Copy, Debug)]
pub struct FramePlan {
    /// Sizes of the transfers, as the camera was told.
    pub layout: StreamLayout,
    /// Its pixels.
    pub format: ImageFormat,
    /// Width, px.
    pub width: u32,
    /// Height, px.
    pub height: u32,
}

impl FramePlan {
    /// Bytes of a frame as it is stored.
    pub fn frame_bytes(&self) -> usize {
        self.format.frame_bytes(self.width, self.height)
    }
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// With the bytes that were placed.
    Whole,
    /// The endpoint refused it, and was cleared; or the transfer failed, and the camera is still there.
    Failed,
}

/// Why a frame is not given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Its payload ended early.
    Short,
    /// More came than a frame has.
    Long,
    /// Its trailer is missing.
    NoTrailer,
    /// A transfer of it failed.
    Failed,
    /// The camera itself says that something is missing.
    ByCamera,
    /// It has another size or pixel format than was set.
    OtherImage,
}

/// What has been counted since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StreamCounters {
    /// Whole frames.
    pub frames: u64,
    /// Frames whose number never came: the camera dropped them, or their leader was lost.
    pub missing: u64,
    /// Frames that ended early.
    pub short: u64,
    /// Frames that were too long.
    pub long: u64,
    /// Frames without their trailer.
    pub no_trailer: u64,
    /// Frames that the camera itself called incomplete.
    pub by_camera: u64,
    /// Frames of another size or format.
    pub other_image: u64,
    /// Frames that lost a transfer.
    pub failed: u64,
    /// Transfers that failed.
    pub transfers_failed: u64,
    /// Transfers that belonged to no frame.
    pub transfers_skipped: u64,
}

/// A whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Counts the camera's frames from the first of the run, with those that are missing.
    pub id: u64,
    /// The camera's clock, ns.
    pub clock_ns: u64,
}

/// What a transfer brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing to be dealt with.
    Nothing,
    /// A frame, whose pixels can be read until the next transfer is placed.
    Frame(Frame),
}

/// Where the camera is in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Leader,
    Payload(u64),
    Trailer,
}

struct Block {
    leader: Leader,
    got: u64,
    /// The payload came to its end, be it early.
    ended: bool,
    broken: Option<Broken>,
}

/// The longest leader or trailer that is looked for: cameras have some 50 bytes.
const LONGEST_PACKET: usize = 1024;

/// Frames out of transfers.
pub struct FrameReceiver {
    plan: FramePlan,
    block: Option<Block>,
    /// The payload that is being received, with room for a transfer behind it, since what comes may be too long.
    payload: Vec<u8>,
    payload_bytes: u64,
    /// Lengths of the transfers under way.
    under_way: VecDeque<usize>,
    /// The first frame's number, and the one that comes next.
    first: Option<u64>,
    next: u64,
    counters: StreamCounters,
    /// The last frame, while its pixels can be read.
    padding: u16,
}

impl FrameReceiver {
    /// For a run that begins.
    pub fn new(plan: FramePlan) -> Self {
        let payload_bytes = plan.layout.payload_size;
        let longest = plan.layout.payload_transfer_size.max(plan.layout.leader_size).max(plan.layout.trailer_size);
        Self {
            payload: vec![0; payload_bytes as usize + longest as usize + LONGEST_PACKET],
            payload_bytes,
            plan,
            block: None,
            under_way: VecDeque::new(),
            first: None,
            next: 0,
            counters: StreamCounters::default(),
            padding: 0,
        }
    }

    /// What has been counted.
    pub fn counters(&self) -> StreamCounters {
        self.counters
    }

    /// What every frame is.
    pub fn plan(&self) -> &FramePlan {
        &self.plan
    }

    /// How many transfers are under way.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Plans one more transfer; the bytes to ask for.
    pub fn next_transfer(&mut self) -> usize {
        let place = self.under_way.iter().fold(self.place(), |place, bytes| self.behind(place, *bytes as u64));
        let layout = &self.plan.layout;
        let bytes = match place {
            Place::Leader => layout.leader_size as usize,
            Place::Trailer => layout.trailer_size as usize,
            Place::Payload(at) => self.payload_transfer(at),
        };
        self.under_way.push_back(bytes);
        bytes
    }

    /// As the camera was told it: so many transfers of one size, then what is left. From within one the next end is aimed at.
    fn payload_transfer(&self, at: u64) -> usize {
        let layout = &self.plan.layout;
        let size = u64::from(layout.payload_transfer_size);
        let full = size * u64::from(layout.payload_transfer_count);
        let end = if at < full { (at / size + 1) * size } else { full + u64::from(layout.final_transfer1_size) };
        (end - at) as usize
    }

    fn place(&self) -> Place {
        match &self.block {
            None => Place::Leader,
            Some(block) if block.ended => Place::Trailer,
            Some(block) => Place::Payload(block.got),
        }
    }

    /// Where the camera is after a transfer of so many bytes, if all goes well.
    fn behind(&self, place: Place, bytes: u64) -> Place {
        match place {
            Place::Leader => Place::Payload(0),
            Place::Trailer => Place::Leader,
            Place::Payload(at) if at + bytes >= self.payload_bytes => Place::Trailer,
            Place::Payload(at) => Place::Payload(at + bytes),
        }
    }

    /// Where the bytes of the oldest transfer go, before [`Self::arrived`] is told of them. As many as were asked for.
    pub fn room(&mut self, bytes: usize) -> &mut [u8] {
        let start = self.start();
        if self.payload.len() < start + bytes {
            self.payload.resize(start + bytes, 0);
        }
        &mut self.payload[start..start + bytes]
    }

    fn start(&self) -> usize {
        match &self.block {
            Some(block) if !block.ended => block.got as usize,
            // Behind the pixels, so that they are still there when the trailer has come.
            _ => self.payload_bytes as usize,
        }
    }

    /// The oldest transfer has come back, with so many bytes in [`Self::room`].
    pub fn arrived(&mut self, how: Arrived, bytes: usize) -> Received {
        let asked = self.under_way.pop_front().unwrap_or(bytes);
        if how == Arrived::Failed {
            self.counters.transfers_failed += 1;
            self.give_up(Broken::Failed);
            return Received::Nothing;
        }
        let start = self.start();
        let head = &self.payload[start..start + bytes];
        if let Some(leader) = leader_of(head) {
            self.give_up(Broken::NoTrailer);
            self.begin(leader);
            return Received::Nothing;
        }
        let Some(block) = &mut self.block else {
            self.counters.transfers_skipped += u64::from(bytes > 0);
            return Received::Nothing;
        };
        if let Some(trailer) = trailer_of(head) {
            return self.finish(trailer);
        }
        if block.ended {
            // An empty transfer only says that the payload was at its end.
            if bytes > 0 {
                block.broken.get_or_insert(Broken::Long);
            }
            return Received::Nothing;
        }
        let room = (self.payload_bytes - block.got) as usize;
        if bytes > room {
            // Where transfers are out of step, the trailer may come in the payload's last one.
            let tail = start + room..start + bytes;
            block.got = self.payload_bytes;
            block.ended = true;
            if let Some(trailer) = trailer_of(&self.payload[tail]) {
                return self.finish(trailer);
            }
            block.broken.get_or_insert(Broken::Long);
            return Received::Nothing;
        }
        block.got += bytes as u64;
        block.ended = block.got == self.payload_bytes || bytes < asked;
        Received::Nothing
    }

    fn begin(&mut self, leader: Leader) {
        let id = leader.block_id;
        let number = id.checked_sub(*self.first.get_or_insert(id)).filter(|number| *number >= self.next);
        // A number that was there before would put two frames at one place.
        let broken = number.is_none().then_some(Broken::ByCamera);
        if let Some(number) = number {
            self.counters.missing += number - self.next;
            self.next = number + 1;
        }
        self.block = Some(Block { leader, got: 0, ended: false, broken });
    }

    /// The frame that is being received does not become whole.
    fn give_up(&mut self, why: Broken) {
        let Some(block) = self.block.take() else { return };
        match block.broken.unwrap_or(why) {
            Broken::Short => self.counters.short += 1,
            Broken::Long => self.counters.long += 1,
            Broken::NoTrailer => self.counters.no_trailer += 1,
            Broken::Failed => self.counters.failed += 1,
            Broken::ByCamera => self.counters.by_camera += 1,
            Broken::OtherImage => self.counters.other_image += 1,
        }
    }

    fn finish(&mut self, trailer: Trailer) -> Received {
        let Some(block) = &self.block else { return Received::Nothing };
        let leader = &block.leader;
        if let Some(broken) = block.broken.or_else(|| self.fault(block, &trailer)) {
            self.give_up(broken);
            return Received::Nothing;
        }
        let frame = Frame { id: leader.block_id - self.first.unwrap_or(leader.block_id), clock_ns: leader.timestamp };
        self.padding = leader.x_padding;
        self.block = None;
        self.counters.frames += 1;
        Received::Frame(frame)
    }

    fn fault(&self, block: &Block, trailer: &Trailer) -> Option<Broken> {
        let Block { leader, got, .. } = block;
        let plan = &self.plan;
        if trailer.block_id != leader.block_id {
            return Some(Broken::NoTrailer);
        }
        if trailer.status != 0 {
            return Some(Broken::ByCamera);
        }
        let image = plan.format.payload_bytes(plan.width, plan.height, leader.x_padding);
        if *got < image || trailer.valid_payload_size < image || trailer.valid_payload_size > *got {
            return Some(Broken::Short);
        }
        let is_other = (leader.width, leader.height, leader.pixel_format)
            != (plan.width, plan.height, plan.format.format.code())
            || trailer.size_y.is_some_and(|rows| rows != plan.height);
        is_other.then_some(Broken::OtherImage)
    }

    /// The pixels of the frame that has just come, as they are stored. `into` is of [`FramePlan::frame_bytes`].
    pub fn read_frame(&self, into: &mut [u8]) -> Result<(), crate::PixelError> {
        let FramePlan { format, width, height, .. } = self.plan;
        format.unpack(width, height, self.padding, &self.payload[..self.payload_bytes as usize], into)
    }

    /// A plain frame's pixels where they lie; none: they have to be unpacked.
    pub fn plain_frame(&self) -> Option<&[u8]> {
        (self.padding == 0 && self.plan.format.is_plain()).then(|| &self.payload[..self.plan.frame_bytes()])
    }
}

/// What the size field of a packet says, where it begins with the prefix and is as long as it says.
fn declared(bytes: &[u8], prefix: [u8; 4]) -> bool {
    bytes.len() <= LONGEST_PACKET
        && bytes.len() >= 8
        && bytes[..4] == prefix
        && usize::from(u16::from_le_bytes([bytes[6], bytes[7]])) <= bytes.len()
}

fn leader_of(bytes: &[u8]) -> Option<Leader> {
    declared(bytes, *b"U3VL").then(|| parse_leader(bytes).ok())?
}

fn trailer_of(bytes: &[u8]) -> Option<Trailer> {
    declared(bytes, *b"U3VT").then(|| parse_trailer(bytes).ok())?
}
