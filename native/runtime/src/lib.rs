//! Cameras, their configuration and the run that goes on: what the addon and every client speak to.
//!
//! - [`Runtime`] (`runtime`): the handle, and everything that answers at once.
//! - `configuring`, `revisions`: the one configuration, applied as a whole or not at all, and what changed since.
//! - `devices`: the cameras and storage that there are, and the cameras that are open.
//! - `checking`, `names`, `disk`: what is wrong with a document and its paths, before anything runs.
//! - `running`, `starting`, `session`, `run_end`: starts, ends, and what follows from them.
//! - `stream`: a stream's camera thread and storage thread, and the buffers between them.
//! - `preview`: looking at frames without disturbing them. `snapshot`: one frame, unsaved or as a file.
//! - `datasets`: what was recorded, and how it is read while it is written. `kept`: the settings that it was recorded with.
//! - `speed`: cameras and storage timed before a run. `meter`: rates as measured in one, and what they foretell.
//!
//! # Threads
//! A run has one thread that watches it, and for each stream a camera thread and a storage thread (the sink has workers of
//! its own). Previews share one thread of low priority. All of them wait on condition variables; none polls.
//!
//! # Locks
//! `Inner::turn` is held for as long as a call takes that may not overlap with another. `Inner::state` is held for moments,
//! never while a stream's lock is waited for by its camera, and never while the outside world is called.

mod checking;
mod configuring;
mod datasets;
mod devices;
mod disk;
mod error;
mod fresh;
mod kept;
mod meter;
mod names;
mod preview;
mod revisions;
mod run_end;
mod running;
mod runtime;
mod session;
mod signal;
mod snapshot;
mod speed;
mod starting;
mod stream;
mod suggesting;

pub use checking::{Cost, Meaning, Validation};
pub use datasets::LiveRange;
pub use error::{ErrorCode, RuntimeError};
pub use preview::{HEADER_BYTES, ObservedFrame, Picture, PreviewRequest, Region};
pub use running::Start;
pub use runtime::{AppliedConfiguration, Done, EventSink, Runtime, RuntimeOptions, Started};
pub use zarrcam_camera::Drivers;
pub use zarrcam_storage::{LiveAnswer, Recovery};
