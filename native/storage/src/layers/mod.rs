//! What a layer is on disk. A layer is all that shares one chunk index (with shards: shard index) along the append axis.
//!
//! - [`Layer`] (`spilled_layer`): compressed layouts, while it is open: its encoded tiles in a spill file.
//! - [`seal`]: the one path from spill to chunks, by `seal_output`, which writes a composed file on several threads.
//! - [`in_place`]: raw layouts: files that stand at their keys from the start.
//! - `halving`: which axes shrink from level to level. `tile_view`: the pixels of a tile in an image.

mod halving;
pub(crate) mod in_place;
pub(crate) mod seal;
mod seal_output;
mod spilled_layer;
mod tile_view;

pub(crate) use halving::{halve, joins_pairs};
pub(crate) use seal_output::SealControl;
pub(crate) use spilled_layer::{Layer, PlaneEntry, SpillFile};
pub(crate) use tile_view::{is_fill, tile_view};
