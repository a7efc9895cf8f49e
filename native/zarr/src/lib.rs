//! (map of this crate)

mod blosc;
mod blosc_decode;
mod chunk;
mod codec;
mod shard_index;
mod shuffle;
mod zstd_context;
mod zstd_frame;

pub use chunk::{ChunkFormat, Composition, EncodedTile, Piece, TileOfChunk};
pub use codec::{BloscInner, Codec, CodecError, TileEncoder, TileView, codec_of_device, decode, worst_case_bytes};
pub use shard_index::{SHARD_ENTRY_BYTES, ShardEntry, parse_shard_index, shard_index, shard_index_bytes};
