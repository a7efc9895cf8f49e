//! How chunks are compressed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How chunks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Compression {
    /// The codec that compresses.
    pub codec: CodecName,
    /// How hard it tries: 0 to 9 for Blosc, -7 to 22 for zstd. 0 is Blosc's "stored" and zstd's default, which is 3.
    pub level: i32,
    /// How bytes are sorted before; for Blosc alone.
    pub shuffle: Shuffle,
}

/// The codecs that chunks are compressed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CodecName {
    /// Not compressed.
    #[default]
    None,
    /// Blosc 1 with LZ4: fast.
    BloscLz4,
    /// Blosc 1 with Zstandard: small.
    BloscZstd,
    /// Zstandard alone.
    Zstd,
}

/// How Blosc sorts the bytes of pixels before it compresses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Shuffle {
    /// They stay as they are.
    None,
    /// The first bytes of all pixels, then the second, ...
    #[default]
    Byte,
    /// The first bits of all pixels, then the second, ...
    Bit,
}

impl CodecName {
    /// All codecs, none first.
    pub const ALL: [Self; 4] = [Self::None, Self::BloscLz4, Self::BloscZstd, Self::Zstd];
}
