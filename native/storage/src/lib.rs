//! The storage devices by name, and everything that touches a disk.
//!
//! - [`FrameSink`], [`SinkSpec`], [`SinkEvent`] (`sink`), [`open_sink`] (`open`): what the runtime sees.
//! - `writer`: the streaming Zarr writer, [`ZarrSink`]. `frame_files`: the devices that are no Zarr: `raw`, `tiff`, `tiff-json`, `trash`.
//! - `store`: a Zarr store on disk, and where an image lies in it ([`ImagePath`]). `layers`: what a layer of it is on disk.
//! - `frame_log`: `frames.log`, one record a frame, and `frames.csv`, made of it. `state`: what its writer left.
//! - [`recover`]: makes a store whole again whose writer was killed.
//! - [`LiveDataset`], [`LiveDatasets`] (`live`): a dataset frame by frame, while it is written and after.
//! - [`list_datasets`], [`dataset_info`] (`datasets`): what is in a folder, ours and other people's.
//! - `disk`: operations on files and folders that say what failed where; locks, and what is put aside until a run begins.

mod datasets;
mod disk;
mod error;
mod frame_files;
mod frame_log;
mod frame_ranges;
mod interval;
mod layers;
mod live;
mod open;
mod recover;
mod sink;
mod state;
mod store;
mod writer;

pub use datasets::{Listing, dataset_info, dataset_losses, list_datasets};
pub use error::{StorageError, StorageErrorKind};
pub use frame_files::{SnapshotImage, snapshot_tiff};
pub use frame_log::{FrameLogReader, Record, Section, SpillAt};
pub use live::{ByteRange, LiveAnswer, LiveDataset, LiveDatasets};
pub use open::{check_replaceable, open_sink};
pub use recover::{Recovery, recover};
pub use sink::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec};
pub use state::needs_recovery;
pub use store::{ImagePath, ImagePathError, RunDescription, Store, is_being_written, is_ours, private_folder};
pub use writer::ZarrSink;
