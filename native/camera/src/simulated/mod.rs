//! Simulated cameras. Their sensor has 8192 x 8192 pixels; a frame is the part of it that offset and shape say.
//!
//! - [`Simulated`] (`source`): the ranges.
//! - [`SimulatedKind`], [`SimulatedPicture`] (`picture`): the names, and a frame's pixels: a pure function of
//!   frame id, settings and frame period.
//! - `noise`, `sine`: the two pictures that are not black. `multiversion`: their loops, for AVX2 where there is.

mod multiversion;
mod noise;
mod picture;
mod sine;
mod source;
mod speed;

pub use picture::{SimulatedKind, SimulatedPicture};
pub use source::Simulated;
