//! A Zarr store of ours on disk: where its images lie, what of it is written before the first frame, and what of it is ours.
//!
//! - [`ImagePath`] (`image_path`): which image of the store; nothing else knows where an image lies.
//! - [`Store`] (`store`): folders, keys and metadata of one image. `location`: found from a path. `create`: made on disk.
//! - [`RunDescription`] (`run_description`): `run.json`. `end`: `end.json`, how a run ended.
//! - `recorded_settings`: `stream.json`. `foreign_files`: what in a dataset is not ours. `overwrite`: whether it may be replaced.

mod create;
pub(crate) mod end;
pub(crate) mod foreign_files;
mod image_path;
mod location;
mod overwrite;
pub(crate) mod recorded_settings;
mod run_description;
#[allow(clippy::module_inception, reason = "the store is what the folder is about")]
mod store;

pub(crate) use create::create;
pub use image_path::{ImagePath, ImagePathError};
pub use location::is_ours_in;
#[cfg(unix)]
pub(crate) use location::{image_folder_of, is_image};
#[cfg(unix)]
pub use location::{is_being_written, is_ours, private_folder};
#[cfg(unix)]
pub(crate) use overwrite::check_replaceable;
pub(crate) use overwrite::lock_of;
pub use recorded_settings::write_recorded_settings_in;
#[cfg(unix)]
pub use recorded_settings::{recorded_settings, write_recorded_settings};
pub use run_description::RunDescription;
pub use store::Store;
pub(crate) use store::pretty;
