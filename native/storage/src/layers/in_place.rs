//! Raw layouts: every chunk or shard file is at its key from the start, and tiles are written at their offset. A shard holds what of it lies
//! in the array, the append axis slowest, with its index from the start; where the run ends inside a shard, it is cut there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_zarr::{FRAMES_IN_FLIGHT, ShardEntry, TileAt, shard_index, shard_index_bytes};

use crate::StorageError;
use crate::store::Store;
use crate::targets::{DIRECT_ALIGNMENT, DirectFile, TargetFile};

/// Files kept open at a time, by two handles each; the least recently used is closed first.
const MAX_OPEN: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileId {
    pub layer: u64,
    pub level: usize,
    pub file: u64,
}

pub(crate) struct InPlaceFile {
    pub file: Box<dyn TargetFile>,
    /// The same file past the page cache; `None`: the tiles do not fit, or the target cannot.
    direct: Option<Box<dyn DirectFile>>,
    bytes: u64,
    /// One inode takes one writer at a time; who waits for this lock sleeps, who waits for the inode's spins.
    writer: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    /// Bytes since write-back was last started.
    since_write_back: u64,
    /// Parts of the file, [`ALLOCATION_BYTES`] each, that have room on the disk.
    allocated: HashSet<u64>,
}

pub(crate) struct InPlace {
    open: Mutex<Open>,
    /// Tiles are written past the page cache: new pages cost more than anything else that happens to a raw tile.
    direct: bool,
}

#[derive(Default)]
struct Open {
    files: HashMap<FileId, (Arc<InPlaceFile>, u64)>,
    clock: u64,
    /// Files of each layer that exist.
    made: BTreeMap<u64, Vec<FileId>>,
}

/// Room on the disk is asked for in such parts.
const ALLOCATION_BYTES: u64 = 4 << 20;

/// Smaller tiles go through the page cache.
const MIN_DIRECT_BYTES: usize = 64 << 10;

/// Bytes after which write-back is started, so that the layer's sync finds little to do.
const WRITE_BACK_BYTES: u64 = 32 << 20;

impl InPlace {
    pub fn new(store: &Store) -> Self {
        let levels = store.layout().levels();
        // Of small tiles the page cache makes large writes.
        let direct = levels[0].tile_bytes >= MIN_DIRECT_BYTES && store.target().can_write_direct(&store.private());
        Self { open: Mutex::default(), direct }
    }

    pub fn is_direct(&self) -> bool {
        self.direct
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a tile's bytes begin in its file.
    pub fn offset(store: &Store, level: usize, at: &TileAt) -> u64 {
        let layout = store.layout();
        let level = &layout.levels()[level];
        let chunk = if store.packs_shards() { level.packed_chunk(layout.append_axis(), at) } else { at.chunk as u64 };
        chunk * level.chunk_bytes() + at.slot as u64 * level.tile_bytes as u64
    }

    /// By how many bytes a tile for this offset should lie off [`DIRECT_ALIGNMENT`] in memory, so that what is aligned in the
    /// file is aligned in memory.
    pub fn shift(&self, offset: u64) -> usize {
        if self.direct { (offset % DIRECT_ALIGNMENT as u64) as usize } else { 0 }
    }

    /// Room for a tile with any shift.
    pub fn stride(&self, tile_bytes: usize) -> usize {
        if self.direct { (tile_bytes + DIRECT_ALIGNMENT).next_multiple_of(DIRECT_ALIGNMENT) } else { tile_bytes }
    }

    /// The file, made where it does not exist yet.
    pub fn file(&self, store: &Store, id: FileId) -> Result<Arc<InPlaceFile>, StorageError> {
        let mut open = self.lock();
        open.clock += 1;
        let clock = open.clock;
        if let Some((file, used)) = open.files.get_mut(&id) {
            *used = clock;
            return Ok(Arc::clone(file));
        }
        let path = store.file_path(id.level, id.layer, id.file);
        let target = store.target();
        let made = open.made.entry(id.layer).or_default();
        let file = if made.contains(&id) {
            target.open_to_write(&path)?
        } else {
            // In recovery files are there that this process did not make.
            let file = if target.exists(&path) { target.open_to_write(&path)? } else { self.make(store, id, &path)? };
            made.push(id);
            file
        };
        if open.files.len() >= MAX_OPEN {
            let oldest = open.files.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| open.files.remove(&id));
        }
        let direct = if self.direct { target.open_direct(&path) } else { None };
        let bytes = file.bytes()?;
        let file = Arc::new(InPlaceFile { file, direct, bytes, writer: Mutex::default() });
        open.files.insert(id, (Arc::clone(&file), clock));
        Ok(file)
    }

