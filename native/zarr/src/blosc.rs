//! The Blosc 1 container, written block by block so that tiles encoded alone can share one chunk. Layout: c-blosc's
//! README_CHUNK_FORMAT; header, one start a block, blocks of a length and its payload.

use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};
use zarrcam_config::Shuffle;

use crate::codec::{BloscInner, CodecError};
use crate::composition::{Composition, EncodedTile, TileOfChunk};
use crate::shuffle;
use crate::tile_view::TileView;
use crate::zstd::{self, ZstdContext};

pub(crate) const HEADER_BYTES: usize = 16;
/// c-blosc's BLOSC_MAX_BUFFERSIZE: 2^31 - 1, less the header.
pub(crate) const MAX_DECODED_BYTES: u64 = i32::MAX as u64 - HEADER_BYTES as u64;
/// c-blosc's BLOSC_MAX_BLOCKSIZE, which its decoder enforces.
const MAX_BLOCK_BYTES: usize = (i32::MAX as usize - 255 * 4) / 3;

pub(crate) const FLAG_BYTE_SHUFFLE: u8 = 0x01;
pub(crate) const FLAG_BIT_SHUFFLE: u8 = 0x04;
pub(crate) const FLAG_NOT_SPLIT: u8 = 0x10;

/// How a tile is cut into blocks. Equal blocks that divide the tile, so that blocks never straddle two tiles of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub item_bytes: usize,
    pub tile_bytes: usize,
    pub block_bytes: usize,
}

impl Geometry {
    pub fn choose(inner: BloscInner, item_bytes: usize, tile_bytes: usize) -> Result<Self, CodecError> {
        let too_large = CodecError::ChunkTooLarge { chunk_bytes: tile_bytes as u64, limit_bytes: MAX_DECODED_BYTES };
        if tile_bytes as u64 > MAX_DECODED_BYTES {
            return Err(too_large);
        }
        let block_bytes = tile_bytes / block_count(inner, item_bytes, tile_bytes);
        if block_bytes > MAX_BLOCK_BYTES {
            return Err(too_large);
        }
        Ok(Self { item_bytes, tile_bytes, block_bytes })
    }

    pub fn blocks(&self) -> usize {
        self.tile_bytes / self.block_bytes
    }

    /// Header and block starts.
    pub fn head_bytes(&self) -> usize {
        HEADER_BYTES + 4 * self.blocks()
    }

    /// Longest encoding of a tile: all blocks stored.
    pub fn max_bytes(&self) -> usize {
        self.head_bytes() + 4 * self.blocks() + self.tile_bytes
    }
}

/// Bytes a block should have about. Measured with `examples/encode_speed.rs`, 16 KiB to 512 KiB: LZ4 on data that does not
/// shrink is twice as fast in 32 KiB (they stay in the first-level cache), and elsewhere the size matters little; zstd is
/// fastest in 128 KiB, its own largest block.
fn target_block_bytes(inner: BloscInner) -> usize {
    match inner {
        BloscInner::Lz4 => 32 << 10,
        BloscInner::Zstd => 128 << 10,
    }
}

/// The number of equal blocks nearest to the target size; a whole number of pixels each, of eight pixels if that is possible
/// (bit shuffle leaves other blocks as they are).
fn block_count(inner: BloscInner, item_bytes: usize, tile_bytes: usize) -> usize {
    let wanted = tile_bytes.div_ceil(target_block_bytes(inner)).max(1);
    let divides =
        |count: usize, unit: usize| tile_bytes.is_multiple_of(count) && (tile_bytes / count).is_multiple_of(unit);
    let find = |unit: usize| {
        (wanted..=wanted.saturating_mul(4))
            .find(|&count| divides(count, unit))
            .or_else(|| (1..wanted).rev().find(|&count| divides(count, unit)))
    };
    find(8 * item_bytes).or_else(|| find(item_bytes)).unwrap_or(1)
}

pub(crate) fn worst_case_bytes(inner: BloscInner, item_bytes: usize, tile_bytes: usize) -> usize {
    let blocks = block_count(inner, item_bytes, tile_bytes);
    let head = HEADER_BYTES + 8 * blocks;
    // The last block is compressed in place before its length is known.
    head + tile_bytes + zstd::compress_bound(tile_bytes / blocks) - tile_bytes / blocks
}

