//! What a client reads: records, each a header and what it announces. Little endian; the protocol's README is its specification.

use zarrcam_acquisition::{DatasetEnd, EndKind, LossCause};
use zarrcam_frame::{Frame, PixelType, pixel_code, wire_header};

/// "ZCFR"
pub const MAGIC: u32 = u32::from_le_bytes(*b"ZCFR");
pub const VERSION: u16 = 1;
/// A multiple of 8.
pub const HEADER_BYTES: usize = 80;
const NO_LIMIT: u64 = u64::MAX;
/// In `flags` of the first record.
const BACK_PRESSURE: u32 = 1;

wire_header! {
    HEADER_BYTES;
    magic: u32,
    version: u16,
    header_bytes: u16,
    kind: u8,
    pixel_type: u8,
    cause: u8,
    end: u8,
    run: u32,
    payload_bytes: u64,
    frame_index: u64,
    frames: u64,
    hardware_frame_id: u64,
    hardware_clock_ns: u64,
    unix_ns: u64,
    width: u32,
    height: u32,
    frames_averaged: u32,
    flags: u32,
}

/// What a record is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordKind {
    Begin = 1,
    Frame = 2,
    Lost = 3,
    End = 4,
}

/// Why a client does not get a frame, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum UndeliveredCause {
    /// The camera did not deliver it.
    Camera = 1,
    /// No buffer was free for it between camera and storage.
    Queue = 2,
    /// Storage failed, or what waited for it was given up.
    Storage = 3,
    /// The client had not taken the frames before it: there was no room for this one.
    Client = 4,
    /// The bridge's own recording was short of buffers, and goes first.
    Busy = 5,
}

impl UndeliveredCause {
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Camera, "camera"),
        (Self::Queue, "queue"),
        (Self::Storage, "storage"),
        (Self::Client, "client"),
        (Self::Busy, "busy"),
    ];
}

impl From<LossCause> for UndeliveredCause {
    fn from(cause: LossCause) -> Self {
        match cause {
            LossCause::Camera => Self::Camera,
            LossCause::Queue => Self::Queue,
            LossCause::Storage => Self::Storage,
        }
    }
}

/// What all records of a client have in common, and its first one says.
#[derive(Clone, Debug)]
pub struct Opening {
    pub run_id: String,
    pub run_number: u32,
    /// When the run began, wall clock, ns since 1970-01-01 UTC.
    pub started_ns: u64,
    pub width: u32,
    pub height: u32,
    /// What a stored pixel is: a mean of several frames is F32.
    pub pixel_type: PixelType,
    pub frames_averaged: u32,
    pub frame_limit: Option<u64>,
    /// Bytes of a frame.
    pub frame_bytes: usize,
    /// The run may wait for a client: nothing is written on the bridge.
    pub may_wait: bool,
}

/// Frames of the array that a client does not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    pub first_frame_index: u64,
    pub count: u64,
    pub hardware_frame_id: u64,
    pub cause: UndeliveredCause,
}

impl Opening {
    fn header(&self, kind: RecordKind) -> Header {
        Header {
            magic: MAGIC,
            version: VERSION,
            header_bytes: HEADER_BYTES as u16,
            kind: kind as u8,
            pixel_type: pixel_code(self.pixel_type),
            cause: 0,
            end: 0,
            run: self.run_number,
            payload_bytes: 0,
            frame_index: 0,
            frames: 0,
            hardware_frame_id: 0,
            hardware_clock_ns: 0,
            unix_ns: 0,
            width: self.width,
            height: self.height,
            frames_averaged: self.frames_averaged,
            flags: 0,
        }
    }

    /// The first record: from which frame index on the client has the run, with the run's id.
    pub fn begin(&self, first_frame_index: u64, back_pressure: bool) -> Vec<u8> {
        let header = Header {
            payload_bytes: self.run_id.len() as u64,
            frame_index: first_frame_index,
            frames: self.frame_limit.unwrap_or(NO_LIMIT),
            unix_ns: self.started_ns,
            flags: if back_pressure { BACK_PRESSURE } else { 0 },
            ..self.header(RecordKind::Begin)
        };
        header.with(self.run_id.as_bytes())
    }

    /// The header of a frame; its pixels follow.
    pub fn frame(&self, frame_index: u64, frame: &Frame) -> Vec<u8> {
        let header = Header {
            payload_bytes: frame.buffer.len() as u64,
            frame_index,
            frames: 1,
            hardware_frame_id: frame.stamp.hardware_id,
            hardware_clock_ns: frame.stamp.hardware_clock_ns,
            unix_ns: frame.stamp.unix_ns,
            ..self.header(RecordKind::Frame)
        };
        header.with(&[])
    }

    pub fn lost(&self, lost: &Lost) -> Vec<u8> {
        let header = Header {
            frame_index: lost.first_frame_index,
            frames: lost.count,
            hardware_frame_id: lost.hardware_frame_id,
            cause: lost.cause as u8,
            ..self.header(RecordKind::Lost)
        };
        header.with(&[])
    }

    /// The last record: `frames` of all that were captured were lost to this client.
    pub fn end(&self, captured_end: u64, lost: u64, end: &DatasetEnd) -> Vec<u8> {
        let reason = end.reason.as_deref().unwrap_or_default();
        let header = Header {
            payload_bytes: reason.len() as u64,
            frame_index: captured_end,
            frames: lost,
            end: match end.kind {
                EndKind::Complete => 1,
                EndKind::Stopped => 2,
                EndKind::Failed | EndKind::Interrupted => 3,
            },
            ..self.header(RecordKind::End)
        };
        header.with(reason.as_bytes())
    }
}

impl Header {
    fn with(&self, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES + payload.len());
        self.write_to(&mut out);
        out.extend_from_slice(payload);
        out
    }
}
