use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use zarrcam_acquisition::{DatasetState, DropCause, Ledger};

use super::{FileState, MOST_REMEMBERED};
use crate::journal::{JournalReader, Record};
use crate::progress::Runs;

/// What a log says of all places together.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    stored: Runs,
    dropped_camera: u64,
    dropped_queue: u64,
    dropped_storage: u64,
    /// One past the last place that the log knows.
    pub end: u64,
    closed: bool,
}

struct Read {
    state: FileState,
    /// `None`: the run is closed, and nothing more will come. An open handle would keep a deleted log.
    reader: Option<JournalReader>,
    summary: Summary,
}

static READ: LazyLock<Mutex<HashMap<PathBuf, Read>>> = LazyLock::new(Mutex::default);

/// Sums a log up. Only what was appended since the last time is read.
pub(super) fn summary(path: &Path) -> Summary {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(metadata) = std::fs::metadata(path) else {
        read.remove(path);
        return Summary::default();
    };
    let state = FileState::of(&metadata);
    let known = read.remove(path).filter(|known| known.state.is_same_file(&state));
    let mut entry = match known {
        Some(known) if known.state == state => known,
        Some(known) if known.reader.as_ref().is_some_and(|reader| reader.good_bytes() <= state.bytes) => known,
        _ => Read { state, reader: JournalReader::open(path).ok(), summary: Summary::default() },
    };
    if let Some(reader) = &mut entry.reader {
        while let Some(record) = reader.next_record() {
            entry.summary.take(&record);
        }
    }
    entry.state = state;
    if entry.summary.closed {
        entry.reader = None;
    }
    let summary = entry.summary.clone();
    if read.len() >= MOST_REMEMBERED {
        read.clear();
    }
    read.insert(path.to_owned(), entry);
    summary
}

impl Summary {
    fn take(&mut self, record: &Record) {
        match record {
            Record::Frame { place, .. } => {
                self.stored.insert(*place);
                self.end = self.end.max(place + 1);
            }
            Record::Dropped { place, cause, .. } => {
                // Recovery takes back what it found damaged.
                self.stored.remove(*place);
                self.end = self.end.max(place + 1);
                match cause {
                    DropCause::Camera => self.dropped_camera += 1,
                    DropCause::Queue => self.dropped_queue += 1,
                    DropCause::Storage => self.dropped_storage += 1,
                }
            }
            Record::Closed { .. } => self.closed = true,
            Record::LayerOpened { .. } | Record::LayerSealed { .. } | Record::Planes { .. } => {}
        }
    }

    pub fn frames_stored(&self) -> u64 {
        self.stored.len()
    }

    /// Counts of places. Those that are neither stored nor dropped may still come while the run goes on; later they are lost.
    pub fn ledger(&self, state: DatasetState) -> Ledger {
        let stored = self.frames_stored();
        let known = stored + self.dropped_camera + self.dropped_queue + self.dropped_storage;
        let undecided = self.end.saturating_sub(known);
        let (in_flight, lost) = if state == DatasetState::Open { (undecided, 0) } else { (0, undecided) };
        let dropped_storage = self.dropped_storage + lost;
        let dropped = self.dropped_camera + self.dropped_queue + dropped_storage;
        Ledger {
            captured: stored + dropped + in_flight,
            stored,
            dropped,
            in_flight,
            dropped_camera: self.dropped_camera,
            dropped_queue: self.dropped_queue,
            dropped_storage,
            places: stored + dropped,
        }
    }

    /// The first stored place from `place` on, or else the last before it.
    pub fn stored_near(&self, place: u64) -> Option<u64> {
        self.stored.first_from(place).or_else(|| self.stored.last())
    }
}
