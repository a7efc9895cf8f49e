//! Simulated cameras. Their sensor has 8192 x 8192 pixels; a frame is the part of it that offset and shape say.
//!
//! - [`SimulatedDriver`] (`driver`): the list of them.
//! - `features`: their ranges. `speed`: how long this machine takes for a frame.
//! - [`SimulatedKind`], [`SimulatedPicture`] (`picture`): the names, and a frame's pixels: a pure function of
//!   frame id, settings and frame period.
//! - `noise`, `sine`: the two pictures that are not black. `multiversion`: their loops, for AVX2 where there is.

mod driver;
mod features;
mod multiversion;
mod noise;
mod picture;
mod sine;
mod speed;

pub use driver::SimulatedDriver;
pub use features::Simulated;
pub use picture::{SimulatedKind, SimulatedPicture};
