//! `@live`: a dataset as a Zarr V3 group that is nowhere on disk, sharded by frame. Every stored frame is in it as soon as its
//! record is in `frames.log`, whether its chunks are sealed, open, or were left open by a crash, and whichever process writes.
//!
//! - [`LiveDataset`] (`dataset`): answers keys. [`LiveDatasets`] (`library`): the ones that are in use.
//! - `run`: one run's image, which another run at the same path does not become. `key`: what a key names. `range`: which bytes of it. `follow`: the log, read as it grows. `documents`: the `zarr.json`s. `shard`: a frame's bytes.
//!
//! A frame is a shard: its tiles as the encoder made them, then the index. While its layer is open that is one range of the
//! spill; afterwards the tiles are cut out of the sealed chunks and what the composition left out is put back, so the shard is
//! the same byte for byte. No lock is shared with the writer: a spill is read first, and then the log says whether the layer
//! was still open, since a spill is used again or deleted only after the record that its layer is sealed.
//!
//! No chunk file stays open between two requests: opening one costs microseconds, and an open handle would keep a deleted
//! dataset's room on the disk.

mod dataset;
mod documents;
mod follow;
mod key;
#[cfg(unix)]
mod library;
mod range;
mod run;
mod shard;

pub use dataset::{LiveAnswer, LiveDataset};
#[cfg(unix)]
pub use library::LiveDatasets;
pub use range::{ByteRange, LiveRange};
