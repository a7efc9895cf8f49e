use std::ops::Range;

use crate::blosc::BloscChunk;
use crate::codec::{self, Codec, CodecError};
use crate::composition::{Composition, EncodedTile, Piece, TileOfChunk};
use crate::zstd_frame::ZstdChunk;

/// How tiles that were encoded alone become one chunk, and a chunk's part a tile again. Tiles lie in a chunk one behind the
/// other, in the order of their slots; all have the same size.
pub struct ChunkFormat {
    tile_bytes: usize,
    /// Tiles of a chunk.
    slots: usize,
    kind: Kind,
}

enum Kind {
    Raw,
    Blosc(BloscChunk),
    Zstd(ZstdChunk),
}

impl ChunkFormat {
    /// The format of chunks of `tiles_per_chunk` tiles of `tile_bytes` each, in pixels of `item_bytes`. An error: the codec
    /// cannot do it.
    pub fn new(codec: Codec, item_bytes: usize, tile_bytes: usize, tiles_per_chunk: usize) -> Result<Self, CodecError> {
        codec::check(codec, item_bytes, tile_bytes)?;
        let slots = tiles_per_chunk.max(1);
        let kind = match codec {
            Codec::Raw => Kind::Raw,
            Codec::Blosc { inner, level, shuffle } => {
                Kind::Blosc(BloscChunk::new(inner, level, shuffle, item_bytes, tile_bytes, slots)?)
            }
            Codec::Zstd { level } => Kind::Zstd(ZstdChunk::new(level, tile_bytes, slots)?),
        };
        Ok(Self { tile_bytes, slots, kind })
    }

    /// Tiles of a chunk.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Bytes of a whole chunk, decoded.
    pub fn decoded_bytes(&self) -> u64 {
        self.tile_bytes as u64 * self.slots as u64
    }

    /// No composed chunk is longer.
    pub fn max_bytes(&self) -> u64 {
        match &self.kind {
            Kind::Raw => self.decoded_bytes(),
            Kind::Blosc(chunk) => chunk.max_bytes(),
            Kind::Zstd(chunk) => chunk.max_bytes(),
        }
    }

    /// Bytes at the start of each encoded tile that [`Self::compose`] wants to see; 0: none.
    pub fn head_bytes(&self) -> usize {
        match &self.kind {
            Kind::Blosc(chunk) => chunk.tile_head_bytes(),
            Kind::Raw | Kind::Zstd(_) => 0,
        }
    }

    /// The chunk of these tiles, one entry a slot; `None` reads as fill.
    pub fn compose(&self, tiles: &[Option<EncodedTile<'_>>]) -> Result<Composition, CodecError> {
        if tiles.len() != self.slots {
            return Err(CodecError::TileCount { expected: self.slots, actual: tiles.len() });
        }
        let mut composition = Composition::default();
        match &self.kind {
            Kind::Raw => {
                for (slot, tile) in tiles.iter().enumerate() {
                    match tile {
                        Some(tile) if tile.length as usize == self.tile_bytes => {
                            composition.push_tile(slot, 0, tile.length);
                        }
                        Some(_) => return Err(CodecError::Damaged("a raw tile has another length")),
                        None => composition.push_zeros(self.tile_bytes as u64),
                    }
                }
            }
            Kind::Blosc(chunk) => chunk.compose(tiles, &mut composition)?,
            Kind::Zstd(chunk) => chunk.compose(tiles, &mut composition)?,
        }
        Ok(composition)
    }

    /// Which bytes of a composed chunk [`Self::tile_of_chunk`] must see.
    pub fn index_of_slot(&self, slot: usize) -> Range<u64> {
        match &self.kind {
            Kind::Blosc(chunk) => chunk.index_of_slot(slot),
            Kind::Raw | Kind::Zstd(_) => 0..0,
        }
    }

    /// The tile of `slot` again, byte for byte. `lengths` are those of the encoded tiles that were composed, `index` the
    /// chunk's bytes of [`Self::index_of_slot`]. `None`: the slot is fill.
    pub fn tile_of_chunk(
        &self,
        lengths: &[Option<u32>],
        slot: usize,
        index: &[u8],
    ) -> Result<Option<TileOfChunk>, CodecError> {
        if lengths.len() != self.slots || slot >= self.slots {
            return Err(CodecError::TileCount { expected: self.slots, actual: lengths.len() });
        }
        let Some(length) = lengths[slot] else { return Ok(None) };
        match &self.kind {
            Kind::Raw => {
                let start = slot as u64 * self.tile_bytes as u64;
                let body = start..start + self.tile_bytes as u64;
                Ok(Some(TileOfChunk { head: Vec::new(), body, tail: &[] }))
            }
            Kind::Blosc(chunk) => chunk.tile_of_chunk(lengths, slot, length, index).map(Some),
            Kind::Zstd(chunk) => chunk.tile_of_chunk(lengths, slot, length).map(Some),
        }
    }
}

impl Composition {
    /// The chunk in one piece; `tiles` are the whole encoded tiles by slot, and those of missing slots are not looked at.
    pub fn assemble(&self, tiles: &[&[u8]]) -> Vec<u8> {
        let mut chunk = Vec::with_capacity(self.total_bytes as usize);
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => chunk.extend_from_slice(bytes),
                Piece::Zeros(count) => chunk.resize(chunk.len() + *count as usize, 0),
                Piece::Tile { slot, skip, length } => {
                    chunk.extend_from_slice(&tiles[*slot][*skip as usize..][..*length as usize]);
                }
            }
        }
        chunk
    }

    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) {
        self.total_bytes += bytes.len() as u64;
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }

    pub(crate) fn push_zeros(&mut self, count: u64) {
        self.total_bytes += count;
        match self.pieces.last_mut() {
            Some(Piece::Zeros(last)) => *last += count,
            _ => self.pieces.push(Piece::Zeros(count)),
        }
    }

    pub(crate) fn push_tile(&mut self, slot: usize, skip: u32, length: u32) {
        self.total_bytes += u64::from(length);
        self.pieces.push(Piece::Tile { slot, skip, length });
    }
}
