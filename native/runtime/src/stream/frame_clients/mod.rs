//! Programs that take every frame of a recording, beside its storage: over the network, each at its own pace.
//!
//! - [`FrameTee`] (`tee`): hands each stored frame, and each loss, to all of them.
//! - [`FrameClient`] (`client`): one of them, with the frames that wait for it.
//! - `record`: what it reads, byte for byte.
//!
//! A client has memory of its own, into which the storage thread copies a frame once. So none of them holds a buffer of the
//! camera's pool, however slow it is: the bridge's own recording cannot lose a frame for want of one. What a client has no
//! room for is lost to that client alone, and told it in its place.

mod client;
mod record;
mod tee;

pub use client::FrameClient;
pub use record::{HEADER_BYTES, Lost, MAGIC, Opening, RecordKind, UndeliveredCause, VERSION, header_fields};
pub use tee::FrameTee;

#[cfg(test)]
mod tests;
