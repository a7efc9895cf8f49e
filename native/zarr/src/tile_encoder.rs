use crate::blosc::{self, BloscTileEncoder, Geometry};
use crate::blosc_decode;
use crate::codec::{Codec, CodecError, check};
use crate::tile_view::TileView;
use crate::zstd_frame::{self, ZstdTileEncoder};

/// Encodes the tiles of one array: one a thread, any tile in any order. Holds its codec's context and buffers, and after the
/// first tile allocates nothing.
pub struct TileEncoder {
    item_bytes: usize,
    /// Bytes of a tile, decoded.
    tile_bytes: usize,
    worst_case_bytes: usize,
    kind: Kind,
}

enum Kind {
    Raw,
    Blosc(Box<BloscTileEncoder>),
    Zstd(Box<ZstdTileEncoder>),
}

impl TileEncoder {
    /// An encoder for tiles of `tile_bytes` bytes, in pixels of `item_bytes`. An error: the codec cannot do it.
    pub fn new(codec: Codec, item_bytes: usize, tile_bytes: usize) -> Result<Self, CodecError> {
        check(codec, item_bytes, tile_bytes)?;
        let kind = match codec {
            Codec::Raw => Kind::Raw,
            Codec::Blosc { inner, level, shuffle } => {
                let geometry = Geometry::choose(inner, item_bytes, tile_bytes)?;
                Kind::Blosc(Box::new(BloscTileEncoder::new(geometry, inner, level, shuffle)?))
            }
            Codec::Zstd { level } => Kind::Zstd(Box::new(ZstdTileEncoder::new(level, tile_bytes)?)),
        };
        Ok(Self { item_bytes, tile_bytes, worst_case_bytes: worst_case_bytes(codec, item_bytes, tile_bytes), kind })
    }

    /// Bytes of a tile, decoded.
    pub fn tile_bytes(&self) -> usize {
        self.tile_bytes
    }

    /// Appends the tile to `out` as one whole inner chunk, readable alone. Asks for at most [`worst_case_bytes`] of room.
    pub fn encode(&mut self, tile: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
        if tile.len() != self.tile_bytes {
            return Err(CodecError::TileLength { expected: self.tile_bytes, actual: tile.len() });
        }
        self.encode_view(TileView::contiguous(tile), out)
    }

    /// Appends a tile that still lies in its frame, as [`Self::encode`] does: saves the copy where the codec reads each byte once anyway.
    pub fn encode_view(&mut self, tile: TileView<'_>, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let whole = tile.padded_row_bytes > 0 && self.tile_bytes.is_multiple_of(tile.padded_row_bytes);
        let fits = tile.row_bytes <= tile.padded_row_bytes && tile.rows * tile.padded_row_bytes <= self.tile_bytes;
        let items =
            tile.row_bytes.is_multiple_of(self.item_bytes) && tile.padded_row_bytes.is_multiple_of(self.item_bytes);
        if !(whole && fits && items) {
            let actual = tile.rows * tile.padded_row_bytes;
            return Err(CodecError::TileLength { expected: self.tile_bytes, actual });
        }
        out.reserve(self.worst_case_bytes);
        match &mut self.kind {
            Kind::Raw => {
                let start = out.len();
                match tile.as_contiguous(self.tile_bytes) {
                    Some(bytes) => out.extend_from_slice(bytes),
                    None => {
                        out.resize(start + self.tile_bytes, 0);
                        tile.gather(&mut out[start..]);
                    }
                }
                Ok(())
            }
            Kind::Blosc(encoder) => encoder.encode(tile, out),
            Kind::Zstd(encoder) => encoder.encode(tile, out),
        }
    }
}

/// Bytes that one encoded tile may take; none is longer, and encoding asks for no more room.
pub fn worst_case_bytes(codec: Codec, item_bytes: usize, tile_bytes: usize) -> usize {
    match codec {
        Codec::Raw => tile_bytes,
        Codec::Blosc { inner, .. } => blosc::worst_case_bytes(inner, item_bytes, tile_bytes),
        Codec::Zstd { .. } => zstd_frame::worst_case_bytes(tile_bytes),
    }
}

/// Decodes a chunk or a tile of any of our codecs into `out`, which has exactly the decoded size.
pub fn decode(codec: Codec, item_bytes: usize, encoded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    match codec {
        Codec::Raw if encoded.len() == out.len() => {
            out.copy_from_slice(encoded);
            Ok(())
        }
        Codec::Raw => Err(CodecError::Damaged("a raw chunk has another length")),
        Codec::Blosc { .. } => blosc_decode::decode(item_bytes, encoded, out),
        Codec::Zstd { .. } => zstd_frame::decode(encoded, out),
    }
}
