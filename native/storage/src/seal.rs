//! The one path that seals: a layer's chunks are composed out of its spill, written beside, synced by policy, and renamed to
//! their keys. A finished layer, stop, abort, a failing device and recovery all come through here.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zarrcam_config::Durability;
use zarrcam_zarr::{ChunkFormat, EncodedTile, Layout, Piece, SEAL_BUFFER_BYTES, ShardEntry, shard_index};

use crate::StorageError;
use crate::files::{self, AlignedBytes, DIRECT_ALIGNMENT, NamedFile};
use crate::in_place::{FileId, put_at_key};
use crate::layer::{Layer, LevelPlanes};
use crate::store::Store;

/// Composes and publishes layers; one thread of a store at a time. Keeps its buffer.
pub(crate) struct Sealer {
    formats: Vec<ChunkFormat>,
    buffer: AlignedBytes,
    heads: Vec<u8>,
    partial: PathBuf,
}

impl Sealer {
    pub fn new(store: &Store) -> Result<Self, StorageError> {
        let item_bytes = store.layout().pixel_type().bytes();
        let formats = store.layout().levels().iter();
        let formats = formats.map(|level| ChunkFormat::new(store.codec(), item_bytes, level.tile_bytes, level.slots));
        Ok(Self {
            formats: formats.collect::<Result<_, _>>()?,
            buffer: AlignedBytes::new(SEAL_BUFFER_BYTES)?,
            heads: Vec::new(),
            partial: store.private().join("seal.partial"),
        })
    }

    /// Makes the layer's files. A file that stands at its key already is final: it was sealed before a crash.
    pub fn seal(&mut self, store: &Store, layer: &Layer) -> Result<(), StorageError> {
        let sync = store.durability() != Durability::None;
        let layout = store.layout();
        let planes = layer.planes();
        let mut folders = BTreeSet::new();
        for (number, level) in layout.levels().iter().enumerate() {
            for file in 0..level.files_per_layer {
                let path = store.file_path(number, layer.index, file);
                if path.exists() || !self.compose(layout, number, layer, &planes[number], file, sync)? {
                    continue;
                }
                put_at_key(store, &self.partial, &path)?;
                note_folders(&path, store.root(), &mut folders);
            }
        }
        if sync {
            folders.iter().try_for_each(|folder| files::sync_folder(folder))?;
        }
        Ok(())
    }

    /// Writes one chunk or shard file beside its place. False: all of it is fill, and nothing is written.
    fn compose(
        &mut self,
        layout: &Layout,
        number: usize,
        layer: &Layer,
        planes: &LevelPlanes,
        file: u64,
        sync: bool,
    ) -> Result<bool, StorageError> {
        let level = &layout.levels()[number];
        let format = &self.formats[number];
        let at_file = level.file_coordinates(layout.append_axis(), layer.index, file);
        let mut out: Option<DirectWriter<'_>> = None;
        let mut buffer = Some(&mut self.buffer);
        let mut index: Vec<ShardEntry> = vec![None; level.chunks_per_file];
        let mut tiles = vec![None; level.slots];
        for (chunk, entry) in index.iter_mut().enumerate() {
            let at_chunk = level.chunk_coordinates(&at_file, chunk);
            if !layout.tiles_of_chunk(number, &at_chunk, |slot, plane, tile| {
                tiles[slot] = planes.get(plane).and_then(|entry| entry.tile(tile));
            }) || tiles.iter().all(Option::is_none)
            {
                tiles.fill(None);
                continue;
            }
            let composition = {
                let head_bytes = format.head_bytes();
                read_heads(&layer.spill.file, &tiles, head_bytes, &mut self.heads)?;
                let encoded: Vec<Option<EncodedTile<'_>>> = tiles
                    .iter()
                    .enumerate()
                    .map(|(slot, tile)| {
                        tile.map(|(_, length)| {
                            let end = head_bytes.min(length as usize);
                            EncodedTile { length, head: &self.heads[slot * head_bytes..][..end] }
                        })
                    })
                    .collect();
                format.compose(&encoded)?
            };
            let out = match &mut out {
                Some(out) => out,
                // Only one file is open at a time, so the buffer is here.
                none => none.insert(DirectWriter::create(&self.partial, buffer.take().into_iter().next())?),
            };
            *entry = Some((out.position(), composition.total_bytes));
            for piece in &composition.pieces {
                match piece {
                    Piece::Bytes(bytes) => out.write(bytes)?,
                    Piece::Zeros(count) => out.zeros(*count)?,
                    Piece::Tile { slot, skip, length } => {
                        let (offset, _) = tiles[*slot].unwrap_or_default();
                        out.copy(&layer.spill.file, offset + u64::from(*skip), u64::from(*length))?;
                    }
                }
            }
            tiles.fill(None);
        }
        let Some(mut out) = out else { return Ok(false) };
        if layout.is_sharded() {
            out.write(&shard_index(&index))?;
        }
        out.finish(sync)?;
        Ok(true)
    }
}

