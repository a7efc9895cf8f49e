//! The `replay` camera: real images through everything.
//!
//! - [`ReplayDriver`] (`driver`): lists and opens it.
//! - `features`: ranges that follow from the file.
//! - `stacks`: the files that were looked at, each once for as long as it stays as it is.
//! - `player`: the pixels, decoded ahead where the file is small. `speed`: how long this machine takes for a frame.

mod driver;
mod features;
mod player;
mod speed;
mod stacks;

pub use driver::ReplayDriver;

const NAME: &str = "replay";
