//! A Zstandard frame (RFC 8878) whose blocks were compressed tile by tile. Its header and what closes it are written here; the
//! blocks come from the library.

use crate::codec::CodecError;
use crate::composition::{Composition, EncodedTile, TileOfChunk};
use crate::tile_view::TileView;
use crate::zstd::{self, ZstdContext};

const MAGIC: [u8; 4] = 0xFD2F_B528u32.to_le_bytes();
/// The last block: raw and empty.
const END: [u8; 3] = [1, 0, 0];
const MAX_BLOCK_BYTES: u64 = 128 << 10;
/// A window of less would cut fill into more blocks, and no reader minds 128 KiB.
const LEAST_WINDOW_LOG: u32 = 17;

/// A frame's header: content size, no checksum, no dictionary; a window only where the content is larger.
fn header(content_bytes: u64, window_log: u32) -> Vec<u8> {
    let single_segment = content_bytes <= 1 << window_log;
    let (size_flag, size_bytes) = match content_bytes {
        // One byte is there only with a single segment; two bytes count from 256.
        0..=0xFF if single_segment => (0, 1),
        0x100..=0x100FF => (1, 2),
        0..=0xFFFF_FFFF => (2, 4),
        _ => (3, 8),
    };
    let mut header = MAGIC.to_vec();
    header.push(size_flag << 6 | u8::from(single_segment) << 5);
    if !single_segment {
        header.push(((window_log - 10) << 3) as u8);
    }
    let size = if size_flag == 1 { content_bytes - 256 } else { content_bytes };
    header.extend_from_slice(&size.to_le_bytes()[..size_bytes]);
    header
}

fn frame_window_log(level: i32, tile_bytes: usize) -> Result<u32, CodecError> {
    Ok(zstd::window_log(level, tile_bytes)?.max(LEAST_WINDOW_LOG))
}

pub(crate) fn worst_case_bytes(tile_bytes: usize) -> usize {
    18 + zstd::compress_bound(tile_bytes) + END.len()
}

pub(crate) struct ZstdTileEncoder {
    context: ZstdContext,
    level: i32,
    header: Vec<u8>,
    /// Only for tiles that do not lie in one piece.
    gathered: Vec<u8>,
    tile_bytes: usize,
}

impl ZstdTileEncoder {
    pub fn new(level: i32, tile_bytes: usize) -> Result<Self, CodecError> {
        let header = header(tile_bytes as u64, frame_window_log(level, tile_bytes)?);
        Ok(Self { context: ZstdContext::new()?, level, header, gathered: Vec::new(), tile_bytes })
    }

    pub fn encode(&mut self, tile: TileView<'_>, out: &mut Vec<u8>) -> Result<(), CodecError> {
        out.extend_from_slice(&self.header);
        let bytes = match tile.as_contiguous(self.tile_bytes) {
            Some(bytes) => bytes,
            None => {
                self.gathered.resize(self.tile_bytes, 0);
                tile.gather(&mut self.gathered);
                &self.gathered
            }
        };
        self.context.append_blocks(self.level, bytes, out)?;
        out.extend_from_slice(&END);
        Ok(())
    }
}

pub(crate) struct ZstdChunk {
    tile_bytes: usize,
    slots: usize,
    header: Vec<u8>,
    tile_header: Vec<u8>,
    /// A missing tile: run-length blocks of zeros, none of them marked as the last.
    fill: Vec<u8>,
}

impl ZstdChunk {
    pub fn new(level: i32, tile_bytes: usize, slots: usize) -> Result<Self, CodecError> {
        let window_log = frame_window_log(level, tile_bytes)?;
        let content = tile_bytes as u64 * slots as u64;
        // A single segment's window is its content.
        let block = MAX_BLOCK_BYTES.min(content);
        let mut fill = Vec::new();
        let mut left = tile_bytes as u64;
        while left > 0 {
            let size = left.min(block);
            fill.extend_from_slice(&((size << 3 | 1 << 1) as u32).to_le_bytes()[..3]);
            fill.push(0);
            left -= size;
        }
        let tile_header = header(tile_bytes as u64, window_log);
        Ok(Self { tile_bytes, slots, header: header(content, window_log), tile_header, fill })
    }

    pub fn max_bytes(&self) -> u64 {
        let tile = zstd::compress_bound(self.tile_bytes) as u64;
        self.header.len() as u64 + self.slots as u64 * tile + END.len() as u64
    }

    pub fn compose(&self, tiles: &[Option<EncodedTile<'_>>], out: &mut Composition) -> Result<(), CodecError> {
        out.push_bytes(&self.header);
        for (slot, tile) in tiles.iter().enumerate() {
            match tile {
                Some(tile) => out.push_tile(slot, self.tile_header.len() as u32, self.body_bytes(tile.length)?),
                None => out.push_bytes(&self.fill),
            }
        }
        out.push_bytes(&END);
        Ok(())
    }

    pub fn tile_of_chunk(&self, lengths: &[Option<u32>], slot: usize, length: u32) -> Result<TileOfChunk, CodecError> {
        let mut start = self.header.len() as u64;
        for before in &lengths[..slot] {
            start += match before {
                Some(length) => u64::from(self.body_bytes(*length)?),
                None => self.fill.len() as u64,
            };
        }
        let body = start..start + u64::from(self.body_bytes(length)?);
        Ok(TileOfChunk { head: self.tile_header.clone(), body, tail: &END })
    }

    /// An encoded tile's blocks, without its header and end.
    fn body_bytes(&self, length: u32) -> Result<u32, CodecError> {
        length
            .checked_sub((self.tile_header.len() + END.len()) as u32)
            .ok_or(CodecError::Damaged("a zstd tile is shorter than its header"))
    }
}

pub(crate) fn decode(encoded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    if zstd::decompress(encoded, out)? == out.len() {
        Ok(())
    } else {
        Err(CodecError::Damaged("a zstd frame holds less than its chunk"))
    }
}
