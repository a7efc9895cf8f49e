//! The one path that seals: a layer's chunks are composed out of its spill, written beside, synced by policy, and renamed to
//! their keys. A finished layer, stop, abort, a failing device and recovery all come through here.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use zarrcam_config::Durability;
use zarrcam_zarr::{
    ChunkFormat, EncodedTile, Layout, Piece, SEAL_BUFFER_BYTES, SEAL_THREADS, SHARD_ENTRY_BYTES, ShardEntry,
    shard_index,
};

use crate::StorageError;
use crate::engine::panic_message;
use crate::files::{self, AlignedBytes, DIRECT_ALIGNMENT, NamedFile};
use crate::in_place::{FileId, put_at_key};
use crate::layer::{Layer, LevelPlanes};
use crate::store::Store;

/// Blocks are shared between threads when so much is there to be written.
const WINDOW_BYTES: u64 = 16 << 20;

/// How much of the machine the sealer may take, and how far it is: asked and told again and again while it works.
pub(crate) struct Pace<'a> {
    pub threads: &'a (dyn Fn() -> usize + Sync),
    /// Bytes of the layer's files that are written.
    pub written: &'a AtomicU64,
}

/// Composes and publishes layers; one caller at a time. Keeps its buffers.
pub(crate) struct Sealer {
    formats: Vec<ChunkFormat>,
    /// One a thread that writes.
    buffers: Vec<AlignedBytes>,
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
            buffers: (0..SEAL_THREADS).map(|_| AlignedBytes::new(SEAL_BUFFER_BYTES)).collect::<Result<_, _>>()?,
            heads: Vec::new(),
            partial: store.private().join("seal.partial"),
        })
    }

    /// Makes the layer's files. A file that stands at its key already is final: it was sealed before a crash.
    pub fn seal(&mut self, store: &Store, layer: &Layer, pace: &Pace<'_>) -> Result<(), StorageError> {
        let result = self.make_files(store, layer, pace);
        if result.is_err() {
            // The disk may be full, and what comes next needs room.
            let _ = files::remove_file(&self.partial);
        }
        result
    }

    fn make_files(&mut self, store: &Store, layer: &Layer, pace: &Pace<'_>) -> Result<(), StorageError> {
        let sync = store.durability() != Durability::None;
        let layout = store.layout();
        let planes = layer.planes();
        let mut folders = BTreeSet::new();
        for (number, level) in layout.levels().iter().enumerate() {
            for file in 0..level.files_per_layer {
                let path = store.file_path(number, layer.index, file);
                if path.exists() || !self.compose(layout, number, layer, &planes[number], file, (pace, sync))? {
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
        (pace, sync): (&Pace<'_>, bool),
    ) -> Result<bool, StorageError> {
        let level = &layout.levels()[number];
        let format = &self.formats[number];
        let at_file = level.file_coordinates(layout.append_axis(), layer.index, file);
        let mut out: Option<Output<'_>> = None;
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
            if out.is_none() {
                let bound = upper_bound(layout, number, &at_file, planes, format);
                out = Some(Output::create(&self.partial, &layer.spill.file, &mut self.buffers, bound)?);
            }
            let Some(out) = out.as_mut() else { continue };
            *entry = Some((out.end, composition.total_bytes));
            for piece in composition.pieces {
                match piece {
                    Piece::Bytes(bytes) => out.push_bytes(&bytes),
                    Piece::Zeros(count) => out.push(count, From::Zeros),
                    Piece::Tile { slot, skip, length } => {
                        let (offset, _) = tiles[slot].unwrap_or_default();
                        out.push(u64::from(length), From::Spill(offset + u64::from(skip)));
                    }
                }
            }
            out.write_full_blocks(pace)?;
            tiles.fill(None);
        }
        let Some(mut out) = out else { return Ok(false) };
        if layout.is_sharded() {
            out.push_bytes(&shard_index(&index));
        }
        out.finish(pace, sync)?;
        Ok(true)
    }
}

/// No file is longer: its tiles, and what composing adds.
fn upper_bound(layout: &Layout, number: usize, at_file: &[u64], planes: &LevelPlanes, format: &ChunkFormat) -> u64 {
    let level = &layout.levels()[number];
    let mut bytes = 0;
    for chunk in 0..level.chunks_per_file {
        layout.tiles_of_chunk(number, &level.chunk_coordinates(at_file, chunk), |_, plane, tile| {
            let tile = planes.get(plane).and_then(|entry| entry.tile(tile));
            bytes += tile.map_or(0, |(_, length)| u64::from(length));
        });
    }
    let added = format.max_bytes().saturating_sub(format.decoded_bytes()) + SHARD_ENTRY_BYTES as u64;
    bytes + level.chunks_per_file as u64 * added + BLOCK
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

/// Where a piece of a file comes from.
enum From {
    /// Of [`Output::bytes`].
    Bytes(usize),
    Zeros,
    Spill(u64),
}

struct Placed {
    at: u64,
    length: u64,
    from: From,
}

/// A file made out of pieces, past the page cache where the file system can: sealed data is not read soon, and new pages cost
/// more than the codec. All places are known before a block is written, so blocks are written by several threads.
struct Output<'a> {
    file: NamedFile,
    direct: Option<File>,
    /// Cleared where direct writing turns out not to work.
    direct_works: AtomicBool,
    /// To write through the page cache.
    turn: Mutex<()>,
    spill: &'a NamedFile,
    buffers: &'a mut [AlignedBytes],
    bytes: Vec<u8>,
    pieces: Vec<Placed>,
    /// Up to here everything is written; a multiple of the block.
    written: u64,
    end: u64,
}

const BLOCK: u64 = SEAL_BUFFER_BYTES as u64;

impl<'a> Output<'a> {
    fn create(
        path: &Path,
        spill: &'a NamedFile,
        buffers: &'a mut [AlignedBytes],
        upper_bound: u64,
    ) -> Result<Self, StorageError> {
        let file = NamedFile::create(path)?;
        let direct = files::open_direct(path);
        if direct.is_some() {
            // Direct writes beyond the end of a file wait for each other.
            file.set_len(upper_bound.next_multiple_of(BLOCK))?;
            files::allocate(&file.file, 0, upper_bound.next_multiple_of(DIRECT_ALIGNMENT as u64))
                .map_err(|error| file.error("allocate room", upper_bound, &error))?;
        }
        let (bytes, pieces) = (Vec::new(), Vec::new());
        let direct_works = AtomicBool::new(true);
        let turn = Mutex::default();
        Ok(Self { file, direct, direct_works, turn, spill, buffers, bytes, pieces, written: 0, end: 0 })
    }

    fn push(&mut self, length: u64, from: From) {
        if length > 0 {
            self.pieces.push(Placed { at: self.end, length, from });
            self.end += length;
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        self.push(bytes.len() as u64, From::Bytes(self.bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes what fills blocks, once there is enough of it to share.
    fn write_full_blocks(&mut self, pace: &Pace<'_>) -> Result<(), StorageError> {
        let until = self.end / BLOCK * BLOCK;
        if until - self.written < WINDOW_BYTES {
            return Ok(());
        }
        self.write_until(until, pace)?;
        let first = self.pieces.partition_point(|piece| piece.at + piece.length <= until);
        self.pieces.drain(..first);
        // What is left of the small bytes moves to the front.
        let start =
            self.pieces.iter().find_map(|piece| if let From::Bytes(start) = piece.from { Some(start) } else { None });
        let start = start.unwrap_or(self.bytes.len());
        self.bytes.drain(..start);
        for piece in &mut self.pieces {
            if let From::Bytes(at) = &mut piece.from {
                *at -= start;
            }
        }
        Ok(())
    }

    fn write_until(&mut self, until: u64, pace: &Pace<'_>) -> Result<(), StorageError> {
        let next = AtomicU64::new(self.written);
        let buffers = std::mem::take(&mut self.buffers);
        let this = &*self;
        let work = |buffer: &mut AlignedBytes| {
            loop {
                let start = next.fetch_add(BLOCK, Ordering::Relaxed);
                if start >= until {
                    return Ok(());
                }
                // Whoever fails ends the others as well.
                let end = until.min(start + BLOCK);
                this.write_block(buffer, start, end).inspect_err(|_| next.store(until, Ordering::Relaxed))?;
                pace.written.fetch_add(end - start, Ordering::Relaxed);
            }
        };
        // Direct writes wait for the disk and not for a core, so two of them are in flight at any time.
        // Writes through the page cache take turns at the inode; a second thread reads meanwhile, a third would only wait.
        let threads = (pace.threads)();
        let threads = if self.direct.is_some() { threads.max(2) } else { threads.min(2) };
        let blocks = (until - self.written).div_ceil(BLOCK);
        let result = match buffers {
            [buffer, ..] if blocks <= 1 || threads <= 1 => work(buffer),
            [first, others @ ..] => std::thread::scope(|scope| {
                let threads: Vec<_> =
                    others.iter_mut().take(threads - 1).map(|buffer| scope.spawn(|| work(buffer))).collect();
                let joined = threads.into_iter().map(|thread| {
                    thread.join().unwrap_or_else(|panic| Err(StorageError::Internal(panic_message(&*panic))))
                });
                let own = work(first);
                joined.fold(own, Result::and)
            }),
            [] => Ok(()),
        };
        self.buffers = buffers;
        self.written = until;
        result
    }

    fn write_block(&self, buffer: &mut AlignedBytes, start: u64, end: u64) -> Result<(), StorageError> {
        let first = self.pieces.partition_point(|piece| piece.at + piece.length <= start);
        for piece in self.pieces[first..].iter().take_while(|piece| piece.at < end) {
            let (from, to) = (piece.at.max(start), (piece.at + piece.length).min(end));
            let (skip, count) = (from - piece.at, (to - from) as usize);
            let out = &mut buffer[(from - start) as usize..][..count];
            match piece.from {
                From::Bytes(at) => out.copy_from_slice(&self.bytes[at + skip as usize..][..count]),
                From::Zeros => out.fill(0),
                From::Spill(offset) => self.spill.read_exact_at(out, offset + skip)?,
            }
        }
        let used = (end - start) as usize;
        if let Some(direct) = self.direct.as_ref().filter(|_| self.direct_works.load(Ordering::Relaxed)) {
            let padded = used.next_multiple_of(DIRECT_ALIGNMENT);
            buffer[used..padded].fill(0);
            match direct.write_all_at(&buffer[..padded], start) {
                Ok(()) => return Ok(()),
                // It opens for direct writing and then refuses it, or wants another alignment.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    self.direct_works.store(false, Ordering::Relaxed);
                }
                Err(error) => return Err(self.file.error("write", padded as u64, &error)),
            }
        }
        // A lock that sleeps: at the inode's own the other thread would spin.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.write_all_at(&buffer[..used], start)
    }

    fn finish(mut self, pace: &Pace<'_>, sync: bool) -> Result<(), StorageError> {
        self.write_until(self.end, pace)?;
        if self.direct.is_some() {
            self.file.set_len(self.end)?;
        }
        if sync { self.file.sync_data() } else { Ok(()) }
    }
}