    /// Made under another name: no reader meets a file that is still too short, or without its index.
    fn make(&self, store: &Store, id: FileId, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        let partial = store.private().join("file.partial");
        let mut file = store.target().create(&partial)?;
        let shard = Content::of(store, id, None);
        file.set_len(shard.bytes())?;
        file.write_all_at(&shard.index, shard.data_bytes)?;
        file.publish(path, &store.level_folder(id.level))?;
        Ok(file)
    }

    /// Files of a layer that exist.
    pub fn files_of(&self, layer: u64) -> Vec<FileId> {
        self.lock().made.get(&layer).cloned().unwrap_or_default()
    }

    /// The layer gets no more tiles: its handles are closed.
    pub fn forget_layer(&self, layer: u64) {
        let mut open = self.lock();
        open.files.retain(|id, _| id.layer != layer);
        open.made.remove(&layer);
    }

    /// Files that exist of layers that are still open.
    pub fn open_files(&self) -> Vec<FileId> {
        self.lock().made.values().flatten().copied().collect()
    }
}

impl InPlaceFile {
    pub fn write(&self, tile: &[u8], offset: u64, write_back: bool) -> Result<(), StorageError> {
        match &self.direct {
            Some(direct) => self.write_direct(&**direct, tile, offset),
            None => self.write_cached(tile, offset, write_back),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_cached(&self, tile: &[u8], offset: u64, write_back: bool) -> Result<(), StorageError> {
        let mut written = self.lock();
        self.file.write_all_at(tile, offset)?;
        written.since_write_back += tile.len() as u64;
        if write_back && written.since_write_back >= WRITE_BACK_BYTES {
            written.since_write_back = 0;
            self.file.start_write_back();
        }
        Ok(())
    }

    /// Whole blocks of the disk go past the page cache; the ends, which share a block with a neighbour, through it.
    fn write_direct(&self, direct: &dyn DirectFile, tile: &[u8], offset: u64) -> Result<(), StorageError> {
        let alignment = DIRECT_ALIGNMENT as u64;
        let end = offset + tile.len() as u64;
        let (first, last) = (offset.next_multiple_of(alignment), end / alignment * alignment);
        let matching = tile.as_ptr().addr() as u64 % alignment == offset % alignment;
        if !matching || first >= last {
            return self.write_cached(tile, offset, false);
        }
        self.allocate(first, last)?;
        let (head, rest) = tile.split_at((first - offset) as usize);
        let (middle, tail) = rest.split_at((last - first) as usize);
        match direct.write_all_at(middle, first) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
                // It opens for direct writing and then wants another alignment.
                return self.write_cached(tile, offset, false);
            }
            Err(error) => return Err(StorageError::io(self.file.path(), "write", middle.len() as u64, error)),
        }
        if head.is_empty() && tail.is_empty() {
            return Ok(());
        }
        let _writer = self.lock();
        self.file.write_all_at(head, offset)?;
        self.file.write_all_at(tail, last)
    }

    fn allocate(&self, first: u64, last: u64) -> Result<(), StorageError> {
        let mut written = self.lock();
        for part in first / ALLOCATION_BYTES..=(last - 1) / ALLOCATION_BYTES {
            if written.allocated.insert(part) {
                let bytes = ALLOCATION_BYTES.min(self.bytes.saturating_sub(part * ALLOCATION_BYTES)).max(1);
                self.file.allocate(part * ALLOCATION_BYTES, bytes)?;
            }
        }
        Ok(())
    }
}

/// What a file holds.
struct Content {
    data_bytes: u64,
    /// The index of a shard; empty: the file is one chunk.
    index: Vec<u8>,
}

impl Content {
    /// `frame_count`: so many are decided, and no more will come; `None`: the append axis may grow.
    fn of(store: &Store, id: FileId, frame_count: Option<u64>) -> Self {
        let layout = store.layout();
        let (level, append) = (&layout.levels()[id.level], layout.append_axis());
        let chunk_bytes = level.chunk_bytes();
        if !layout.is_sharded() {
            return Self { data_bytes: chunk_bytes, index: Vec::new() };
        }
        let at_file = level.file_coordinates(append, id.layer, id.file);
        let grows = level.shape[append] == 0;
        let append_size = match frame_count {
            Some(frame_count) => layout.shape(id.level, frame_count)[append],
            None if grows => u64::MAX,
            None => level.shape[append],
        };
        let inside = if store.packs_shards() {
            level.chunks_in_file(append, &at_file, append_size)
        } else {
            level.shard_chunks.clone()
        };
        let zero = vec![0; at_file.len()];
        let entry = |chunk: usize| -> ShardEntry {
            let at = level.chunk_coordinates(&zero, chunk);
            let in_array = at.iter().zip(&inside).all(|(index, chunks)| index < chunks);
            let packed = match store.packs_shards() {
                true => level.packed_chunk(append, &TileAt { file: id.file, chunk, slot: 0 }),
                false => chunk as u64,
            };
            in_array.then(|| (packed * chunk_bytes, chunk_bytes))
        };
        let entries: Vec<ShardEntry> = (0..level.chunks_per_file).map(entry).collect();
        Self { data_bytes: inside.iter().product::<u64>() * chunk_bytes, index: shard_index(&entries) }
    }

