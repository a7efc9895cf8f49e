//! The storage devices by name, and everything that touches a disk.
//!
//! - [`FrameSink`], [`SinkSpec`], [`SinkEvent`] (`sink`), [`open_sink`] (`open`): what the runtime sees.
//! - [`ZarrSink`] (`zarr_sink`): the streaming Zarr writer. `engine` drives it: frames become tasks of tiles (`job`), any
//!   thread does any task (`workers`), raw tiles go to their place (`in_place`), encoded ones to the layer's spill (`layer`),
//!   coarser levels wait for their other half (`pyramid`), and what is decided is counted (`progress`).
//! - `journal`: `frames.log`, one record a frame. `table`: `frames.csv`, made of it.
//! - `end`: `end.json`, how a run ended.
//! - `seal`: the one path from spill to chunks. [`Store`] (`store`): folder and metadata. `lock`: the right to write.
//! - [`recover`]: makes a store whole again whose writer was killed.
//! - [`LiveDataset`], [`LiveDatasets`] (`live`): a dataset frame by frame, while it is written and after.
//! - [`list_datasets`], [`dataset_info`] (`datasets`): what is in a folder, ours and other people's.
//! - `foreign`: what in a dataset of ours is not ours. `replace`: what stood at a path until its successor's run begins.
//! - `plain`: the devices that are no Zarr: `raw`, `tiff`, `tiff-json`, `trash`.
//! - `files`: file operations that say what failed where.

mod datasets;
mod end;
mod engine;
mod error;
mod files;
mod foreign;
mod in_place;
mod job;
mod journal;
mod json;
mod layer;
mod live;
mod lock;
mod open;
mod plain;
mod progress;
mod pyramid;
mod recover;
mod replace;
mod run_description;
mod seal;
mod seal_output;
mod sink;
mod store;
mod table;
mod workers;
mod zarr_sink;

pub use datasets::{Listing, dataset_info, dataset_losses, list_datasets};
pub use error::StorageError;
pub use journal::{JournalReader, Record, Section, SpillAt};
pub use live::{ByteRange, LiveAnswer, LiveDataset, LiveDatasets};
pub use open::{check_replaceable, open_sink};
pub use recover::{Recovery, needs_recovery, recover};
pub use run_description::RunDescription;
pub use sink::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec};
pub use store::{Store, is_being_written, is_ours};
pub use zarr_sink::ZarrSink;
