use thiserror::Error;
use zarrcam_config::{CodecName, Compression, Shuffle};

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

pub(crate) fn check(codec: Codec, item_bytes: usize, tile_bytes: usize) -> Result<(), CodecError> {
    codec.validate()?;
    if item_bytes == 0 || tile_bytes == 0 || !tile_bytes.is_multiple_of(item_bytes) {
        return Err(CodecError::TileSize { tile_bytes, item_bytes });
    }
    Ok(())
}
