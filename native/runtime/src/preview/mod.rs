//! Looking at frames without disturbing them, by the threads of a process; who gets which picture, and what it is, says `zarrcam_preview`.
//!
//! - [`Preview`] (`hub`): camera threads leave their newest frame here. `state`: the frames, and who waits for them.
//! - `worker`: one thread of low priority that answers them.

mod hub;
mod state;
mod worker;

pub use hub::Preview;
pub use state::{ObservedFrame, Picture};
