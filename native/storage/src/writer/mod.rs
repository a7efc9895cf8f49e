//! The streaming Zarr writer: frames become tasks of tiles, any thread does any task, and the last of a frame records it.
//!
//! - [`ZarrSink`] (`sink`): what takes frames. `close`, `ending`: the end of a run.
//! - [`engine`]: drives one image. `job`: a frame in work, in tasks. `workers`: the threads that do them. `pyramid`: coarser planes
//!   that wait for their other half. `progress`: what is decided.
//! - `sealing`: the thread that seals finished layers. `housekeeping`: the thread that publishes, syncs and looks after the folder.

mod close;
mod ending;
mod engine;
mod housekeeping;
mod job;
mod progress;
mod pyramid;
mod sealing;
mod sink;
mod workers;

pub use sink::ZarrSink;
