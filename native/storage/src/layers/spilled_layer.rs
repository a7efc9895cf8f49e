use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_zarr::Layout;

use crate::StorageError;
use crate::targets::{Target, TargetFile};

/// Where the encoded tiles of one plane lie in the layer's spill: one behind the other from `offset` on.
#[derive(Clone, Debug)]
pub(crate) struct PlaneEntry {
    pub offset: u64,
    /// End of each tile, counted from `offset`. A tile of no bytes is fill.
    pub ends: Box<[u32]>,
}

impl PlaneEntry {
    pub fn new(offset: u64, lengths: &[u32]) -> Self {
        let mut end = 0;
        let ends = lengths.iter().map(|length| {
            end += length;
            end
        });
        Self { offset, ends: ends.collect() }
    }

    /// Offset in the spill and length of a tile; `None`: fill.
    pub fn tile(&self, tile: usize) -> Option<(u64, u32)> {
        let start = if tile == 0 { 0 } else { self.ends[tile - 1] };
        let length = self.ends[tile] - start;
        (length > 0).then(|| (self.offset + u64::from(start), length))
    }
}

/// A spill file. It is used for one layer after the other: pages that exist are cheaper than new ones.
#[derive(Debug)]
pub(crate) struct SpillFile {
    pub number: u64,
    pub file: Box<dyn TargetFile>,
}

impl SpillFile {
    pub fn create(target: &dyn Target, folder: &Path, number: u64) -> Result<Self, StorageError> {
        Ok(Self { number, file: target.create(&folder.join(format!("spill-{number}")))? })
    }
}

/// A layer that is being filled, or waits to be sealed. Compressed layouts only.
#[derive(Debug)]
pub(crate) struct Layer {
    pub index: u64,
    pub generation: u32,
    pub spill: Arc<SpillFile>,
    position: AtomicU64,
    planes: Mutex<Vec<LevelPlanes>>,
}

/// The planes of one level in one layer.
#[derive(Debug)]
pub(crate) struct LevelPlanes {
    first_plane: u64,
    entries: Vec<Option<PlaneEntry>>,
}

impl LevelPlanes {
    pub fn get(&self, plane: u64) -> Option<&PlaneEntry> {
        let index = plane.checked_sub(self.first_plane)?;
        self.entries.get(usize::try_from(index).ok()?)?.as_ref()
    }
}

impl Layer {
    pub fn new(layout: &Layout, index: u64, generation: u32, spill: Arc<SpillFile>) -> Self {
        let planes = (0..layout.levels().len())
            .map(|level| LevelPlanes { first_plane: index * layout.planes_per_layer(level), entries: Vec::new() })
            .collect();
        Self { index, generation, spill, position: AtomicU64::new(0), planes: Mutex::new(planes) }
    }

    /// Bytes of the spill that are taken.
    pub fn bytes(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// Takes so many bytes of the spill; returns where they begin.
    pub fn reserve(&self, bytes: u64) -> u64 {
        self.position.fetch_add(bytes, Ordering::Relaxed)
    }

    pub fn planes(&self) -> MutexGuard<'_, Vec<LevelPlanes>> {
        self.planes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a plane part of the layer: its bytes have left the process.
    pub fn insert(&self, level: usize, plane: u64, entry: PlaneEntry) {
        let planes = &mut self.planes()[level];
        let Some(index) = plane.checked_sub(planes.first_plane) else { return };
        let index = index as usize;
        if planes.entries.len() <= index {
            planes.entries.resize_with(index + 1, || None);
        }
        planes.entries[index] = Some(entry);
    }
}
