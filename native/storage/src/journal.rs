//! `frames.log`: one record a frame, appended when the frame's bytes have left the process. Journal, ledger and per-frame
//! metadata at once; the format is in this crate's README.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use zarrcam_acquisition::DropCause;
use zarrcam_frame::FrameStamp;

use crate::StorageError;
use crate::files::NamedFile;

const MAGIC: &[u8; 8] = b"ZCFRAMES";
const VERSION: u32 = 1;
const HEADER_BYTES: u64 = 16;
const RECORD_HEAD_BYTES: usize = 8;
const BODY_HEAD_BYTES: usize = 48;
/// A longer record is no record: a frame of a million tiles takes four million bytes.
const LONGEST_BODY: usize = 256 << 20;

const KIND_FRAME: u8 = 1;
const KIND_DROPPED: u8 = 2;
const KIND_LAYER_OPENED: u8 = 3;
const KIND_LAYER_SEALED: u8 = 4;
const KIND_PLANES: u8 = 5;
const KIND_CLOSED: u8 = 6;

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A frame is stored.
    Frame { place: u64, stamp: FrameStamp, at: SpillAt, sections: Vec<Section> },
    /// A place stays fill.
    Dropped { place: u64, hardware_id: u64, cause: DropCause },
    /// From here on `generation` is layer `layer`, in the spill file of this number.
    LayerOpened { layer: u64, generation: u32, spill: u64 },
    /// All files of the layer are at their keys.
    LayerSealed { layer: u64 },
    /// Planes of coarser levels whose last frame was dropped.
    Planes { at: SpillAt, sections: Vec<Section> },
    /// The run ended properly, with so many places decided.
    Closed { places: u64 },
}

/// Where the tiles of a record begin. Raw layouts have them at their place in the array's files, and zeros here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpillAt {
    pub generation: u32,
    pub offset: u64,
}

/// A plane of one level: its tiles lie one behind the other, and the next section's behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub level: u32,
    /// The plane's number in its level; at full resolution the place.
    pub plane: u64,
    /// Of each encoded tile, C order; 0: the tile is fill. Empty in raw layouts.
    pub lengths: Vec<u32>,
}

impl Section {
    pub fn bytes(&self) -> u64 {
        self.lengths.iter().map(|length| u64::from(*length)).sum()
    }
}

fn cause_code(cause: DropCause) -> u8 {
    match cause {
        DropCause::Camera => 1,
        DropCause::Queue => 2,
        DropCause::Storage => 3,
    }
}

struct Body {
    kind: u8,
    cause: u8,
    generation: u32,
    place: u64,
    hardware_id: u64,
    hardware_clock_ns: u64,
    host_clock_ns: u64,
    offset: u64,
}

impl Body {
    fn new(kind: u8, place: u64) -> Self {
        let (cause, generation, hardware_id, hardware_clock_ns, host_clock_ns, offset) = (0, 0, 0, 0, 0, 0);
        Self { kind, cause, generation, place, hardware_id, hardware_clock_ns, host_clock_ns, offset }
    }
}

impl Record {
    fn parts(&self) -> (Body, &[Section]) {
        match self {
            Self::Frame { place, stamp, at, sections } => (
                Body {
                    generation: at.generation,
                    hardware_id: stamp.hardware_id,
                    hardware_clock_ns: stamp.hardware_clock_ns,
                    host_clock_ns: stamp.host_clock_ns,
                    offset: at.offset,
                    ..Body::new(KIND_FRAME, *place)
                },
                sections,
            ),
            Self::Dropped { place, hardware_id, cause } => {
                (Body { cause: cause_code(*cause), hardware_id: *hardware_id, ..Body::new(KIND_DROPPED, *place) }, &[])
            }
            Self::LayerOpened { layer, generation, spill } => {
                (Body { generation: *generation, offset: *spill, ..Body::new(KIND_LAYER_OPENED, *layer) }, &[])
            }
            Self::LayerSealed { layer } => (Body::new(KIND_LAYER_SEALED, *layer), &[]),
            Self::Planes { at, sections } => {
                (Body { generation: at.generation, offset: at.offset, ..Body::new(KIND_PLANES, 0) }, sections)
            }
            Self::Closed { places } => (Body::new(KIND_CLOSED, *places), &[]),
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
        for value in [body.place, body.hardware_id, body.hardware_clock_ns, body.host_clock_ns, body.offset] {
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
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(BODY_HEAD_BYTES)?;
        let u32_at = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let u64_at = |bytes: &[u8], at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let count = u16::from_le_bytes(head[2..4].try_into().ok()?);
        let at = SpillAt { generation: u32_at(head, 4)?, offset: u64_at(head, 40)? };
        let (place, hardware_id) = (u64_at(head, 8)?, u64_at(head, 16)?);
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
                    FrameStamp { hardware_id, hardware_clock_ns: u64_at(head, 24)?, host_clock_ns: u64_at(head, 32)? };
                Self::Frame { place, stamp, at, sections }
            }
            KIND_DROPPED => {
                let cause = match head[1] {
                    1 => DropCause::Camera,
                    2 => DropCause::Queue,
                    _ => DropCause::Storage,
                };
                Self::Dropped { place, hardware_id, cause }
            }
            KIND_LAYER_OPENED => Self::LayerOpened { layer: place, generation: at.generation, spill: at.offset },
            KIND_LAYER_SEALED => Self::LayerSealed { layer: place },
            KIND_PLANES => Self::Planes { at, sections },
            KIND_CLOSED => Self::Closed { places: place },
            _ => return None,
        })
    }
}