/// c-blosc's levels for zstd.
fn zstd_level(level: i32) -> i32 {
    match level {
        ..8 => 2 * level - 1,
        8 => 20,
        _ => 22,
    }
}

fn header(
    inner: BloscInner,
    shuffle: Shuffle,
    geometry: &Geometry,
    decoded: usize,
    encoded: usize,
) -> [u8; HEADER_BYTES] {
    let codec = match inner {
        BloscInner::Lz4 => 1,
        BloscInner::Zstd => 4,
    };
    let shuffled = match shuffle {
        Shuffle::None => 0,
        Shuffle::Byte => FLAG_BYTE_SHUFFLE,
        Shuffle::Bit => FLAG_BIT_SHUFFLE,
    };
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&[2, 1, codec << 5 | FLAG_NOT_SPLIT | shuffled, geometry.item_bytes as u8]);
    for (position, value) in [decoded, geometry.block_bytes, encoded].into_iter().enumerate() {
        header[4 + 4 * position..][..4].copy_from_slice(&(value as i32).to_le_bytes());
    }
    header
}

enum Compressor {
    /// Level 0.
    Store,
    Lz4 {
        table: CompressTable,
        output: Vec<u8>,
    },
    Zstd {
        context: ZstdContext,
        level: i32,
    },
}

pub(crate) struct BloscTileEncoder {
    geometry: Geometry,
    inner: BloscInner,
    shuffle: Shuffle,
    compressor: Compressor,
    /// A block out of the tile, byte-shuffled where that is asked for; and its bits shuffled.
    gathered: Vec<u8>,
    shuffled: Vec<u8>,
}

impl BloscTileEncoder {
    pub fn new(geometry: Geometry, inner: BloscInner, level: i32, shuffle: Shuffle) -> Result<Self, CodecError> {
        if geometry.item_bytes > 255 {
            return Err(CodecError::TileSize { tile_bytes: geometry.tile_bytes, item_bytes: geometry.item_bytes });
        }
        // Shuffling what is stored would only cost time.
        let shuffle = if level == 0 { Shuffle::None } else { shuffle };
        let compressor = match inner {
            _ if level == 0 => Compressor::Store,
            BloscInner::Lz4 => {
                let small = geometry.block_bytes < usize::from(u16::MAX);
                let table = if small { CompressTable::small() } else { CompressTable::large() };
                Compressor::Lz4 { table, output: vec![0; get_maximum_output_size(geometry.block_bytes)] }
            }
            BloscInner::Zstd => Compressor::Zstd { context: ZstdContext::new()?, level: zstd_level(level) },
        };
        let buffer = || vec![0; geometry.block_bytes];
        Ok(Self { geometry, inner, shuffle, compressor, shuffled: buffer(), gathered: buffer() })
    }

    pub fn encode(&mut self, tile: TileView<'_>, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let Geometry { tile_bytes, block_bytes, item_bytes } = self.geometry;
        let origin = out.len();
        out.resize(origin + self.geometry.head_bytes(), 0);
        let contiguous = tile.as_contiguous(tile_bytes);
        let count = block_bytes / item_bytes;
        for block in 0..self.geometry.blocks() {
            let start = (out.len() - origin) as i32;
            out[origin + HEADER_BYTES + 4 * block..][..4].copy_from_slice(&start.to_le_bytes());
            let range = block * block_bytes..(block + 1) * block_bytes;
            let bits = self.shuffle == Shuffle::Bit && shuffle::bit_shuffles(count);
            let bytes = item_bytes > 1 && (bits || self.shuffle == Shuffle::Byte);
            let mut ready: &[u8] = match contiguous {
                Some(tile) if !bytes => &tile[range],
                _ => {
                    gather(tile, range.start, if bytes { item_bytes } else { 1 }, &mut self.gathered);
                    &self.gathered
                }
            };
            if bits {
                shuffle::bytes_to_bits(ready, count, &mut self.shuffled);
                ready = &self.shuffled;
            }
            compress_block(&mut self.compressor, ready, out)?;
        }
        let header = header(self.inner, self.shuffle, &self.geometry, tile_bytes, out.len() - origin);
        out[origin..origin + HEADER_BYTES].copy_from_slice(&header);
        Ok(())
    }

