use std::collections::BTreeMap;

use zarrcam_zarr::{Codec, Layout};

use crate::frame_log::{FrameLogReader, Record, Section, SpillAt};
use crate::frame_ranges::FrameRanges;
use crate::{StorageError, StorageErrorKind, Store};

/// What `frames.log` says, read as it grows: which planes are there, and where their bytes are.
pub(super) struct Followed {
    raw: bool,
    reader: Option<FrameLogReader>,
    levels: Vec<LevelPlanes>,
    stored: FrameRanges,
    dropped: FrameRanges,
    /// One past the last frame index that the log knows.
    end: u64,
    /// Layers with a spill.
    open: BTreeMap<u64, SpillOfLayer>,
    sealed: FrameRanges,
    closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpillOfLayer {
    pub generation: u32,
    /// The spill file's number.
    pub spill: u64,
}

/// Where a plane's tiles are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It may still come.
    NotYet,
    /// It never will: fill for good.
    Fill,
    /// Raw tiles in the array's own files.
    InPlace,
    Spilled {
        spill: SpillOfLayer,
        offset: u64,
    },
    Sealed,
}

/// The planes of one level by their numbers.
struct LevelPlanes {
    tiles: usize,
    /// No encoded tile is longer.
    most_bytes: u64,
    /// Where each plane begins in the spill, bytes; `ABSENT`: the plane is not there.
    offsets: Vec<u64>,
    /// The length of each encoded tile, bytes, a plane behind the other. Empty in raw layouts.
    lengths: Vec<u32>,
}

const ABSENT: u64 = u64::MAX;

impl Followed {
    /// `NotOpenYet`: the log is there, and not to be read yet.
    pub fn new(store: &Store) -> Result<Self, StorageError> {
        if let Err(error) = FrameLogReader::of(store)
            && error.kind() == StorageErrorKind::NotOpenYet
        {
            return Err(error);
        }
        let levels = store.layout().levels().iter();
        Ok(Self {
            raw: store.codec() == Codec::Raw,
            reader: None,
            levels: levels
                .map(|level| {
                    let most_bytes = 2 * level.tile_bytes as u64 + 4096;
                    LevelPlanes { tiles: level.tiles(), most_bytes, offsets: Vec::new(), lengths: Vec::new() }
                })
                .collect(),
            stored: FrameRanges::default(),
            dropped: FrameRanges::default(),
            end: 0,
            open: BTreeMap::new(),
            sealed: FrameRanges::default(),
            closed: false,
        })
    }

    /// Takes in what was appended since the last time. Costs one read where nothing was.
    pub fn poll(&mut self, store: &Store, is_current: impl FnOnce() -> bool) {
        if self.reader.is_none() {
            // A writer makes the log after the folder; and another run's folder may stand there since.
            let reader = FrameLogReader::of(store).ok();
            self.reader = reader.filter(|_| is_current());
        }
        let Some(mut reader) = self.reader.take() else { return };
        while let Some(record) = reader.next_record() {
            self.take(store.layout(), record);
        }
        self.reader = Some(reader);
    }

    fn take(&mut self, layout: &Layout, record: Record) {
        match record {
            Record::Frame { frame_index, at, sections, .. } => {
                self.end = self.end.max(frame_index + 1);
                self.stored.insert(frame_index);
                self.insert(at, &sections);
            }
            Record::Planes { at, sections } => self.insert(at, &sections),
            Record::Dropped { frame_index, .. } => {
                self.end = self.end.max(frame_index + 1);
                self.dropped.insert(frame_index);
                // Recovery takes back what it found damaged.
                if self.stored.remove(frame_index) {
                    self.levels[0].remove(frame_index);
                }
            }
            Record::LayerOpened { layer, generation, spill } => {
                self.open.insert(layer, SpillOfLayer { generation, spill });
            }
            Record::LayerSealed { layer } => {
                self.open.remove(&layer);
                self.sealed.insert(layer);
            }
            Record::Closed { frame_count } => {
                self.closed = true;
                self.end = self.end.max(frame_count.min(layout.capacity().unwrap_or(frame_count)));
            }
        }
    }

