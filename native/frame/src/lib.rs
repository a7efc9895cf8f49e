//! Pixel types, frames and the pool that they come from: the ground floor.
//!
//! Pure, and what a browser runs as well:
//! - [`PixelType`] (`pixel`): what one pixel is, in the document, in memory and in the store.
//! - [`FrameStamp`] (`stamp`): the clocks and the count of one camera frame.
//! - [`Histogram`] (`histogram`), [`mean_of`] (`mean`) of a [`Region`] (`region`): what a preview shows of a frame.
//!
//! What needs threads and an operating system, and is not there in wasm:
//! - [`Frame`] (`frame`): pixels plus the stamps of the camera thread.
//! - [`FramePool`], [`FrameBufferMut`], [`FrameBuffer`] (`pool`): memory that is there before the start and comes back.
//! - [`release_free_memory`] (`memory`): where the pool's bytes come from; the one place that knows the operating system.

#![warn(missing_docs)]

#[cfg(not(target_family = "wasm"))]
mod error;
#[cfg(not(target_family = "wasm"))]
mod frame;
mod histogram;
mod mean;
#[cfg(not(target_family = "wasm"))]
mod memory;
mod pixel;
#[cfg(not(target_family = "wasm"))]
mod pool;
mod region;
mod stamp;

#[cfg(not(target_family = "wasm"))]
pub use error::FrameError;
#[cfg(not(target_family = "wasm"))]
pub use frame::Frame;
pub use histogram::Histogram;
pub use mean::mean_of;
#[cfg(not(target_family = "wasm"))]
pub use memory::release_free_memory;
pub use pixel::PixelType;
#[cfg(not(target_family = "wasm"))]
pub use pool::{FrameBuffer, FrameBufferMut, FramePool};
pub use region::Region;
pub use stamp::FrameStamp;
