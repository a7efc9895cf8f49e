//! `frames.csv`: what `frames.log` says of each place, for people and programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};

use zarrcam_acquisition::DropCause;

use crate::files::{self, NamedFile};
use crate::journal::{JournalReader, Record};
use crate::progress::Runs;
use crate::store::Store;
use crate::{StorageError, journal};

/// Records come in order but for the frames in flight; so many are held back to put them in order.
const HELD_BACK: usize = 256;

/// Writes the table of a run whose journal is complete. What recovery took back has its last word in the log, its first line
/// in the table.
pub(crate) fn write(store: &Store, sync: bool) -> Result<(), StorageError> {
    let path = store.private().join("frames.csv");
    let partial = store.private().join("frames.csv.partial");
    let file = NamedFile::create(&partial)?;
    let mut out = BufWriter::new(&file.file);
    let failed = |error: std::io::Error| StorageError::io(&partial, "write", 0, &error);
    let taken_back = taken_back(store)?;
    let mut journal = JournalReader::open(&store.journal_path())?;
    out.write_all(header(store).as_bytes()).map_err(failed)?;
    let mut held = BTreeMap::new();
    loop {
        let record = journal.next_record();
        let ended = record.is_none();
        if let Some((place, line)) = record.and_then(|record| match record {
            Record::Frame { place, .. } if taken_back.contains_key(&place) => line(store, &taken_back[&place]),
            Record::Dropped { place, .. } if taken_back.contains_key(&place) => None,
            record => line(store, &record),
        }) {
            held.insert(place, line);
        }
        while held.len() > if ended { 0 } else { HELD_BACK } {
            let Some((_, line)) = held.pop_first() else { break };
            out.write_all(line.as_bytes()).map_err(failed)?;
        }
        if ended {
            break;
        }
    }
    out.flush().map_err(failed)?;
    drop(out);
    if sync {
        file.sync_data()?;
    }
    files::rename(&partial, &path)
}

/// Frames that were stored, and that recovery found damaged.
fn taken_back(store: &Store) -> Result<BTreeMap<u64, Record>, StorageError> {
    let mut journal = JournalReader::open(&store.journal_path())?;
    let mut stored = Runs::default();
    let mut taken_back = BTreeMap::new();
    while let Some(record) = journal.next_record() {
        match record {
            Record::Frame { place, .. } => stored.insert(place),
            Record::Dropped { place, .. } if stored.contains(place) => drop(taken_back.insert(place, record)),
            _ => {}
        }
    }
    Ok(taken_back)
}

fn header(store: &Store) -> String {
    let mut header = "place".to_owned();
    for axis in &store.layout().axes()[..store.layout().axes().len() - 2] {
        header.push(',');
        // Names are the user's; a comma in one would shift every column.
        header.extend(
            axis.name.chars().map(|letter| if matches!(letter, ',' | '"' | '\n' | '\r') { '_' } else { letter }),
        );
    }
    header.push_str(",frame_id,hardware_id,hardware_clock_ns,host_clock_ns,state\n");
    header
}

fn line(store: &Store, record: &journal::Record) -> Option<(u64, String)> {
    let (place, hardware_id, clocks, state) = match record {
        Record::Frame { place, stamp, .. } => {
            let clocks = format!("{},{}", stamp.hardware_clock_ns, stamp.host_clock_ns);
            (*place, stamp.hardware_id, clocks, "stored")
        }
        Record::Dropped { place, hardware_id, cause } => {
            let state = match cause {
                DropCause::Camera => "dropped:camera",
                DropCause::Queue => "dropped:queue",
                DropCause::Storage => "dropped:storage",
            };
            (*place, *hardware_id, ",".to_owned(), state)
        }
        _ => return None,
    };
    let mut line = place.to_string();
    for index in store.layout().coordinates(place) {
        let _ = write!(line, ",{index}");
    }
    let frame_id = store.run().storage.first_frame_id + place;
    let _ = writeln!(line, ",{frame_id},{hardware_id},{clocks},{state}");
    Some((place, line))
}
