//! `frames.csv`: what `frames.log` says of each frame, for people and programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use zarrcam_acquisition::LossCause;

use crate::StorageError;
use crate::frame_log::{FrameLogReader, Record};
use crate::frame_ranges::FrameRanges;
use crate::store::Store;
use crate::targets::TargetFile;

/// Records come in order but for the frames in flight; so many are held back to put them in order.
const HELD_BACK: usize = 256;
const BUFFER_BYTES: usize = 64 << 10;

/// Writes the table of a run whose log is complete. What recovery took back has its last word in the log, its first line
/// in the table.
pub(crate) fn write(store: &Store, sync: bool) -> Result<(), StorageError> {
    let path = store.private().join("frames.csv");
    let partial = store.private().join("frames.csv.partial");
    let mut file = store.target().create(&partial)?;
    let mut out = Output { file: &*file, text: Vec::with_capacity(BUFFER_BYTES), offset: 0 };
    let taken_back = taken_back(store)?;
    let mut log = FrameLogReader::of(store)?;
    out.push(&header(store))?;
    let mut held = BTreeMap::new();
    loop {
        let record = log.next_record();
        let ended = record.is_none();
        if let Some((frame_index, line)) = record.and_then(|record| match record {
            Record::Frame { frame_index, .. } if taken_back.contains_key(&frame_index) => {
                line(store, &taken_back[&frame_index])
            }
            Record::Dropped { frame_index, .. } if taken_back.contains_key(&frame_index) => None,
            record => line(store, &record),
        }) {
            held.insert(frame_index, line);
        }
        while held.len() > if ended { 0 } else { HELD_BACK } {
            let Some((_, line)) = held.pop_first() else { break };
            out.push(&line)?;
        }
        if ended {
            break;
        }
    }
    log.check()?;
    out.flush()?;
    if sync {
        file.sync_data()?;
    }
    file.publish(&path, &store.private())
}

/// Lines, written many at a time.
struct Output<'a> {
    file: &'a dyn TargetFile,
    text: Vec<u8>,
    offset: u64,
}

impl Output<'_> {
    fn push(&mut self, line: &str) -> Result<(), StorageError> {
        self.text.extend_from_slice(line.as_bytes());
        if self.text.len() < BUFFER_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        self.file.write_all_at(&self.text, self.offset)?;
        self.offset += self.text.len() as u64;
        self.text.clear();
        Ok(())
    }
}

/// Frames that were stored, and that recovery found damaged.
fn taken_back(store: &Store) -> Result<BTreeMap<u64, Record>, StorageError> {
    let mut log = FrameLogReader::of(store)?;
    let mut stored = FrameRanges::default();
    let mut taken_back = BTreeMap::new();
    while let Some(record) = log.next_record() {
        match record {
            Record::Frame { frame_index, .. } => stored.insert(frame_index),
            Record::Dropped { frame_index, .. } if stored.contains(frame_index) => {
                drop(taken_back.insert(frame_index, record))
            }
            _ => {}
        }
    }
    log.check().map(|_| taken_back)
}

fn header(store: &Store) -> String {
    let mut header = "frame_index".to_owned();
    for axis in &store.layout().axes()[..store.layout().axes().len() - 2] {
        header.push(',');
        // Names are the user's; a comma in one would shift every column.
        header.extend(
            axis.name.chars().map(|letter| if matches!(letter, ',' | '"' | '\n' | '\r') { '_' } else { letter }),
        );
    }
    header.push_str(",frame_id,hardware_id,hardware_clock_ns,unix_ns,state\n");
    header
}

fn line(store: &Store, record: &Record) -> Option<(u64, String)> {
    let (frame_index, hardware_id, clocks, state) = match record {
        Record::Frame { frame_index, stamp, .. } => {
            let clocks = format!("{},{}", stamp.hardware_clock_ns, stamp.unix_ns);
            (*frame_index, stamp.hardware_id, clocks, "stored")
        }
        Record::Dropped { frame_index, hardware_id, cause } => {
            let state = match cause {
                LossCause::Camera => "dropped:camera",
                LossCause::Queue => "dropped:queue",
                LossCause::Storage => "dropped:storage",
            };
            (*frame_index, *hardware_id, ",".to_owned(), state)
        }
        _ => return None,
    };
    let mut line = frame_index.to_string();
    for index in store.layout().coordinates(frame_index) {
        let _ = write!(line, ",{index}");
    }
    let frame_id = store.run().storage.first_frame_id + frame_index;
    let _ = writeln!(line, ",{frame_id},{hardware_id},{clocks},{state}");
    Some((frame_index, line))
}