/// Appends records; used by all threads of a writer.
pub(crate) struct Journal {
    file: NamedFile,
    end: Mutex<End>,
}

struct End {
    offset: u64,
    record: Vec<u8>,
}

impl Journal {
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let file = NamedFile::create(path)?;
        let mut header = [0; HEADER_BYTES as usize];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        file.write_all_at(&header, 0)?;
        Ok(Self { file, end: Mutex::new(End { offset: HEADER_BYTES, record: Vec::new() }) })
    }

    /// Goes on after the last good record; what lies behind it is cut off.
    pub fn resume(path: &Path, good_bytes: u64) -> Result<Self, StorageError> {
        let file = NamedFile::open_to_write(path)?;
        file.set_len(good_bytes)?;
        Ok(Self { file, end: Mutex::new(End { offset: good_bytes, record: Vec::new() }) })
    }

    pub fn append(&self, record: &Record) -> Result<(), StorageError> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let End { offset, record: bytes } = &mut *end;
        record.encode(bytes);
        if let Err(error) = self.file.write_all_at(bytes, *offset) {
            // A part of a record would hide every later one.
            let _ = self.file.set_len(*offset);
            return Err(error);
        }
        *offset += bytes.len() as u64;
        Ok(())
    }

    pub fn sync(&self) -> Result<(), StorageError> {
        self.file.sync_data()
    }
}

/// Whether the last record says that the run ended properly. Reads no more than that.
pub(crate) fn ends_closed(path: &Path) -> bool {
    const BYTES: usize = RECORD_HEAD_BYTES + BODY_HEAD_BYTES;
    let Ok(file) = NamedFile::open(path) else { return false };
    let Some(offset) = file.file.metadata().ok().and_then(|metadata| metadata.len().checked_sub(BYTES as u64)) else {
        return false;
    };
    let mut record = [0; BYTES];
    file.read_exact_at(&mut record, offset).is_ok()
        && record[..4] == (BODY_HEAD_BYTES as u32).to_le_bytes()
        && record[4..8] == crc32c::crc32c(&record[8..]).to_le_bytes()
        && record[8] == KIND_CLOSED
}

/// Places follow each other but for the frames in flight. A record that is further ahead is damaged, or somebody's joke: what
/// is kept by place would take all memory.
const MOST_PLACES_AHEAD: u64 = 1 << 12;
const MOST_LEVELS: u32 = 64;
/// A body of less is read without asking how long the file is.
const SHORT_BODY: usize = 1 << 20;

/// Reads records, also while a writer appends more.
pub struct JournalReader {
    input: BufReader<std::fs::File>,
    /// One past the last place so far.
    places: u64,
    good_bytes: u64,
    started: bool,
    body: Vec<u8>,
}

