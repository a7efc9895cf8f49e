use zarrcam_acquisition::LossCause;
use zarrcam_frame::FrameStamp;

pub(super) const MAGIC: &[u8; 8] = b"ZCFRAMES";
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER_BYTES: u64 = 16;
pub(super) const RECORD_HEAD_BYTES: usize = 8;
pub(super) const BODY_HEAD_BYTES: usize = 48;

const KIND_FRAME: u8 = 1;
const KIND_DROPPED: u8 = 2;
const KIND_LAYER_OPENED: u8 = 3;
const KIND_LAYER_SEALED: u8 = 4;
const KIND_PLANES: u8 = 5;
pub(super) const KIND_CLOSED: u8 = 6;

/// One entry of `frames.log`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A frame is stored: its bytes, of all zoom levels that it completes, had left the process before.
    Frame { frame_index: u64, stamp: FrameStamp, at: SpillAt, sections: Vec<Section> },
    /// A frame was lost; its index stays fill.
    Dropped { frame_index: u64, hardware_id: u64, cause: LossCause },
    /// From here on `generation` is layer `layer`, in the spill file of this number.
    LayerOpened { layer: u64, generation: u32, spill: u64 },
    /// All files of the layer are at their keys, and its spill may be used again.
    LayerSealed { layer: u64 },
    /// Planes of coarser zoom levels are stored whose last frame was lost.
    Planes { at: SpillAt, sections: Vec<Section> },
    /// The run ended properly, with so many frames decided.
    Closed { frame_count: u64 },
}

/// Where the tiles of a record begin. Raw layouts have them in the array's files, and zeros here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpillAt {
    /// Which use of a spill file it is: each layer has a number of its own.
    pub generation: u32,
    /// Where they begin in the spill file, bytes.
    pub offset: u64,
}

/// A plane of one level: its tiles lie one behind the other, and the next section's behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The zoom level; 0 is the full resolution.
    pub level: u32,
    /// The plane's number in its level; at full resolution the frame index.
    pub plane: u64,
    /// The length of each encoded tile, bytes, C order; 0 where the tile is fill. Empty in raw layouts.
    pub lengths: Vec<u32>,
}

impl Section {
    /// The bytes of all its tiles.
    pub fn bytes(&self) -> u64 {
        self.lengths.iter().map(|length| u64::from(*length)).sum()
    }
}

fn cause_code(cause: LossCause) -> u8 {
    match cause {
        LossCause::Camera => 1,
        LossCause::Queue => 2,
        LossCause::Storage => 3,
    }
}

struct Body {
    kind: u8,
    cause: u8,
    generation: u32,
    frame_index: u64,
    hardware_id: u64,
    hardware_clock_ns: u64,
    unix_ns: u64,
    offset: u64,
}

impl Body {
    fn new(kind: u8, frame_index: u64) -> Self {
        let (cause, generation, hardware_id, hardware_clock_ns, unix_ns, offset) = (0, 0, 0, 0, 0, 0);
        Self { kind, cause, generation, frame_index, hardware_id, hardware_clock_ns, unix_ns, offset }
    }
}

impl Record {
    fn parts(&self) -> (Body, &[Section]) {
        match self {
            Self::Frame { frame_index, stamp, at, sections } => (
                Body {
                    generation: at.generation,
                    hardware_id: stamp.hardware_id,
                    hardware_clock_ns: stamp.hardware_clock_ns,
                    unix_ns: stamp.unix_ns,
                    offset: at.offset,
                    ..Body::new(KIND_FRAME, *frame_index)
                },
                sections,
            ),
            Self::Dropped { frame_index, hardware_id, cause } => (
                Body { cause: cause_code(*cause), hardware_id: *hardware_id, ..Body::new(KIND_DROPPED, *frame_index) },
                &[],
            ),
            Self::LayerOpened { layer, generation, spill } => {
                (Body { generation: *generation, offset: *spill, ..Body::new(KIND_LAYER_OPENED, *layer) }, &[])
            }
            Self::LayerSealed { layer } => (Body::new(KIND_LAYER_SEALED, *layer), &[]),
            Self::Planes { at, sections } => {
                (Body { generation: at.generation, offset: at.offset, ..Body::new(KIND_PLANES, 0) }, sections)
            }
            Self::Closed { frame_count } => (Body::new(KIND_CLOSED, *frame_count), &[]),
        }
    }

    /// The record's bytes, head and checksum included.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (body, sections) = self.parts();
        out.clear();
        out.extend_from_slice(&[0; RECORD_HEAD_BYTES]);
        out.extend_from_slice(&[body.kind, body.cause]);
        out.extend_from_slice(&(sections.len() as u16).to_le_bytes());
        out.extend_from_slice(&body.generation.to_le_bytes());
        for value in [body.frame_index, body.hardware_id, body.hardware_clock_ns, body.unix_ns, body.offset] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for section in sections {
            out.extend_from_slice(&section.level.to_le_bytes());
            out.extend_from_slice(&(section.lengths.len() as u32).to_le_bytes());
            out.extend_from_slice(&section.plane.to_le_bytes());
            out.extend(section.lengths.iter().flat_map(|length| length.to_le_bytes()));
        }
        let checksum = crc32c::crc32c(&out[RECORD_HEAD_BYTES..]);
        let length = (out.len() - RECORD_HEAD_BYTES) as u32;
        out[..4].copy_from_slice(&length.to_le_bytes());
        out[4..8].copy_from_slice(&checksum.to_le_bytes());
    }

    /// `None`: no record of this version.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(BODY_HEAD_BYTES)?;
        let u32_at = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let u64_at = |bytes: &[u8], at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let count = u16::from_le_bytes(head[2..4].try_into().ok()?);
        let at = SpillAt { generation: u32_at(head, 4)?, offset: u64_at(head, 40)? };
        let (frame_index, hardware_id) = (u64_at(head, 8)?, u64_at(head, 16)?);
        let mut sections = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let tiles = u32_at(rest, 4)? as usize;
            let end = 16 + tiles.checked_mul(4)?;
            let lengths = rest.get(16..end)?.chunks_exact(4).filter_map(|bytes| u32_at(bytes, 0)).collect();
            sections.push(Section { level: u32_at(rest, 0)?, plane: u64_at(rest, 8)?, lengths });
            rest = &rest[end..];
        }
        Some(match head[0] {
            KIND_FRAME => {
                let stamp =
                    FrameStamp { hardware_id, hardware_clock_ns: u64_at(head, 24)?, unix_ns: u64_at(head, 32)? };
                Self::Frame { frame_index, stamp, at, sections }
            }
            KIND_DROPPED => {
                let cause = match head[1] {
                    1 => LossCause::Camera,
                    2 => LossCause::Queue,
                    _ => LossCause::Storage,
                };
                Self::Dropped { frame_index, hardware_id, cause }
            }
            KIND_LAYER_OPENED => Self::LayerOpened { layer: frame_index, generation: at.generation, spill: at.offset },
            KIND_LAYER_SEALED => Self::LayerSealed { layer: frame_index },
            KIND_PLANES => Self::Planes { at, sections },
            KIND_CLOSED => Self::Closed { frame_count: frame_index },
            _ => return None,
        })
    }
}