    /// One block of nothing but fill, with its length before it.
    fn fill_block(&mut self) -> Result<Vec<u8>, CodecError> {
        let mut out = Vec::new();
        self.shuffled.fill(0);
        compress_block(&mut self.compressor, &self.shuffled, &mut out)?;
        Ok(out)
    }
}

/// Appends length and payload. A payload of the block's own length means "stored" to readers, so only shorter ones count.
fn compress_block(compressor: &mut Compressor, block: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    let shrunk = match compressor {
        Compressor::Store => false,
        Compressor::Lz4 { table, output } => match compress_into_with_table(block, output, table) {
            Ok(length) if length < block.len() => {
                out.extend_from_slice(&output[..length]);
                true
            }
            _ => false,
        },
        Compressor::Zstd { context, level } => context.compress_if_smaller(*level, block, out)?,
    };
    if !shrunk {
        out.extend_from_slice(block);
    }
    let length = (out.len() - length_at - 4) as i32;
    out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// The runs of bytes that make up a part of a tile: (offset from the part's start, bytes or fill, length).
struct BlockParts<'a> {
    tile: TileView<'a>,
    at: usize,
    end: usize,
}

impl<'a> Iterator for BlockParts<'a> {
    type Item = (usize, Option<&'a [u8]>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let tile = &self.tile;
        let (row, column) = (self.at / tile.padded_row_bytes, self.at % tile.padded_row_bytes);
        let exists = row < tile.rows && column < tile.row_bytes;
        let row_end = if exists { tile.row_bytes } else { tile.padded_row_bytes };
        let length = (row_end - column).min(self.end - self.at);
        let bytes = exists.then(|| &tile.row(row)[column..column + length]);
        let start = self.at;
        self.at += length;
        Some((start, bytes, length))
    }
}

/// The part of the tile that begins at `start`, with `item_bytes` above 1 byte-shuffled.
fn gather(tile: TileView<'_>, start: usize, item_bytes: usize, block: &mut [u8]) {
    let (end, count) = (start + block.len(), block.len() / item_bytes);
    for (at, bytes, length) in (BlockParts { tile, at: start, end }) {
        let first = (at - start) / item_bytes;
        match bytes {
            Some(bytes) => shuffle::shuffle_part(item_bytes, bytes, block, first, count),
            None => {
                for plane in block.chunks_exact_mut(count) {
                    plane[first..first + length / item_bytes].fill(0);
                }
            }
        }
    }
}

/// A chunk of `slots` tiles.
pub(crate) struct BloscChunk {
    geometry: Geometry,
    inner: BloscInner,
    shuffle: Shuffle,
    slots: usize,
    fill_block: Vec<u8>,
}

impl BloscChunk {
    pub fn new(
        inner: BloscInner,
        level: i32,
        shuffle: Shuffle,
        item_bytes: usize,
        tile_bytes: usize,
        slots: usize,
    ) -> Result<Self, CodecError> {
        let geometry = Geometry::choose(inner, item_bytes, tile_bytes)?;
        let mut encoder = BloscTileEncoder::new(geometry, inner, level, shuffle)?;
        let chunk = Self { geometry, inner, shuffle: encoder.shuffle, slots, fill_block: encoder.fill_block()? };
        let decoded = tile_bytes as u64 * slots as u64;
        // All that is in a header must fit into its signed 32 bits, even where nothing shrinks.
        let overhead = chunk.max_bytes() - decoded;
        let limit = i32::MAX as u64 - overhead.min(i32::MAX as u64);
        if decoded > limit.min(MAX_DECODED_BYTES) {
            return Err(CodecError::ChunkTooLarge { chunk_bytes: decoded, limit_bytes: limit.min(MAX_DECODED_BYTES) });
        }
        Ok(chunk)
    }