    fn insert(&mut self, at: SpillAt, sections: &[Section]) {
        let mut offset = at.offset;
        for section in sections {
            if let Some(level) = self.levels.get_mut(section.level as usize) {
                level.insert(section, offset, self.raw);
            }
            offset = offset.saturating_add(section.bytes());
        }
    }

    pub fn frames_stored(&self) -> u64 {
        self.stored.len()
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn spill_of(&self, layer: u64) -> Option<SpillOfLayer> {
        self.open.get(&layer).copied()
    }

    /// Where the plane at these coordinates is, which lie in the array.
    pub fn find(&self, layout: &Layout, level: usize, coordinates: &[u64]) -> Found {
        let plane = layout.plane_at(level, coordinates);
        let layer = coordinates[layout.append_axis()] / layout.append_steps_per_layer();
        let final_layer = self.closed || self.sealed.contains(layer);
        match self.levels[level].offset(plane) {
            None if final_layer || self.is_all_dropped(layout, level, coordinates) => Found::Fill,
            None => Found::NotYet,
            Some(_) if self.raw => Found::InPlace,
            Some(offset) => match self.open.get(&layer) {
                Some(&spill) => Found::Spilled { spill, offset },
                None => Found::Sealed,
            },
        }
    }

    /// Whether every frame that a plane is made of was dropped.
    fn is_all_dropped(&self, layout: &Layout, level: usize, coordinates: &[u64]) -> bool {
        if level == 0 {
            return self.dropped.contains(layout.plane_at(0, coordinates));
        }
        let (coarse, fine) = (&layout.levels()[level], &layout.levels()[level - 1]);
        let joined = (0..coordinates.len()).find(|axis| coarse.factors[*axis] != fine.factors[*axis]);
        let Some(axis) = joined else { return self.is_all_dropped(layout, level - 1, coordinates) };
        let first = 2 * coordinates[axis];
        (first..(first + 2).min(fine.shape[axis])).all(|index| {
            let mut part = coordinates.to_vec();
            part[axis] = index;
            self.is_all_dropped(layout, level - 1, &part)
        })
    }

    /// Length of each encoded tile of a plane, C order; 0: fill.
    pub fn lengths(&self, level: usize, plane: u64) -> &[u32] {
        self.levels[level].lengths(plane).unwrap_or_default()
    }

    /// Length of one tile in each of these planes; `None`: it is fill there.
    pub fn lengths_of_tile(&self, level: usize, planes: &[Option<u64>], tile: usize, out: &mut Vec<Option<u32>>) {
        let level = &self.levels[level];
        let length = |plane: u64| level.lengths(plane).map(|lengths| lengths[tile]).filter(|length| *length > 0);
        out.clear();
        out.extend(planes.iter().map(|plane| plane.and_then(length)));
    }
}

impl LevelPlanes {
    fn insert(&mut self, section: &Section, offset: u64, raw: bool) {
        let expected = if raw { 0 } else { self.tiles };
        let Ok(plane) = usize::try_from(section.plane) else { return };
        let is_long = |length: &u32| u64::from(*length) > self.most_bytes;
        if section.lengths.len() != expected || section.lengths.iter().any(is_long) {
            return;
        }
        if self.offsets.len() <= plane {
            self.offsets.resize(plane + 1, ABSENT);
            self.lengths.resize((plane + 1) * expected, 0);
        }
        self.offsets[plane] = offset;
        self.lengths[plane * expected..][..expected].copy_from_slice(&section.lengths);
    }

    fn remove(&mut self, plane: u64) {
        if let Some(offset) = self.offsets.get_mut(plane as usize) {
            *offset = ABSENT;
        }
    }

    fn offset(&self, plane: u64) -> Option<u64> {
        self.offsets.get(usize::try_from(plane).ok()?).copied().filter(|offset| *offset != ABSENT)
    }

    fn lengths(&self, plane: u64) -> Option<&[u32]> {
        self.offset(plane)?;
        self.lengths.get(plane as usize * self.tiles..)?.get(..self.tiles)
    }
}
