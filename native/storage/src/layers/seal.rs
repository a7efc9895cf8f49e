//! The one path that seals: a layer's chunks are composed out of its spill, written beside, synced by policy, and renamed to
//! their keys. A finished layer, stop, abort, a failing device and recovery all come through here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use zarrcam_config::Durability;
use zarrcam_zarr::{
    ChunkFormat, EncodedTile, Layout, Piece, SEAL_BUFFER_BYTES, SEAL_THREADS, SHARD_ENTRY_BYTES, ShardEntry,
    shard_index,
};

use super::in_place::FileId;
use super::seal_output::{BLOCK, Output, OutputFile, SealControl};
use super::spilled_layer::{Layer, LevelPlanes};
use crate::StorageError;
use crate::store::Store;
use crate::targets::{AlignedBytes, TargetFile};

/// Composes and publishes layers; one caller at a time. Keeps its buffers.
pub(crate) struct Sealer {
    formats: Vec<ChunkFormat>,
    /// One a thread that writes.
    buffers: Vec<AlignedBytes>,
    heads: Vec<u8>,
    partial: PathBuf,
}

/// A file of a layer that is not at its key yet.
struct Made {
    file: Box<dyn TargetFile>,
    bytes: u64,
}

/// How far a layer is sealed.
#[derive(Default)]
pub(crate) struct SealProgress {
    level: usize,
    /// Of the level, the next one.
    file: u64,
    /// That got new names.
    folders: BTreeSet<PathBuf>,
}

impl Sealer {
    pub fn new(store: &Store) -> Result<Self, StorageError> {
        let item_bytes = store.layout().pixel_type().bytes();
        let threads = if store.target().takes_threads() { SEAL_THREADS } else { 1 };
        let formats = store.layout().levels().iter();
        let formats = formats.map(|level| ChunkFormat::new(store.codec(), item_bytes, level.tile_bytes, level.slots));
        Ok(Self {
            formats: formats.collect::<Result<_, _>>()?,
            buffers: (0..threads).map(|_| AlignedBytes::new(SEAL_BUFFER_BYTES)).collect::<Result<_, _>>()?,
            heads: Vec::new(),
            partial: store.private().join("seal.partial"),
        })
    }

    /// Makes the layer's files. A file that stands at its key already is final: it was sealed before a crash.
    pub fn seal(&mut self, store: &Store, layer: &Layer, control: &SealControl<'_>) -> Result<(), StorageError> {
        let mut progress = SealProgress::default();
        while self.seal_next(store, layer, &mut progress, control)?.is_some() {}
        Ok(())
    }

    /// Makes the next of the layer's files. How many bytes it has; `None`: there is none left, and the layer is sealed.
    pub fn seal_next(
        &mut self,
        store: &Store,
        layer: &Layer,
        progress: &mut SealProgress,
        control: &SealControl<'_>,
    ) -> Result<Option<u64>, StorageError> {
        let result = self.make_next(store, layer, progress, control);
        if result.is_err() {
            // The disk may be full, and what comes next needs room.
            let _ = store.target().remove_file(&self.partial);
        }
        result
    }

    fn make_next(
        &mut self,
        store: &Store,
        layer: &Layer,
        progress: &mut SealProgress,
        control: &SealControl<'_>,
    ) -> Result<Option<u64>, StorageError> {
        let sync = store.durability() != Durability::None;
        while let Some(level) = store.layout().levels().get(progress.level) {
            if progress.file == level.files_per_layer {
                (progress.level, progress.file) = (progress.level + 1, 0);
                continue;
            }
            let (number, file) = (progress.level, progress.file);
            progress.file += 1;
            let path = store.file_path(number, layer.index, file);
            if store.target().exists(&path) {
                continue;
            }
            if let Some(Made { mut file, bytes }) = self.compose(store, number, layer, file, (control, sync))? {
                file.publish(&path, &store.level_folder(number))?;
                note_folders(&path, store.image_folder(), &mut progress.folders);
                return Ok(Some(bytes));
            }
        }
        if sync {
            progress.folders.iter().try_for_each(|folder| store.target().sync_folder(folder))?;
        }
        Ok(None)
    }

