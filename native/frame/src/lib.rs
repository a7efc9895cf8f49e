//! Pixel types, frames and the pool that they come from: the ground floor.
//!
//! - [`PixelType`] (`pixel`): what one pixel is, in the document, in memory and in the store.
//! - [`FrameStamp`] (`stamp`): the clocks and the count of one camera frame.
//! - [`Mean`] (`average`): of several frames, pixel by pixel.
//! - [`Histogram`] (`histogram`), [`mean_of`] (`mean`) of a [`Region`] (`region`): what a preview shows of a frame.
//! - [`Frame`] (`frame`): pixels plus the stamps of the camera thread.
//! - [`HeaderField`] (`wire_header`): headers of binary messages about frames.
//! - [`FramePool`], [`FrameBufferMut`], [`FrameBuffer`] (`pool`): memory that is there before the start and comes back. To wait for it takes threads and a
//!   clock, which a browser does not have.
//! - [`release_free_memory`] (`memory`): where the pool's bytes come from; the one place that knows the operating system.

#![warn(missing_docs)]

mod average;
mod error;
mod frame;
mod histogram;
mod mean;
mod memory;
mod pixel;
mod pool;
mod region;
mod stamp;
mod wire_header;

pub use average::Mean;
pub use error::FrameError;
pub use frame::Frame;
pub use histogram::Histogram;
pub use mean::mean_of;
pub use memory::release_free_memory;
pub use pixel::PixelType;
pub use pool::{FrameBuffer, FrameBufferMut, FramePool};
pub use region::Region;
pub use stamp::FrameStamp;
pub use wire_header::{HeaderField, pixel_code};
