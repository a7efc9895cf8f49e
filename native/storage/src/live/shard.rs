//! The shard of one frame: its tiles as the encoder made them, C order, then the index.

use std::ops::Range;

use zarrcam_zarr::{Level, SHARD_ENTRY_BYTES, ShardEntry, TileAt, shard_index, shard_index_bytes};

use super::follow::Found;
use super::run::Run;
use crate::StorageError;
use crate::layers::in_place::InPlace;
use crate::targets::TargetFile;

/// Where a frame's bytes are, and how long each of its tiles is.
pub(super) struct Shard {
    found: Found,
    /// End of each tile in the shard; a tile of no bytes is fill.
    ends: Vec<u64>,
    index: Vec<u8>,
}

impl Shard {
    /// `lengths`: of the encoded tiles; not looked at where the codec or the plane's absence says what they are.
    pub fn new(level: &Level, found: Found, lengths: Vec<u32>) -> Self {
        let length = |tile: usize| match found {
            Found::NotYet | Found::Fill => 0,
            Found::InPlace => level.tile_bytes as u64,
            Found::Spilled { .. } | Found::Sealed => u64::from(lengths[tile]),
        };
        let mut end = 0;
        let mut ends = Vec::with_capacity(level.tiles());
        let mut entries: Vec<ShardEntry> = Vec::with_capacity(level.tiles());
        for tile in 0..level.tiles() {
            let length = length(tile);
            entries.push((length > 0).then_some((end, length)));
            end += length;
            ends.push(end);
        }
        Self { found, ends, index: shard_index(&entries) }
    }

    pub fn total_bytes(&self) -> u64 {
        self.tiles_bytes() + self.index.len() as u64
    }

    fn tiles_bytes(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn tile(&self, tile: usize) -> Range<u64> {
        let start = if tile == 0 { 0 } else { self.ends[tile - 1] };
        start..self.ends[tile]
    }
}

/// Reads a range of a frame's shard, which lies in it.
pub(super) fn read(
    run: &Run,
    shard: &Shard,
    level: usize,
    plane: u64,
    range: Range<u64>,
) -> Result<Vec<u8>, StorageError> {
    let mut out = vec![0; (range.end - range.start) as usize];
    let tiles_end = shard.tiles_bytes().clamp(range.start, range.end);
    let (tiles, index) = out.split_at_mut((tiles_end - range.start) as usize);
    if !index.is_empty() {
        let start = (tiles_end - shard.tiles_bytes()) as usize;
        index.copy_from_slice(&shard.index[start..][..index.len()]);
    }
    if tiles.is_empty() {
        return Ok(out);
    }
    match shard.found {
        Found::NotYet | Found::Fill => {}
        Found::Spilled { spill, offset } => {
            let path = run.store.private().join(format!("spill-{}", spill.spill));
            run.store.target().open(&path)?.read_exact_at(tiles, offset + range.start)?;
        }
        Found::InPlace | Found::Sealed => {
            let mut tiles_of = TilesOnDisk::new(run, level, plane);
            let first = shard.ends.partition_point(|end| *end <= range.start);
            for tile in first..shard.ends.len() {
                let at = shard.tile(tile);
                if at.start >= tiles_end {
                    break;
                }
                let part = at.start.max(range.start)..at.end.min(tiles_end);
                if part.is_empty() {
                    continue;
                }
                let target = &mut tiles[(part.start - range.start) as usize..(part.end - range.start) as usize];
                let within = part.start - at.start..part.end - at.start;
                if shard.found == Found::InPlace {
                    tiles_of.read_in_place(tile, within, target)?;
                } else {
                    tiles_of.read_sealed(tile, within, target)?;
                }
            }
        }
    }
    Ok(out)
}

/// Tiles of one plane out of the array's own files. Keeps the file that it read last: neighbours often share it.
struct TilesOnDisk<'a> {
    run: &'a Run,
    level: usize,
    at: zarrcam_zarr::PlaneAt,
    /// The number of the file that was opened last; `None` beside it: there is no such file, its tiles are all fill.
    file: Option<(u64, Option<OpenFile>)>,
    /// The plane that lies at each slot of a chunk; made when the first sealed tile is read.
    planes: Vec<Option<u64>>,
    lengths: Vec<Option<u32>>,
}

struct OpenFile {
    file: Box<dyn TargetFile>,
    bytes: u64,
}

impl<'a> TilesOnDisk<'a> {
    fn new(run: &'a Run, level: usize, plane: u64) -> Self {
        let at = run.store.layout().plane_of_level(level, plane);
        Self { run, level, at, file: None, planes: Vec::new(), lengths: Vec::new() }
    }

