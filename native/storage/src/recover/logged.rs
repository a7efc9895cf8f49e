//! What `frames.log` says, for a recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::StorageError;
use crate::frame_log::{FrameLogReader, Record, Section, SpillAt};
use crate::frame_ranges::FrameRanges;
use crate::state::spills_left;
use crate::store::Store;

/// What `frames.log` says, in one pass over it.
pub(super) struct Logged {
    pub(super) good_bytes: u64,
    pub(super) torn: bool,
    pub(super) closed: bool,
    pub(super) spills_left: bool,
    pub(super) stored: FrameRanges,
    /// One past the last frame index that the log knows.
    pub(super) end: u64,
    /// Layers that were opened and not sealed.
    pub(super) open: BTreeMap<u64, OpenedLayer>,
    /// Raw layouts: planes of coarser levels that are recorded.
    pub(super) coarse: BTreeSet<(u32, u64)>,
}

pub(super) struct OpenedLayer {
    pub(super) generation: u32,
    pub(super) spill: u64,
    /// Its records, in the order of the log.
    pub(super) records: Vec<SpilledRecord>,
}

pub(super) struct SpilledRecord {
    /// The hardware id of its frame, where there is one.
    pub(super) hardware_id: u64,
    pub(super) at: SpillAt,
    pub(super) sections: Vec<Section>,
}

impl Logged {
    pub(super) fn read(store: &Store) -> Result<Self, StorageError> {
        let mut logged = Self {
            good_bytes: 0,
            torn: false,
            closed: false,
            spills_left: spills_left(store),
            stored: FrameRanges::default(),
            end: 0,
            open: BTreeMap::new(),
            coarse: BTreeSet::new(),
        };
        if !store.target().exists(&store.log_path()) {
            return Ok(logged);
        }
        let mut reader = FrameLogReader::of(store)?;
        while let Some(record) = reader.next_record() {
            logged.closed = matches!(record, Record::Closed { .. });
            match record {
                Record::LayerOpened { layer, generation, spill } => {
                    logged.open.insert(layer, OpenedLayer { generation, spill, records: Vec::new() });
                }
                Record::LayerSealed { layer } => {
                    logged.open.remove(&layer);
                }
                Record::Frame { frame_index, stamp, at, sections } => {
                    logged.stored.insert(frame_index);
                    logged.end = logged.end.max(frame_index + 1);
                    logged.keep(store, SpilledRecord { hardware_id: stamp.hardware_id, at, sections });
                }
                Record::Planes { at, sections } => logged.keep(store, SpilledRecord { hardware_id: 0, at, sections }),
                Record::Dropped { frame_index, .. } => {
                    logged.stored.remove(frame_index);
                    logged.end = logged.end.max(frame_index + 1);
                }
                Record::Closed { .. } => {}
            }
        }
        let bytes = reader.bytes()?;
        logged.good_bytes = reader.check()?;
        logged.torn = bytes > logged.good_bytes;
        Ok(logged)
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
