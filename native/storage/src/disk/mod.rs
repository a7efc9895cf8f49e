//! Everything that touches a disk, by operations that say what failed where.
//!
//! - [`NamedFile`] (`named_file`): a file with its path, read and written at offsets.
//! - `direct`: past the page cache. `folder`: names in folders: replaced at once, exchanged, synced, removed.
//! - [`Lock`] (`lock`): the right to write. [`Replaced`] (`replaced`): what stood at a path until its successor's run begins.
//! - `json`: JSON as other programs write it.

mod direct;
mod folder;
mod json;
mod lock;
mod named_file;
mod replaced;

pub(crate) use direct::{AlignedBytes, DIRECT_ALIGNMENT, allocate, can_write_direct, open_direct, start_write_back};
pub(crate) use folder::{create_folders, exchange, remove_file, rename, sync_folder, sync_folder_of, write_atomic};
pub(crate) use json::read_json;
pub(crate) use lock::{Lock, is_locked};
pub(crate) use named_file::NamedFile;
pub(crate) use replaced::{Replaced, beside};
