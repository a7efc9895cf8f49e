//! Pixel types, frames and the pooled frame queue: the ground floor.
//!
//! - [`PixelType`]: what one pixel is, in the document, in memory and in the store.
//! - [`Frame`] (`frame`): pixels plus the stamps of the camera thread.
//! - [`FramePool`], [`FrameQueue`] (`pool`, `queue`): the only way frames travel between threads.

mod pixel;

pub use pixel::PixelType;
