//! Looking at frames without disturbing them.
//!
//! - [`Preview`] (`tap`): camera threads leave their newest frame here; one worker of low priority answers who waits for it.
//! - `pace`: how often it does so.
//! - `painter`: reduction and histogram, done once a frame for everybody who wants the same.
//! - `message`: the preview message, header and all.

mod message;
mod pace;
mod painter;
mod request;
mod tap;

pub use message::HEADER_BYTES;
pub use pace::Load;
pub use request::{PreviewRequest, Region};
pub use tap::{ObservedFrame, Picture, Preview};
