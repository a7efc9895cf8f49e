//! What composing gives: a chunk as pieces, and a tile out of a chunk.

use std::ops::Range;

/// What the composer must know of a tile that [`crate::TileEncoder`] made.
#[derive(Clone, Copy, Debug)]
pub struct EncodedTile<'a> {
    /// Its bytes.
    pub length: u32,
    /// Its first [`ChunkFormat::head_bytes`](crate::ChunkFormat::head_bytes) bytes.
    pub head: &'a [u8],
}

/// A chunk as a list of pieces, to be written one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composition {
    /// Bytes of all pieces.
    pub total_bytes: u64,
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These very bytes.
    Bytes(Vec<u8>),
    /// So many zeros.
    Zeros(u64),
    /// `length` bytes of the encoded tile of `slot`, from byte `skip` on.
    Tile {
        /// Which of the chunk's tiles.
        slot: usize,
        /// Bytes of the encoded tile that are left out at its beginning.
        skip: u32,
        /// Bytes that follow.
        length: u32,
    },
}

/// A tile as the encoder made it, out of the chunk that it became part of: `head`, then `body` of the chunk, then `tail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileOfChunk {
    /// Bytes before those of the chunk.
    pub head: Vec<u8>,
    /// Which bytes of the chunk belong to the tile.
    pub body: Range<u64>,
    /// Bytes behind those of the chunk.
    pub tail: &'static [u8],
}
