//! Looking at frames without disturbing them: who gets a picture of which frame, when, and what it is. Pure: it has neither
//! threads nor a clock, and whoever has them (the runtime; a page's worker) asks it. Times are since a zero of the caller's.
//!
//! - [`PreviewRequest`] (`request`): what is asked for, and the [`View`] of a frame that follows from it.
//! - [`Encoding`], [`Window`] (`encoding`): how pixels go over the wire where the network is slow. The feature `encodings` (on by
//!   default) brings the encoders; without it everything is sent as it is.
//! - [`FrameView`] (`frame_view`): a frame as it lies in somebody's memory. `renderer`: reduction and histogram, done once a frame for everybody
//!   who wants the same.
//! - `message`, `adapted_header`: the preview message, header and all.
//! - [`PreviewRate`] (`rate`): how many pictures there are a second.
//! - [`Turns`] (`turns`): the newest frame of each stream, who waits for it, and whose turn it is.

#![warn(missing_docs)]

mod adapted_header;
mod encoding;
mod frame_view;
mod message;
mod rate;
mod renderer;
mod request;
mod turns;

pub use adapted_header::{ADAPTED_HEADER_BYTES, header_fields as adapted_header_fields};
pub use encoding::{Encoding, Window};
pub use frame_view::FrameView;
pub use message::{ADAPTED_VERSION, Caption, HEADER_BYTES, MAGIC, VERSION, header_fields};
pub use rate::{Load, PreviewRate};
pub use renderer::Renderer;
pub use request::{PreviewRequest, View};
pub use turns::{Age, Latest, Next, Serving, Turns, Waiting, Wanted};
