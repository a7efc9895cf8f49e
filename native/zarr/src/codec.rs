use thiserror::Error;
use zarrcam_config::{CodecName, Compression, Shuffle};

use crate::blosc::{self, BloscTileEncoder, Geometry};
use crate::blosc_decode;
use crate::zstd_frame::{self, ZstdTileEncoder};

/// How the bytes of a chunk are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Pixels as they are, little endian.
    Raw,
    /// A Blosc 1 container. `level` 0..=9 as c-blosc reads it: 0 stores, and LZ4 has but one level above it.
    Blosc {
        /// What compresses its blocks.
        inner: BloscInner,
        /// See [`Codec::BLOSC_LEVELS`].
        level: i32,
        /// How the bytes of pixels are sorted before.
        shuffle: Shuffle,
    },
    /// One Zstandard frame. `level`: what the library has, see [`Codec::ZSTD_LEVELS`].
    Zstd {
        /// See [`Codec::ZSTD_LEVELS`].
        level: i32,
    },
}

/// What compresses the blocks of a Blosc container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BloscInner {
    /// LZ4.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Codec {
    /// c-blosc's levels.
    pub const BLOSC_LEVELS: std::ops::RangeInclusive<i32> = 0..=9;
    /// As in the Zarr V3 codec's specification, and the library's own range; 0 means its default, 3.
    pub const ZSTD_LEVELS: std::ops::RangeInclusive<i32> = -131_072..=22;

    /// Whether nothing is encoded.
    pub fn is_raw(self) -> bool {
        self == Self::Raw
    }

    /// Whether there is something to encode, and two threads do so at more than about 1 GB/s.
    pub fn is_fast(self) -> bool {
        match self {
            Self::Raw => false,
            Self::Blosc { inner: BloscInner::Lz4, .. } => true,
            Self::Blosc { level, .. } | Self::Zstd { level } => level <= 1,
        }
    }

    /// Checks the level; everything else a codec can say is possible.
    pub fn validate(self) -> Result<(), CodecError> {
        let (level, range) = match self {
            Self::Raw => return Ok(()),
            Self::Blosc { level, .. } => (level, Self::BLOSC_LEVELS),
            Self::Zstd { level } => (level, Self::ZSTD_LEVELS),
        };
        if range.contains(&level) {
            Ok(())
        } else {
            Err(CodecError::Level { level, lowest: *range.start(), highest: *range.end() })
        }
    }
}

impl From<Compression> for Codec {
    fn from(compression: Compression) -> Self {
        let Compression { codec, level, shuffle } = compression;
        match codec {
            CodecName::None => Self::Raw,
            CodecName::BloscLz4 => Self::Blosc { inner: BloscInner::Lz4, level, shuffle },
            CodecName::BloscZstd => Self::Blosc { inner: BloscInner::Zstd, level, shuffle },
            CodecName::Zstd => Self::Zstd { level },
        }
    }
}

/// Why something cannot be encoded, composed or decoded.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum CodecError {
    /// The codec has no such level.
    #[error("compression level {level} is outside {lowest}..{highest}")]
    Level { level: i32, lowest: i32, highest: i32 },
    /// A tile is cut through a pixel.
    #[error("a tile of {tile_bytes} bytes holds no whole number of {item_bytes}-byte pixels")]
    TileSize { tile_bytes: usize, item_bytes: usize },
    #[error(
        "a chunk of {chunk_bytes} bytes is more than Blosc can hold ({limit_bytes}); make chunks smaller, or use zstd or no compression"
    )]
    /// The chunk is more than a Blosc container can hold.
    ChunkTooLarge { chunk_bytes: u64, limit_bytes: u64 },
    /// The tile has another length than the encoder was made for.
    #[error("the codec was made for tiles of {expected} bytes and got {actual}")]
    TileLength { expected: usize, actual: usize },
    /// There are more or fewer tiles than a chunk has.
    #[error("a chunk has {expected} tiles, and {actual} were given")]
    TileCount { expected: usize, actual: usize },
    /// What is to be decoded is no such chunk, or not whole.
    #[error("the encoded data is damaged: {0}")]
    Damaged(&'static str),
    /// What libzstd says.
    #[error("zstd: {0}")]
    Zstd(&'static str),
}

/// A tile as it lies in its frame: rows with a stride, padded with fill to the chunk's width and height.
#[derive(Clone, Copy, Debug)]
pub struct TileView<'a> {
    /// From the tile's first pixel on; the last row may end early.
    pub bytes: &'a [u8],
    /// From the start of one row to the next.
    pub stride_bytes: usize,
    /// Rows that exist.
    pub rows: usize,
    /// Bytes of a row that exist.
    pub row_bytes: usize,
    /// Bytes of a row in the tile; what lies beyond `row_bytes` is fill.
    pub padded_row_bytes: usize,
}

impl<'a> TileView<'a> {
    /// A tile that lies in one piece.
    pub fn contiguous(tile: &'a [u8]) -> Self {
        Self { bytes: tile, stride_bytes: tile.len(), rows: 1, row_bytes: tile.len(), padded_row_bytes: tile.len() }
    }

    /// `Some` where the whole tile lies in one piece without padding.
    pub fn as_contiguous(&self, tile_bytes: usize) -> Option<&'a [u8]> {
        let one_piece = self.row_bytes == self.padded_row_bytes
            && (self.rows <= 1 || self.stride_bytes == self.row_bytes)
            && self.rows * self.row_bytes == tile_bytes;
        one_piece.then(|| &self.bytes[..tile_bytes])
    }

    /// The bytes of a row that exist.
    pub fn row(&self, index: usize) -> &'a [u8] {
        let start = index * self.stride_bytes;
        &self.bytes[start..start + self.row_bytes]
    }

    /// Copies the tile, padding included, to `out`, which has the size of the whole tile.
    pub fn gather(&self, out: &mut [u8]) {
        if let Some(tile) = self.as_contiguous(out.len()) {
            out.copy_from_slice(tile);
            return;
        }
        let mut target = out.chunks_exact_mut(self.padded_row_bytes.max(1));
        for row in 0..self.rows {
            let Some(to) = target.next() else { return };
            let (data, padding) = to.split_at_mut(self.row_bytes);
            data.copy_from_slice(self.row(row));
            padding.fill(0);
        }
        for to in target.by_ref() {
            to.fill(0);
        }
        target.into_remainder().fill(0);
    }
}

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

pub(crate) fn check(codec: Codec, item_bytes: usize, tile_bytes: usize) -> Result<(), CodecError> {
    codec.validate()?;
    if item_bytes == 0 || tile_bytes == 0 || !tile_bytes.is_multiple_of(item_bytes) {
        return Err(CodecError::TileSize { tile_bytes, item_bytes });
    }
    Ok(())
}