    /// Writes one chunk or shard file beside its place. `None`: all of it is fill, and nothing is written.
    fn compose(
        &mut self,
        store: &Store,
        number: usize,
        layer: &Layer,
        file: u64,
        (control, sync): (&SealControl<'_>, bool),
    ) -> Result<Option<Made>, StorageError> {
        let layout = store.layout();
        let planes = &layer.planes()[number];
        let level = &layout.levels()[number];
        let format = &self.formats[number];
        let at_file = level.file_coordinates(layout.append_axis(), layer.index, file);
        let Some(bound) = upper_bound(layout, number, &at_file, planes, format) else { return Ok(None) };
        let composer = Composer { layout, number, planes, format, spill: &*layer.spill.file };
        let output = OutputFile::create(&**store.target(), &self.partial, &*layer.spill.file, control, bound)?;
        let (heads, buffers) = (&mut self.heads, &mut self.buffers);
        let Some((own, spare)) = buffers.split_first_mut() else { return Ok(None) };
        let length = std::thread::scope(|scope| {
            let mut out = Output::new(&output, scope, own, spare);
            composer.compose(&at_file, heads, &mut out)?;
            out.finish()
        })?;
        output.finish(length, sync).map(|file| Some(Made { file, bytes: length }))
    }
}

/// What the files of one level of a layer are made of.
struct Composer<'a> {
    layout: &'a Layout,
    number: usize,
    planes: &'a LevelPlanes,
    format: &'a ChunkFormat,
    spill: &'a dyn TargetFile,
}

impl Composer<'_> {
    /// One file: its chunks one behind the other, and their index where there are several.
    fn compose(&self, at_file: &[u64], heads: &mut Vec<u8>, out: &mut Output<'_, '_>) -> Result<(), StorageError> {
        let level = &self.layout.levels()[self.number];
        let mut index: Vec<ShardEntry> = vec![None; level.chunks_per_file];
        let mut tiles = vec![None; level.slots];
        for (chunk, entry) in index.iter_mut().enumerate() {
            let at_chunk = level.chunk_coordinates(at_file, chunk);
            let exists = self.layout.tiles_of_chunk(self.number, &at_chunk, |slot, plane, tile| {
                tiles[slot] = self.planes.get(plane).and_then(|entry| entry.tile(tile));
            });
            if exists && tiles.iter().any(Option::is_some) {
                let start = out.end();
                self.compose_chunk(&tiles, heads, out)?;
                *entry = Some((start, out.end() - start));
            }
            tiles.fill(None);
        }
        if self.layout.is_sharded() { out.push_bytes(&shard_index(&index)) } else { Ok(()) }
    }

    /// `tiles`: offset in the spill and length by slot.
    fn compose_chunk(
        &self,
        tiles: &[Option<(u64, u32)>],
        heads: &mut Vec<u8>,
        out: &mut Output<'_, '_>,
    ) -> Result<(), StorageError> {
        let head_bytes = self.format.head_bytes();
        read_heads(self.spill, tiles, head_bytes, heads)?;
        let encoded: Vec<Option<EncodedTile<'_>>> = tiles
            .iter()
            .enumerate()
            .map(|(slot, tile)| {
                tile.map(|(_, length)| {
                    let end = head_bytes.min(length as usize);
                    EncodedTile { length, head: &heads[slot * head_bytes..][..end] }
                })
            })
            .collect();
        for piece in self.format.compose(&encoded)?.pieces {
            match piece {
                Piece::Bytes(bytes) => out.push_bytes(&bytes)?,
                Piece::Zeros(count) => out.push_zeros(count)?,
                Piece::Tile { slot, skip, length } => {
                    let (offset, _) = tiles[slot].unwrap_or_default();
                    out.push_spilled(offset + u64::from(skip), u64::from(length))?;
                }
            }
        }
        Ok(())
    }
}

/// No file is longer: its tiles, and what composing adds. `None`: all of it is fill.
fn upper_bound(
    layout: &Layout,
    number: usize,
    at_file: &[u64],
    planes: &LevelPlanes,
    format: &ChunkFormat,
) -> Option<u64> {
    let level = &layout.levels()[number];
    let mut bytes = 0;
    for chunk in 0..level.chunks_per_file {
        layout.tiles_of_chunk(number, &level.chunk_coordinates(at_file, chunk), |_, plane, tile| {
            let tile = planes.get(plane).and_then(|entry| entry.tile(tile));
            bytes += tile.map_or(0, |(_, length)| u64::from(length));
        });
    }
    let added = format.max_bytes().saturating_sub(format.decoded_bytes()) + SHARD_ENTRY_BYTES as u64;
    (bytes > 0).then(|| bytes + level.chunks_per_file as u64 * added + BLOCK)
}

/// Raw layouts: the files are at their keys; what is left is to sync them.
pub(crate) fn sync_in_place(store: &Store, made: &[FileId]) -> Result<(), StorageError> {
    let mut folders = BTreeSet::new();
    for id in made {
        let path = store.file_path(id.level, id.layer, id.file);
        store.target().open_to_write(&path)?.sync_data()?;
        note_folders(&path, store.image_folder(), &mut folders);
    }
    folders.iter().try_for_each(|folder| store.target().sync_folder(folder))
}

/// The folders on the way from the image to a file.
fn note_folders(path: &Path, root: &Path, folders: &mut BTreeSet<PathBuf>) {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if !folders.insert(folder.to_owned()) {
            break;
        }
    }
}

/// The first bytes of each tile, which the composer wants to see, `head_bytes` apart.
fn read_heads(
    spill: &dyn TargetFile,
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
