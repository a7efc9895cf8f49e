//! What the journal says, for a recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::StorageError;
use crate::journal::{JournalReader, Record, Section, SpillAt};
use crate::progress::Runs;
use crate::store::Store;

/// What the journal says, in one pass over it and a second one over what is not sealed.
pub(super) struct Log {
    pub(super) good_bytes: u64,
    pub(super) torn: bool,
    pub(super) closed: bool,
    pub(super) spills_left: bool,
    pub(super) stored: Runs,
    /// One past the last place that the log knows.
    pub(super) end: u64,
    /// Layers that were opened and not sealed.
    pub(super) open: BTreeMap<u64, OpenedLayer>,
    /// Raw layouts: planes of coarser levels that are recorded.
    pub(super) coarse: BTreeSet<(u32, u64)>,
}

pub(super) struct OpenedLayer {
    pub(super) generation: u32,
    pub(super) spill: u64,
    /// In order of the log.
    pub(super) records: Vec<SpilledRecord>,
}

pub(super) struct SpilledRecord {
    /// Of the frame, where there is one.
    pub(super) hardware_id: u64,
    pub(super) at: SpillAt,
    pub(super) sections: Vec<Section>,
}

impl Log {
    pub(super) fn read(store: &Store) -> Result<Self, StorageError> {
        let path = store.journal_path();
        let mut log = Self {
            good_bytes: 0,
            torn: false,
            closed: false,
            spills_left: spills_left(store),
            stored: Runs::default(),
            end: 0,
            open: BTreeMap::new(),
            coarse: BTreeSet::new(),
        };
        if !path.exists() {
            return Ok(log);
        }
        let mut reader = JournalReader::open(&path)?;
        while let Some(record) = reader.next_record() {
            log.closed = matches!(record, Record::Closed { .. });
            match record {
                Record::LayerOpened { layer, generation, spill } => {
                    log.open.insert(layer, OpenedLayer { generation, spill, records: Vec::new() });
                }
                Record::LayerSealed { layer } => {
                    log.open.remove(&layer);
                }
                Record::Frame { place, stamp, at, sections } => {
                    log.stored.insert(place);
                    log.end = log.end.max(place + 1);
                    log.keep(store, SpilledRecord { hardware_id: stamp.hardware_id, at, sections });
                }
                Record::Planes { at, sections } => log.keep(store, SpilledRecord { hardware_id: 0, at, sections }),
                Record::Dropped { place, .. } => {
                    log.stored.remove(place);
                    log.end = log.end.max(place + 1);
                }
                Record::Closed { .. } => {}
            }
        }
        log.good_bytes = reader.good_bytes();
        let length =
            std::fs::metadata(&path).map_err(|error| StorageError::io(&path, "look at the file", 0, &error))?;
        log.torn = length.len() > log.good_bytes;
        Ok(log)
    }

    fn keep(&mut self, store: &Store, record: SpilledRecord) {
        if store.codec().is_raw() {
            let coarse = record.sections.iter().filter(|section| section.level > 0);
            self.coarse.extend(coarse.map(|section| (section.level, section.plane)));
        } else if let Some(layer) = self.open.values_mut().find(|layer| layer.generation == record.at.generation) {
            layer.records.push(record);
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.closed && !self.torn && !self.spills_left
    }
}

/// Any of them: whoever removed them may have been killed between two.
pub(super) fn spills_left(store: &Store) -> bool {
    let Ok(mut entries) = std::fs::read_dir(store.private()) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("spill-")))
}
