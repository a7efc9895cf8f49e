//! The `replay` camera: real images through everything.
//!
//! - [`Replay`] (`source`): ranges that follow from the file, and its footage, decoded ahead where it is small.
//! - [`Stack`] (`stack`): the pages of one TIFF file, checked to be alike.

mod source;
mod stack;

pub use source::{NAME, Replay};
