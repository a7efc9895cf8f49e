//! The file system, by operations that say what failed where.
//!
//! - [`Files`] (`files`): the target. [`NamedFile`] (`named_file`): a file with its path, read and written at offsets.
//! - `direct`: past the page cache. `folder`: names in folders: exchanged, synced, removed. `document`: a file that is
//!   replaced at once.
//! - [`Lock`] (`lock`): the right to write.

mod direct;
mod document;
#[allow(clippy::module_inception, reason = "the files are what the folder is about")]
mod files;
mod folder;
mod lock;
mod named_file;

pub(crate) use document::write_atomic;
pub use files::{Files, files};
pub(crate) use folder::create_folders;
pub(crate) use lock::{Lock, is_locked};
pub(crate) use named_file::NamedFile;
