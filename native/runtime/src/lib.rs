//! Cameras, their configuration and the run that goes on: what the addon and every client speak to.
//!
//! From the bottom up; a file knows only of those above it in this list:
//!
//! - [`RuntimeError`] (`error`), `run_id`, `signal`, `disk`, `names`: errors, ids, waking, and where datasets lie.
//! - `devices`: the cameras and storage that there are, and the cameras that are open.
//! - `preview`: looking at frames without disturbing them. `stream`: a stream's camera thread and storage thread, and the
//!   buffers between them. `session`: all streams of a run.
//! - `checking`: what is wrong with a document and its paths, before anything runs: `zarrcam-checking` on this computer;
//!   `file_reach`: which files whoever asks may have opened.
//! - `activity`: what the runtime is doing, one thing at a time, and who waits for it. `exclusive`: calls that may not overlap.
//! - [`Runtime`] (`runtime`): the handle, and what all calls share.
//! - What is asked at once: `selecting`, `capabilities`, `advising`, `reporting`, `previewing`, `frame_streaming` (every frame of a recording),
//!   `triggering`, `datasets` (what
//!   was recorded).
//! - What takes its time: `start`, `preparing`, `starting`, `run_end`, `running` (starts, ends, and what follows from them), `preview_interruption` (the preview
//!   that makes room and comes back), `configuring` with `camera_change`, `snapshot`, `speed` (cameras and storage
//!   timed before a run), `opening` (a runtime begins). `catch_panic`: a panic of a driver ends its call alone.
//! - `call`: everything that is asked with data and answered with data, in one table.
//!
//! # Threads
//! A run has one thread that watches it, and for each stream a camera thread and a storage thread (the sink has workers of
//! its own). Previews share one thread of low priority. All of them wait on condition variables; none polls.
//!
//! # Locks
//! `Inner::exclusive` is held for as long as a call takes that may not overlap with another. `Inner::state` is held for
//! moments, never while a stream's lock is waited for by its camera, and never while the outside world is called.

mod activity;
mod advising;
mod call;
mod camera_change;
mod capabilities;
mod catch_panic;
mod checking;
mod configuring;
mod datasets;
mod devices;
mod disk;
mod error;
mod exclusive;
mod file_reach;
mod frame_streaming;
mod frame_waiters;
mod names;
mod objectives;
mod opening;
mod preparing;
mod preview;
mod preview_interruption;
mod previewing;
mod reporting;
mod run_end;
mod run_id;
mod running;
mod runtime;
mod selecting;
mod session;
mod signal;
mod snapshot;
mod speed;
mod start;
mod starting;
mod stream;
mod triggering;

pub use call::{Call, CallTypes, call_types};
pub use configuring::AppliedChange;
pub use error::{Callback, ErrorCode, RuntimeError};
pub use file_reach::FileReach;
pub use frame_streaming::{FrameReader, FramesRequest};
pub use objectives::Objective;
pub use preview::{ObservedFrame, Picture};
pub use runtime::{EventSink, Runtime, RuntimeOptions};
pub use selecting::RefreshedDevices;
pub use start::{StartOptions, Started};
pub use stream::{
    HEADER_BYTES as FRAME_HEADER_BYTES, MAGIC as FRAME_MAGIC, RecordKind, UndeliveredCause, VERSION as FRAME_VERSION,
    frame_header_fields,
};
pub use zarrcam_camera::Drivers;
pub use zarrcam_checking::{ConfigurationRefusal, Validation};
pub use zarrcam_config::AppliedConfiguration;
pub use zarrcam_frame::HeaderField;
pub use zarrcam_preview::{
    ADAPTED_HEADER_BYTES as PREVIEW_ADAPTED_HEADER_BYTES, ADAPTED_VERSION as PREVIEW_ADAPTED_VERSION,
    Encoding as PreviewEncoding, HEADER_BYTES as PREVIEW_HEADER_BYTES, MAGIC as PREVIEW_MAGIC, PreviewRequest,
    VERSION as PREVIEW_VERSION, adapted_header_fields as preview_adapted_header_fields,
    header_fields as preview_header_fields,
};
pub use zarrcam_storage::{LiveAnswer, LiveRange, Recovery, SnapshotImage, snapshot_tiff};
