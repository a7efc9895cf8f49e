//! One stream of a run: its camera thread, its storage thread, and what both tell the world.
//!
//! - [`StreamRun`] (`run`): what the two threads share. `spec`: what is fixed at its start. `item`: what goes from one to the other.
//!   `figures`: what of it the world is told.
//! - `capture`: the camera thread. `storage_feed`: what it hands to storage. `storing`: the storage thread.
//! - `frame_clients`: programs that take every frame besides storage.
//! - `sizing`: how many buffers a stream gets. `sink_spec`: what its storage must know.

mod capture;
mod figures;
mod frame_clients;
mod item;
mod run;
mod sink_spec;
pub mod sizing;
mod spec;
mod storage_feed;
mod storing;

pub use capture::run_camera;
pub use frame_clients::{
    FrameClient, HEADER_BYTES, MAGIC, RecordKind, UndeliveredCause, VERSION, header_fields as frame_header_fields,
};
pub use item::storage_channel;
pub use run::{Destination, StreamRun};
pub use sink_spec::sink_spec;
pub use spec::StreamSpec;
pub use storing::{add_to_mean, run_storage};

#[cfg(test)]
mod tests;