impl JournalReader {
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let file = NamedFile::open(path)?.file;
        Ok(Self { input: BufReader::new(file), places: 0, good_bytes: 0, started: false, body: Vec::new() })
    }

    /// The next record; `None` at the end, or at the first that is not whole. Call again when there may be more.
    pub fn next_record(&mut self) -> Option<Record> {
        if !self.started {
            let mut header = [0; HEADER_BYTES as usize];
            self.read(&mut header)?;
            if &header[..8] != MAGIC || header[8..12] != VERSION.to_le_bytes() {
                return None;
            }
            self.started = true;
            self.good_bytes = HEADER_BYTES;
        }
        let record = self.read_record();
        if record.is_none() {
            use std::io::{Seek, SeekFrom};
            // Back to the start of what may be whole the next time.
            let _ = self.input.seek(SeekFrom::Start(self.good_bytes));
        }
        record
    }

    /// Up to here all records are whole.
    pub fn good_bytes(&self) -> u64 {
        self.good_bytes
    }

    fn read_record(&mut self) -> Option<Record> {
        let mut head = [0; RECORD_HEAD_BYTES];
        self.read(&mut head)?;
        let length = u32::from_le_bytes(head[..4].try_into().ok()?) as usize;
        if !(BODY_HEAD_BYTES..=LONGEST_BODY).contains(&length) || length > SHORT_BODY && !self.is_there(length) {
            return None;
        }
        let mut body = std::mem::take(&mut self.body);
        body.resize(length, 0);
        let whole = self.read(&mut body).is_some() && head[4..] == crc32c::crc32c(&body).to_le_bytes();
        let record = if whole { Record::decode(&body) } else { None };
        let record = record.filter(|record| self.is_credible(record));
        self.body = body;
        if record.is_some() {
            self.good_bytes += (RECORD_HEAD_BYTES + length) as u64;
        }
        record
    }

    /// Whether so many bytes follow the head that was just read.
    fn is_there(&self, length: usize) -> bool {
        let end = self.good_bytes + (RECORD_HEAD_BYTES + length) as u64;
        self.input.get_ref().metadata().is_ok_and(|metadata| metadata.len() >= end)
    }

    /// Whether a record can follow those before it. Planes and layers are no more than places.
    fn is_credible(&mut self, record: &Record) -> bool {
        let most = self.places + MOST_PLACES_AHEAD;
        let all =
            |sections: &[Section]| sections.iter().all(|section| section.plane <= most && section.level < MOST_LEVELS);
        match record {
            Record::Frame { place, sections, .. } if *place <= most && all(sections) => {
                self.places = self.places.max(place + 1);
                true
            }
            Record::Dropped { place, .. } if *place <= most => {
                self.places = self.places.max(place + 1);
                true
            }
            Record::Frame { .. } | Record::Dropped { .. } => false,
            Record::Planes { sections, .. } => all(sections),
            Record::LayerOpened { layer: number, .. }
            | Record::LayerSealed { layer: number }
            | Record::Closed { places: number } => *number <= most,
        }
    }

    fn read(&mut self, bytes: &mut [u8]) -> Option<()> {
        loop {
            match self.input.read_exact(bytes) {
                Ok(()) => return Some(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Vec<Record> {
        let stamp = FrameStamp { hardware_id: 7, hardware_clock_ns: 8, host_clock_ns: 9 };
        let sections = vec![
            Section { level: 0, plane: 5, lengths: vec![1, 0, 3] },
            Section { level: 1, plane: 2, lengths: vec![] },
        ];
        vec![
            Record::LayerOpened { layer: 0, generation: 1, spill: 0 },
            Record::Frame { place: 5, stamp, at: SpillAt { generation: 1, offset: 99 }, sections: sections.clone() },
            Record::Dropped { place: 6, hardware_id: 8, cause: DropCause::Queue },
            Record::Planes { at: SpillAt { generation: 1, offset: 5 }, sections },
            Record::LayerSealed { layer: 0 },
            Record::Closed { places: 7 },
        ]
    }

    fn read(path: &Path) -> (Vec<Record>, u64) {
        let mut reader = JournalReader::open(path).unwrap();
        let records = std::iter::from_fn(|| reader.next_record()).collect();
        (records, reader.good_bytes())
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let journal = Journal::create(&path).unwrap();
        records().iter().for_each(|record| journal.append(record).unwrap());
        assert_eq!(read(&path).0, records());
    }

    #[test]
    fn a_torn_record_ends_the_log_wherever_it_is_cut_and_writing_goes_on_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let journal = Journal::create(&path).unwrap();
        records().iter().for_each(|record| journal.append(record).unwrap());
        let whole = std::fs::read(&path).unwrap();
        let last = 8 + BODY_HEAD_BYTES;
        for cut in 1..=last {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let (got, good) = read(&path);
            assert_eq!(got, records()[..5]);
            assert_eq!(good, (whole.len() - last) as u64);
        }
        let (_, good) = read(&path);
        Journal::resume(&path, good).unwrap().append(&Record::Closed { places: 7 }).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_flipped_bit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let journal = Journal::create(&path).unwrap();
        records().iter().for_each(|record| journal.append(record).unwrap());
        let whole = std::fs::read(&path).unwrap();
        for at in HEADER_BYTES as usize..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).unwrap();
            let (got, _) = read(&path);
            assert!(got.len() < records().len() && got == records()[..got.len()], "byte {at}");
        }
    }

    #[test]
    fn a_reader_follows_a_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.log");
        let journal = Journal::create(&path).unwrap();
        let mut reader = JournalReader::open(&path).unwrap();
        assert_eq!(reader.next_record(), None);
        for record in records() {
            journal.append(&record).unwrap();
            assert_eq!(reader.next_record(), Some(record));
            assert_eq!(reader.next_record(), None);
        }
    }
}
