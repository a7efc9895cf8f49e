//! The file system, by operations that say what failed where.
//!
//! - [`Files`] (`files`): the target. [`NamedFile`] (`named_file`): a file with its path, read and written at offsets.
//! - `direct`: past the page cache. `folder`: names in folders: replaced at once, exchanged, synced, removed.
//! - [`Lock`] (`lock`): the right to write.

mod direct;
#[allow(clippy::module_inception, reason = "the files are what the folder is about")]
mod files;
mod folder;
mod lock;
mod named_file;

pub use files::{Files, files};
pub(crate) use folder::{create_folders, write_atomic};
pub(crate) use lock::{Lock, is_locked};
pub(crate) use named_file::NamedFile;