    fn bytes(&self) -> u64 {
        self.data_bytes + self.index.len() as u64
    }
}

/// Gives the files of a layer that exist their whole length where they are too short, as a disk may leave them that was full: a chunk
/// that is cut off cannot be read at all. Files that were cut to the array's end are as long as they are to be.
pub(crate) fn complete_lengths(store: &Store, layer: u64) -> Result<(), StorageError> {
    if store.packs_shards() && store.layout().is_sharded() {
        return Ok(());
    }
    for id in existing_files(store, layer) {
        let content = Content::of(store, id, None);
        let file = store.target().open_to_write(&store.file_path(id.level, id.layer, id.file))?;
        if file.bytes()? < content.bytes() {
            file.set_len(content.bytes())?;
            file.write_all_at(&content.index, content.data_bytes)?;
        }
    }
    Ok(())
}

/// Cuts the files in which the run ended down to what lies in the array of so many frames, and removes those of which nothing
/// does. A second time changes nothing.
pub(crate) fn cut_to(store: &Store, frame_count: u64, sync: bool) -> Result<(), StorageError> {
    let layout = store.layout();
    if !layout.is_sharded() || !store.packs_shards() {
        return Ok(());
    }
    // Frames that were on their way may have made files of later layers.
    let (last, beyond) =
        (frame_count / layout.frames_per_layer(), layout.layers(frame_count + 2 * FRAMES_IN_FLIGHT as u64));
    for layer in last..=beyond {
        for id in existing_files(store, layer) {
            let path = store.file_path(id.level, id.layer, id.file);
            let content = Content::of(store, id, Some(frame_count));
            if content.data_bytes == 0 {
                store.target().remove_file(&path)?;
                continue;
            }
            let file = store.target().open_to_write(&path)?;
            // Until its end is cut off a reader finds the old index there, which is as right.
            file.write_all_at(&content.index, content.data_bytes)?;
            file.set_len(content.bytes())?;
            if sync {
                file.sync_data()?;
            }
        }
    }
    Ok(())
}

/// Files of a layer that are on disk.
pub(crate) fn existing_files(store: &Store, layer: u64) -> Vec<FileId> {
    let levels = store.layout().levels().iter().enumerate();
    let files =
        levels.flat_map(|(level, shape)| (0..shape.files_per_layer).map(move |file| FileId { layer, level, file }));
    files.filter(|id| store.target().exists(&store.file_path(id.level, id.layer, id.file))).collect()
}

/// The planes of coarser levels, with their levels, that a frame is part of.
pub(crate) fn ancestors(store: &Store, frame_index: u64) -> impl Iterator<Item = (usize, u64)> + '_ {
    let mut plane = frame_index;
    (1..store.layout().levels().len()).map(move |level| {
        plane = store.layout().parent(level - 1, plane).plane;
        (level, plane)
    })
}

/// Makes fill of what frames left behind that were never stored, in all levels: it would look like data.
pub(crate) fn clear_frames(store: &Store, frame_count: &[u64]) -> Result<(), StorageError> {
    for &frame_index in frame_count {
        if store.layout().capacity().is_some_and(|capacity| frame_index >= capacity) {
            continue;
        }
        for (level, plane) in std::iter::once((0, frame_index)).chain(ancestors(store, frame_index)) {
            let at = store.layout().plane_of_level(level, plane);
            let shape = &store.layout().levels()[level];
            for tile in 0..shape.tiles() {
                let tile_at = shape.tile(&at, tile);
                let path = store.file_path(level, at.layer, tile_at.file);
                if store.target().exists(&path) {
                    let offset = InPlace::offset(store, level, &tile_at);
                    let file = store.target().open_to_write(&path)?;
                    let index_bytes =
                        if store.layout().is_sharded() { shard_index_bytes(shape.chunks_per_file) } else { 0 };
                    let bytes = file.bytes()?;
                    // Where the file was cut already, its index stands behind the array's end.
                    if offset + shape.tile_bytes as u64 <= bytes.saturating_sub(index_bytes as u64) {
                        file.clear(offset, shape.tile_bytes as u64)?;
                    }
                }
            }
        }
    }
    Ok(())
}
