use std::io::{self, BufReader, Read, Seek, SeekFrom};
#[cfg(unix)]
use std::path::Path;

use super::record::{BODY_HEAD_BYTES, HEADER_BYTES, KIND_CLOSED, MAGIC, RECORD_HEAD_BYTES, Record, Section, VERSION};
use crate::store::Store;
use crate::targets::TargetFile;
use crate::{StorageError, StorageErrorKind};

/// A longer record is no record: a frame of a million tiles takes four million bytes.
const LONGEST_BODY: usize = 256 << 20;
/// Frame indices follow each other but for the frames in flight. A record that is further ahead is damaged, or somebody's joke:
/// what is kept by frame index would take all memory.
const MAX_FRAMES_AHEAD: u64 = 1 << 12;
const MAX_LEVELS: u32 = 64;
/// A body of less is read without asking how long the file is.
const SHORT_BODY: usize = 1 << 20;

/// Reads records, also while a writer appends more.
pub struct FrameLogReader {
    input: BufReader<Input>,
    /// One past the last frame index so far.
    frame_count: u64,
    good_bytes: u64,
    started: bool,
    body: Vec<u8>,
    failed: Option<StorageError>,
}

impl FrameLogReader {
    /// Begins at the first record of the log at a path of the file system.
    #[cfg(unix)]
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Ok(Self::new(crate::targets::files().open(path)?))
    }

    /// Begins at the first record of a store's log.
    pub(crate) fn of(store: &Store) -> Result<Self, StorageError> {
        Ok(Self::new(store.target().open(&store.log_path())?))
    }

    pub(super) fn new(file: Box<dyn TargetFile>) -> Self {
        let input = BufReader::new(Input { file, offset: 0 });
        Self { input, frame_count: 0, good_bytes: 0, started: false, body: Vec::new(), failed: None }
    }

    /// How long the log is now.
    pub(crate) fn bytes(&self) -> Result<u64, StorageError> {
        self.input.get_ref().file.bytes()
    }

    /// Whether the log ended because it could not be read on.
    pub(crate) fn check(self) -> Result<u64, StorageError> {
        self.failed.map_or(Ok(self.good_bytes), Err)
    }

    /// The next record; `None` at the end, or at the first that is not whole. Call again when there may be more.
    pub fn next_record(&mut self) -> Option<Record> {
        self.failed = None;
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
            // Back to the start of what may be whole the next time.
            let _ = self.input.seek(SeekFrom::Start(self.good_bytes));
        }
        record
    }

    /// The bytes of the log up to which all records are whole.
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
        self.input.get_ref().file.bytes().is_ok_and(|bytes| bytes >= end)
    }

    /// Whether a record can follow those before it. There are no more planes or layers than frames.
    fn is_credible(&mut self, record: &Record) -> bool {
        let most = self.frame_count + MAX_FRAMES_AHEAD;
        let all =
            |sections: &[Section]| sections.iter().all(|section| section.plane <= most && section.level < MAX_LEVELS);
        match record {
            Record::Frame { frame_index, sections, .. } if *frame_index <= most && all(sections) => {
                self.frame_count = self.frame_count.max(frame_index + 1);
                true
            }
            Record::Dropped { frame_index, .. } if *frame_index <= most => {
                self.frame_count = self.frame_count.max(frame_index + 1);
                true
            }
            Record::Frame { .. } | Record::Dropped { .. } => false,
            Record::Planes { sections, .. } => all(sections),
            Record::LayerOpened { layer: number, .. }
            | Record::LayerSealed { layer: number }
            | Record::Closed { frame_count: number } => *number <= most,
        }
    }

    fn read(&mut self, bytes: &mut [u8]) -> Option<()> {
        loop {
            match self.input.read_exact(bytes) {
                Ok(()) => return Some(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = error.downcast::<StorageError>().ok();
                    return None;
                }
            }
        }
    }
}

/// The log's file, read from an offset on.
struct Input {
    file: Box<dyn TargetFile>,
    offset: u64,
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(bytes, self.offset).map_err(io::Error::other)?;
        self.offset += count as u64;
        Ok(count)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(offset) => self.offset = offset,
            SeekFrom::Current(by) => self.offset = self.offset.saturating_add_signed(by),
            SeekFrom::End(_) => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.offset)
    }
}

/// Whether the last record says that the run ended properly. Reads no more than that.
///
/// `NotOpenYet`: that cannot be said yet. A log that is not there, or not to be read, says no.
pub(crate) fn ends_closed(store: &Store) -> Result<bool, StorageError> {
    const BYTES: usize = RECORD_HEAD_BYTES + BODY_HEAD_BYTES;
    let file = match store.target().open(&store.log_path()) {
        Ok(file) => file,
        Err(error) if error.kind() == StorageErrorKind::NotOpenYet => return Err(error),
        Err(_) => return Ok(false),
    };
    let Some(offset) = file.bytes().ok().and_then(|bytes| bytes.checked_sub(BYTES as u64)) else {
        return Ok(false);
    };
    let mut record = [0; BYTES];
    let is_closed = file.read_exact_at(&mut record, offset).is_ok()
        && record[..4] == (BODY_HEAD_BYTES as u32).to_le_bytes()
        && record[4..8] == crc32c::crc32c(&record[8..]).to_le_bytes()
        && record[8] == KIND_CLOSED;
    Ok(is_closed)
}
