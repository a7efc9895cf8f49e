//! Pixel types, frames and the pooled frame queue: the ground floor.
//!
//! - [`PixelType`]: what one pixel is, in the document, in memory and in the store.
//! - [`Frame`], [`FrameStamp`] (`frame`): pixels plus the stamps of the camera thread.
//! - [`FramePool`], [`FrameBufferMut`], [`FrameBuffer`] (`pool`): memory that is there before the start and comes back.
//! - [`FrameQueue`] (`queue`): how frames travel between threads, bounded and in order.
//! - [`Histogram`] (`histogram`), [`mean_of`] (`mean`): what a preview shows of a frame.
//! - [`release_free_memory`] (`memory`): where the pool's bytes come from; the one place that knows the operating system.

mod error;
mod frame;
mod histogram;
mod mean;
mod memory;
mod pixel;
mod pool;
mod queue;

pub use error::FrameError;
pub use frame::{Frame, FrameStamp};
pub use histogram::Histogram;
pub use mean::{Rect, mean_of};
pub use memory::release_free_memory;
pub use pixel::PixelType;
pub use pool::{FrameBuffer, FrameBufferMut, FramePool};
pub use queue::{FrameQueue, Popped, PushError};