    fn shape(&self) -> &'a Level {
        &self.run.store.layout().levels()[self.level]
    }

    fn file(&mut self, number: u64) -> Result<Option<&OpenFile>, StorageError> {
        if self.file.as_ref().is_none_or(|(open, _)| *open != number) {
            let path = self.run.store.file_path(self.level, self.at.layer, number);
            let opened = match self.run.store.target().open(&path) {
                Ok(file) => {
                    let bytes = file.bytes()?;
                    Some(OpenFile { file, bytes })
                }
                // Chunks of nothing but fill are not on disk; and neither are a deleted dataset's.
                Err(error) if error.is_missing() && self.run.is_current() => None,
                Err(error) => return Err(error),
            };
            self.file = Some((number, opened));
        }
        Ok(self.file.as_ref().and_then(|(_, file)| file.as_ref()))
    }

    /// `part`: of the tile's bytes. `out` is zeros.
    fn read_in_place(&mut self, tile: usize, part: Range<u64>, out: &mut [u8]) -> Result<(), StorageError> {
        let tile_at = self.shape().tile(&self.at, tile);
        let offset = InPlace::offset(&self.run.store, self.level, &tile_at) + part.start;
        match self.file(tile_at.file)? {
            Some(open) => open.file.read_exact_at(out, offset),
            None => Ok(()),
        }
    }

    /// `part`: of the tile as it was encoded.
    fn read_sealed(&mut self, tile: usize, part: Range<u64>, out: &mut [u8]) -> Result<(), StorageError> {
        let (run, level) = (self.run, self.level);
        let tile_at = self.shape().tile(&self.at, tile);
        let format = run.format(level);
        let mut lengths = std::mem::take(&mut self.lengths);
        if self.planes.is_empty() {
            self.planes = self.planes_by_slot();
        }
        run.known().lengths_of_tile(level, &self.planes, tile, &mut lengths);
        let whole = u64::from(lengths[tile_at.slot].unwrap_or(0));
        let index_at = format.index_of_slot(tile_at.slot);
        let (sharded, chunks) = (run.store.layout().is_sharded(), self.shape().chunks_per_file);
        let Some(open) = self.file(tile_at.file)? else {
            let path = run.store.file_path(level, self.at.layer, tile_at.file);
            return Err(StorageError::Damaged { path, reason: "the file of a stored frame is gone".to_owned() });
        };
        let damaged =
            |reason: &str| StorageError::Damaged { path: open.file.path().to_owned(), reason: reason.to_owned() };
        let chunk = if sharded { open.chunk_of_shard(&tile_at, chunks)? } else { Some(0..open.bytes) };
        let chunk = chunk
            .filter(|chunk| chunk.end <= open.bytes)
            .ok_or_else(|| damaged("a stored frame's chunk is not in it"))?;
        let mut index = vec![0; (index_at.end - index_at.start) as usize];
        if !index.is_empty() {
            open.file.read_exact_at(&mut index, chunk.start + index_at.start)?;
        }
        let cut = format.tile_of_chunk(&lengths, tile_at.slot, &index)?;
        let cut = cut.filter(|cut| {
            let bytes = cut.head.len() as u64 + (cut.body.end - cut.body.start) + cut.tail.len() as u64;
            bytes == whole && cut.body.end <= chunk.end - chunk.start
        });
        let cut = cut.ok_or_else(|| damaged("its length is not what frames.log says"))?;
        let mut done = copy_part(&cut.head, 0, &part, out);
        let body_at = cut.head.len() as u64;
        let body_bytes = cut.body.end - cut.body.start;
        let (from, to) = (part.start.max(body_at), part.end.min(body_at + body_bytes));
        if from < to {
            let count = (to - from) as usize;
            let offset = chunk.start + cut.body.start + (from - body_at);
            open.file.read_exact_at(&mut out[done..done + count], offset)?;
            done += count;
        }
        copy_part(cut.tail, body_at + body_bytes, &part, &mut out[done..]);
        self.lengths = lengths;
        Ok(())
    }

    /// Which plane lies in each slot of the chunks that this plane is in: the same for all its tiles.
    fn planes_by_slot(&self) -> Vec<Option<u64>> {
        let layout = self.run.store.layout();
        let shape = self.shape();
        let file = shape.tile(&self.at, 0);
        let at_file = shape.file_coordinates(layout.append_axis(), self.at.layer, file.file);
        let chunk = shape.chunk_coordinates(&at_file, file.chunk);
        let mut planes = vec![None; shape.slots];
        layout.tiles_of_chunk(self.level, &chunk, |slot, plane, _| planes[slot] = Some(plane));
        planes
    }
}

impl OpenFile {
    /// Where a chunk lies in a shard, by its index at the end.
    fn chunk_of_shard(&self, at: &TileAt, chunks: usize) -> Result<Option<Range<u64>>, StorageError> {
        let index_bytes = shard_index_bytes(chunks) as u64;
        let Some(index_at) = self.bytes.checked_sub(index_bytes) else { return Ok(None) };
        let mut entry = [0; SHARD_ENTRY_BYTES];
        self.file.read_exact_at(&mut entry, index_at + (at.chunk * SHARD_ENTRY_BYTES) as u64)?;
        let (offset, length) = entry.split_at(8);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
        let (offset, length) = (word(offset), word(length));
        Ok(offset.checked_add(length).map(|end| offset..end))
    }
}

/// Copies what of `bytes`, which begin at `at`, lies in `part`; `out` begins where that does. How many bytes that were.
fn copy_part(bytes: &[u8], at: u64, part: &Range<u64>, out: &mut [u8]) -> usize {
    let (from, to) = (part.start.max(at), part.end.min(at + bytes.len() as u64));
    if from >= to {
        return 0;
    }
    let count = (to - from) as usize;
    out[..count].copy_from_slice(&bytes[(from - at) as usize..][..count]);
    count
}
