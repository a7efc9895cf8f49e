//! The `replay` camera: real images through everything.
//!
//! - [`Replay`] (`source`): ranges that follow from the file, and its footage (`film`), decoded ahead where it is small.
//! - `shelf`: the files that were looked at, each once for as long as it stays as it is.

mod film;
mod shelf;
mod source;

pub use source::{NAME, Replay};