    pub fn tile_head_bytes(&self) -> usize {
        self.geometry.head_bytes()
    }

    pub fn max_bytes(&self) -> u64 {
        let per_tile = self.geometry.max_bytes() - HEADER_BYTES;
        HEADER_BYTES as u64 + self.slots as u64 * per_tile as u64 + self.fill_block.len() as u64
    }

    fn head_bytes(&self) -> usize {
        HEADER_BYTES + 4 * self.geometry.blocks() * self.slots
    }

    pub fn compose(&self, tiles: &[Option<EncodedTile<'_>>], out: &mut Composition) -> Result<(), CodecError> {
        let blocks = self.geometry.blocks();
        let tile_head = self.geometry.head_bytes();
        let missing = tiles.iter().any(Option::is_none);
        let bodies = tiles.iter().flatten().map(|tile| self.body_bytes(tile.length)).sum::<Result<u64, _>>()?;
        // One block of fill serves all that is missing.
        let fill_at = self.head_bytes() as u64 + bodies;
        let total = fill_at + if missing { self.fill_block.len() as u64 } else { 0 };
        let decoded = self.geometry.tile_bytes * self.slots;
        let mut head = Vec::with_capacity(self.head_bytes());
        head.extend_from_slice(&header(self.inner, self.shuffle, &self.geometry, decoded, total as usize));
        let mut at = self.head_bytes() as u64;
        for tile in tiles {
            let Some(tile) = tile else {
                for _ in 0..blocks {
                    head.extend_from_slice(&(fill_at as i32).to_le_bytes());
                }
                continue;
            };
            let starts =
                tile.head.get(HEADER_BYTES..tile_head).ok_or(CodecError::Damaged("a Blosc tile has no head"))?;
            for start in starts.as_chunks::<4>().0 {
                let start = u32::from_le_bytes(*start);
                if (start as usize) < tile_head || start >= tile.length {
                    return Err(CodecError::Damaged("a Blosc block starts outside its tile"));
                }
                head.extend_from_slice(&((at + u64::from(start) - tile_head as u64) as i32).to_le_bytes());
            }
            at += self.body_bytes(tile.length)?;
        }
        out.push_bytes(&head);
        for (slot, tile) in tiles.iter().enumerate() {
            if let Some(tile) = tile {
                out.push_tile(slot, tile_head as u32, tile.length - tile_head as u32);
            }
        }
        if missing {
            out.push_bytes(&self.fill_block);
        }
        Ok(())
    }

    pub fn index_of_slot(&self, slot: usize) -> std::ops::Range<u64> {
        let length = 4 * self.geometry.blocks() as u64;
        let start = HEADER_BYTES as u64 + slot as u64 * length;
        start..start + length
    }

    pub fn tile_of_chunk(
        &self,
        lengths: &[Option<u32>],
        slot: usize,
        length: u32,
        index: &[u8],
    ) -> Result<TileOfChunk, CodecError> {
        let tile_head = self.geometry.head_bytes() as u64;
        let before = lengths[..slot].iter().flatten().map(|length| self.body_bytes(*length)).sum::<Result<u64, _>>()?;
        let start = self.head_bytes() as u64 + before;
        let body = start..start + self.body_bytes(length)?;
        if index.len() != 4 * self.geometry.blocks() {
            return Err(CodecError::Damaged("a Blosc chunk's block starts are missing"));
        }
        let mut head =
            header(self.inner, self.shuffle, &self.geometry, self.geometry.tile_bytes, length as usize).to_vec();
        for block in index.as_chunks::<4>().0 {
            let at = u64::from(u32::from_le_bytes(*block));
            if !body.contains(&at) {
                return Err(CodecError::Damaged("a Blosc block starts outside its tile"));
            }
            head.extend_from_slice(&((at - start + tile_head) as i32).to_le_bytes());
        }
        Ok(TileOfChunk { head, body, tail: &[] })
    }

    fn body_bytes(&self, length: u32) -> Result<u64, CodecError> {
        u64::from(length)
            .checked_sub(self.geometry.head_bytes() as u64)
            .ok_or(CodecError::Damaged("a Blosc tile is shorter than its header"))
    }
}
