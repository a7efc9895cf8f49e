//! Looking at frames without disturbing them.
//!
//! - [`Preview`] (`hub`): camera threads leave their newest frame here. `state`: the frames, and who waits for them.
//! - `worker`: one thread of low priority that answers them.
//! - `rate`: how often it does so.
//! - `renderer`: reduction and histogram, done once a frame for everybody who wants the same.
//! - `message`: the preview message, header and all.

mod hub;
mod message;
mod rate;
mod renderer;
mod request;
mod state;
mod worker;

pub use hub::Preview;
pub use message::{HEADER_BYTES, MAGIC, VERSION, header_fields};
pub use rate::Load;
pub use request::PreviewRequest;
pub use state::{ObservedFrame, Picture};