/// Raw layouts: the files are at their keys; what is left is to sync them.
pub(crate) fn sync_in_place(store: &Store, made: &[FileId]) -> Result<(), StorageError> {
    let mut folders = BTreeSet::new();
    for id in made {
        let path = store.file_path(id.level, id.layer, id.file);
        NamedFile::open_to_write(&path)?.sync_data()?;
        note_folders(&path, store.root(), &mut folders);
    }
    folders.iter().try_for_each(|folder| files::sync_folder(folder))
}

/// The folders on the way from the store to a file.
fn note_folders(path: &Path, root: &Path, folders: &mut BTreeSet<PathBuf>) {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if !folders.insert(folder.to_owned()) {
            break;
        }
    }
}

/// The first bytes of each tile, which the composer wants to see, `head_bytes` apart.
fn read_heads(
    spill: &NamedFile,
    tiles: &[Option<(u64, u32)>],
    head_bytes: usize,
    heads: &mut Vec<u8>,
) -> Result<(), StorageError> {
    heads.resize(tiles.len() * head_bytes, 0);
    if head_bytes == 0 {
        return Ok(());
    }
    for (tile, head) in tiles.iter().zip(heads.chunks_exact_mut(head_bytes)) {
        if let Some((offset, length)) = tile {
            spill.read_exact_at(&mut head[..head_bytes.min(*length as usize)], *offset)?;
        }
    }
    Ok(())
}

/// Writes a file from its start to its end past the page cache, where the file system can do that: sealed data is not read
/// soon, and new pages cost more than the codec.
struct DirectWriter<'a> {
    file: NamedFile,
    buffer: &'a mut AlignedBytes,
    filled: usize,
    written: u64,
    direct: bool,
}

impl<'a> DirectWriter<'a> {
    fn create(path: &Path, buffer: Option<&'a mut AlignedBytes>) -> Result<Self, StorageError> {
        let Some(buffer) = buffer else {
            return Err(StorageError::Internal("the seal's buffer is in use".to_owned()));
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(target_os = "linux")]
        let direct = options.clone().custom_flags(libc::O_DIRECT).open(path);
        #[cfg(not(target_os = "linux"))]
        let direct: io::Result<std::fs::File> = Err(io::ErrorKind::Unsupported.into());
        let (file, direct) = match direct {
            Ok(file) => (file, true),
            Err(_) => {
                let file = options.open(path);
                (file.map_err(|error| StorageError::io(path, "create the file", 0, &error))?, false)
            }
        };
        Ok(Self { file: NamedFile { file, path: path.to_owned() }, buffer, filled: 0, written: 0, direct })
    }

    fn position(&self) -> u64 {
        self.written + self.filled as u64
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), StorageError> {
        while !bytes.is_empty() {
            let room = &mut self.buffer[self.filled..];
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            self.advance(count)?;
        }
        Ok(())
    }

    fn zeros(&mut self, mut count: u64) -> Result<(), StorageError> {
        while count > 0 {
            let room = &mut self.buffer[self.filled..];
            let step = count.min(room.len() as u64) as usize;
            room[..step].fill(0);
            count -= step as u64;
            self.advance(step)?;
        }
        Ok(())
    }

    fn copy(&mut self, from: &NamedFile, mut offset: u64, mut count: u64) -> Result<(), StorageError> {
        while count > 0 {
            let room = &mut self.buffer[self.filled..];
            let step = count.min(room.len() as u64) as usize;
            from.read_exact_at(&mut room[..step], offset)?;
            offset += step as u64;
            count -= step as u64;
            self.advance(step)?;
        }
        Ok(())
    }

    fn advance(&mut self, count: usize) -> Result<(), StorageError> {
        self.filled += count;
        if self.filled == self.buffer.len() { self.flush(self.filled) } else { Ok(()) }
    }

    fn flush(&mut self, bytes: usize) -> Result<(), StorageError> {
        match self.file.file.write_all_at(&self.buffer[..bytes], self.written) {
            Err(error) if self.direct && error.kind() == io::ErrorKind::InvalidInput => {
                // Some file systems open for direct writing and then refuse it, or want another alignment.
                self.direct = false;
                let again = OpenOptions::new().write(true).open(&self.file.path);
                self.file.file = again.map_err(|error| self.file.error("open the file", 0, &error))?;
                self.file.write_all_at(&self.buffer[..bytes], self.written)?;
            }
            other => other.map_err(|error| self.file.error("write", bytes as u64, &error))?,
        }
        self.written += bytes as u64;
        self.filled = 0;
        Ok(())
    }

    fn finish(mut self, sync: bool) -> Result<(), StorageError> {
        let total = self.position();
        let (rest, padded) = (self.filled, self.filled.next_multiple_of(DIRECT_ALIGNMENT));
        self.buffer[rest..padded].fill(0);
        if rest > 0 {
            self.flush(padded)?;
            if padded != rest {
                self.file.set_len(total)?;
            }
        }
        if sync { self.file.sync_data() } else { Ok(()) }
    }
}
