//! A target whose files open later: what is written waits in memory until whoever drives the target has opened the files, in
//! strict order. In a browser opening, moving and removing are asynchronous, and reading and writing by an open handle are not.
//!
//! - [`DeferredTarget`] (`deferred`): the target, and what its driver calls. `state`: names, contents and the queue; `content`: one
//!   file; `file`: an open file.

mod content;
#[allow(clippy::module_inception, reason = "the target is what the folder is about")]
mod deferred;
mod file;
mod state;

pub use content::SyncHandle;
pub use deferred::DeferredTarget;
pub use state::Step;
