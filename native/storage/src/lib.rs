//! The storage devices by name, and everything that is kept by them.
//!
//! - [`FrameSink`], [`SinkSpec`], [`SinkEvent`] (`sink`), [`open_sink`] (`open`): what the runtime sees.
//! - `writer`: the streaming Zarr writer, [`ZarrSink`]. `frame_files`: the devices that are no Zarr: `raw`, `tiff`, `tiff-json`, `trash`.
//! - `store`: a Zarr store on disk, and where an image lies in it ([`ImagePath`]). `layers`: what a layer of it is on disk.
//! - `frame_log`: `frames.log`, one record a frame, and `frames.csv`, made of it. `state`: what its writer left.
//! - [`recover`]: makes a store whole again whose writer was killed.
//! - [`LiveDataset`], [`LiveDatasets`] (`live`): a dataset frame by frame, while it is written and after.
//! - [`list_datasets`], [`dataset_info`] (`datasets`): what is in a folder, ours and other people's. [`OwnDataset`]: one of ours on any target.
//! - [`targets`]: what a store is kept in: the file system, or another target, which need not know threads. `json`: JSON as others write it. `clock`: the one clock.

mod clock;
mod datasets;
mod error;
#[cfg(unix)]
mod frame_files;
mod frame_log;
mod frame_ranges;
mod interval;
mod json;
mod layers;
mod live;
#[cfg(unix)]
mod open;
mod recover;
mod sink;
mod state;
mod store;
pub mod targets;
mod writer;

#[cfg(target_family = "wasm")]
pub use clock::set_clock;
pub use datasets::OwnDataset;
#[cfg(unix)]
pub use datasets::{
    Listing, TRASH_FOLDER, dataset_info, dataset_losses, delete_dataset, empty_trash, file_description, list_datasets,
    rename_dataset, trash,
};
pub use error::{StorageError, StorageErrorKind};
#[cfg(unix)]
pub use frame_files::{SnapshotImage, snapshot_tiff};
pub use frame_log::{FrameLogReader, Record, Section, SpillAt};
#[cfg(unix)]
pub use live::LiveDatasets;
pub use live::{ByteRange, LiveAnswer, LiveDataset, LiveRange};
#[cfg(unix)]
pub use open::{check_replaceable, open_sink};
#[cfg(unix)]
pub use recover::recover;
pub use recover::{Recovery, recover_in};
pub use sink::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec};
#[cfg(unix)]
pub use state::needs_recovery;
pub use store::{ImagePath, ImagePathError, RunDescription, Store, is_ours_in, write_recorded_settings_in};
#[cfg(unix)]
pub use store::{is_being_written, is_ours, private_folder, recorded_settings, write_recorded_settings};
pub use writer::ZarrSink;
