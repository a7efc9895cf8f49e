//! Raw layouts: every chunk or shard file is at its key from the start, with its full size, and tiles go to their place.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_zarr::{ShardEntry, TileAt, shard_index};

use crate::StorageError;
use crate::files::{self, NamedFile};
use crate::store::Store;

/// Handles kept open at a time; the least recently used is closed first.
const MOST_OPEN: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileId {
    pub layer: u64,
    pub level: usize,
    pub file: u64,
}

pub(crate) struct InPlaceFile {
    pub file: NamedFile,
    /// One inode takes one writer at a time; who waits for this lock sleeps, who waits for the inode's spins.
    writer: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    /// Bytes since write-back was last started.
    since_write_back: u64,
}

pub(crate) struct InPlace {
    open: Mutex<Open>,
    /// By level.
    file_bytes: Vec<u64>,
    index: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Open {
    files: HashMap<FileId, (Arc<InPlaceFile>, u64)>,
    clock: u64,
    /// Files of each layer that exist.
    made: BTreeMap<u64, Vec<FileId>>,
}

/// Bytes after which write-back is started, so that the layer's sync finds little to do.
const WRITE_BACK_BYTES: u64 = 32 << 20;

impl InPlace {
    pub fn new(store: &Store) -> Self {
        let levels = store.layout().levels();
        let index: Vec<Vec<u8>> = levels
            .iter()
            .map(|level| {
                if !store.layout().is_sharded() {
                    return Vec::new();
                }
                let bytes = level.chunk_bytes();
                let entries: Vec<ShardEntry> =
                    (0..level.chunks_per_file as u64).map(|chunk| Some((chunk * bytes, bytes))).collect();
                shard_index(&entries)
            })
            .collect();
        let file_bytes = levels
            .iter()
            .zip(&index)
            .map(|(level, index)| level.chunk_bytes() * level.chunks_per_file as u64 + index.len() as u64)
            .collect();
        Self { open: Mutex::default(), file_bytes, index }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a tile's bytes begin in its file.
    pub fn offset(store: &Store, level: usize, at: &TileAt) -> u64 {
        let level = &store.layout().levels()[level];
        at.chunk as u64 * level.chunk_bytes() + at.slot as u64 * level.tile_bytes as u64
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
        let made = open.made.entry(id.layer).or_default();
        let file = if made.contains(&id) {
            NamedFile::open_to_write(&path)?
        } else {
            let file = self.make(store, id, &path)?;
            made.push(id);
            file
        };
        if open.files.len() >= MOST_OPEN {
            let oldest = open.files.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| open.files.remove(&id));
        }
        let file = Arc::new(InPlaceFile { file, writer: Mutex::default() });
        open.files.insert(id, (Arc::clone(&file), clock));
        Ok(file)
    }

    /// Made under another name: no reader meets a file that is still too short, or without its index.
    fn make(&self, store: &Store, id: FileId, path: &Path) -> Result<NamedFile, StorageError> {
        let partial = store.private().join("file.partial");
        let mut file = NamedFile::create(&partial)?;
        let (bytes, index) = (self.file_bytes[id.level], &self.index[id.level]);
        file.set_len(bytes)?;
        file.write_all_at(index, bytes - index.len() as u64)?;
        put_at_key(&partial, path)?;
        file.path = path.to_owned();
        Ok(file)
    }

    /// Files of a layer that exist; the layer is forgotten, and its handles closed.
    pub fn take_layer(&self, layer: u64) -> Vec<FileId> {
        let mut open = self.lock();
        open.files.retain(|id, _| id.layer != layer);
        open.made.remove(&layer).unwrap_or_default()
    }

    /// Files that exist of layers that are still open.
    pub fn open_files(&self) -> Vec<FileId> {
        self.lock().made.values().flatten().copied().collect()
    }
}

impl InPlaceFile {
    pub fn write(&self, tile: &[u8], offset: u64, write_back: bool) -> Result<(), StorageError> {
        let mut written = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.write_all_at(tile, offset)?;
        written.since_write_back += tile.len() as u64;
        if write_back && written.since_write_back >= WRITE_BACK_BYTES {
            written.since_write_back = 0;
            files::start_write_back(&self.file.file, 0, 0);
        }
        Ok(())
    }
}

/// Renames a whole file to its key; the key's folders are made where they lack.
pub(crate) fn put_at_key(partial: &Path, path: &Path) -> Result<(), StorageError> {
    match std::fs::rename(partial, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                files::create_folders(parent)?;
            }
            files::rename(partial, path)
        }
        Err(error) => Err(StorageError::io(path, "put the file in its place", 0, &error)),
    }
}
