//! What a store is kept in, by the few operations that it needs: everything above knows no files, only a [`Target`].
//!
//! - [`Target`], [`TargetFile`], [`TargetLock`], [`DirectFile`] (`target`): the operations.
//! - [`files`]: the file system, with all that makes it fast. [`DeferredTarget`] (`deferred`): files that somebody else opens.
//! - `replaced`: what stood at a path until its successor's run begins. `aligned`: memory for direct writes.

mod aligned;
mod deferred;
#[cfg(unix)]
pub(crate) mod files;
mod replaced;
mod target;

pub(crate) use aligned::{AlignedBytes, DIRECT_ALIGNMENT};
pub use deferred::{DeferredTarget, Step, SyncHandle};
#[cfg(unix)]
pub use files::{Files, files};
pub(crate) use replaced::{Replaced, beside};
pub use target::{DirectFile, Entries, Entry, EntryKind, Target, TargetFile, TargetLock};
