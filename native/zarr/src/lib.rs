//! Dimensions to tiles to chunks to shards to levels to metadata: pure, without threads, files or clocks.
//!
//! - [`Layout`] (`axis`, `dimensions`, `layout`, `level`): where each frame of a stream goes.
//! - [`Plan`] (`plan`): what a recording will be, before it starts: files, bytes, memory, cost of reading.
//! - [`plans()`] (`plans`, `frame_timing`), [`resolved_settings()`] (`resolved_settings`): what all streams of a document would write,
//!   and what is to be said of it.
//! - [`free_space_problems()`] (`free_space`): whether it fits where it goes.
//! - [`TileEncoder`], [`Codec`] (`tile_encoder`, `codec`, `blosc`, `zstd_frame`, `shuffle`): one tile to bytes that any reader opens alone.
//!   The feature `zstd` (on by default) brings libzstd, which is C; without it the codecs of zstd are refused.
//! - [`ChunkFormat`] (`chunk`, `composition`): encoded tiles to one chunk, and a chunk's part to a tile again.
//! - [`shard_index`]: where a shard's chunks lie.
//! - [`reduce_plane`], [`ZAccumulator`] (`reduce`): a plane to the next coarser level.
//! - [`ArrayDescription`] (`array_description`, `metadata`, `metadata_v2`, `metadata_v3`, `metadata_ngff`): what an array is, as a store's documents.

#![warn(missing_docs)]

mod array_description;
mod axis;
mod blosc;
mod blosc_decode;
mod chunk;
mod codec;
mod composition;
mod dimensions;
mod frame_timing;
mod free_space;
mod layout;
mod layout_error;
mod level;
mod metadata;
mod metadata_ngff;
mod metadata_v2;
mod metadata_v3;
mod pixel_ops;
mod plan;
mod plans;
mod reduce;
mod resolved_settings;
mod shard_index;
mod shuffle;
mod tile_encoder;
mod tile_view;
#[cfg_attr(feature = "zstd", path = "zstd_library.rs")]
#[cfg_attr(not(feature = "zstd"), path = "zstd_absent.rs")]
mod zstd;
mod zstd_frame;

pub use array_description::{ArrayDescription, AxisDescription, LevelDescription, ZarrVersion};
pub use axis::Axis;
pub use chunk::ChunkFormat;
pub use codec::{BloscInner, Codec, CodecError};
pub use composition::{Composition, EncodedTile, Piece, TileOfChunk};
pub use free_space::{Keeper, Room, free_space_problems};
pub use layout::{Layout, Parent};
pub use layout_error::LayoutError;
pub use level::{Level, PlaneAt, TileAt, TileRect};
pub use metadata::{Document, group_documents};
pub use metadata_ngff::why_not_ngff;
pub use plan::{
    DIRECT_WRITERS, FRAMES_IN_FLIGHT, LAYERS_AHEAD, Plan, PlanInput, PlannedAxis, PlannedLevel, ReadCost,
    SEAL_BUFFER_BYTES, SEAL_THREADS, layers_at_once,
};
pub use plans::{Recorder, plans};
pub use reduce::{Halve, PlaneView, ZAccumulator, reduce_plane};
pub use resolved_settings::{RecordingEstimate, ResolvedSettings, resolved_settings};
pub use shard_index::{SHARD_ENTRY_BYTES, ShardEntry, parse_shard_index, shard_index, shard_index_bytes};
pub use tile_encoder::{TileEncoder, decode, worst_case_bytes};
pub use tile_view::TileView;
