//! The addon: converts, decides nothing. `../index.d.ts` is its specification.
//!
//! - [`NativeRuntime`] (`runtime`): the calls.
//! - `drivers`: the drivers of cameras that are built in.
//! - `promise`: promises that the runtime's threads or those of `calls` settle.
//! - `calls`: the threads that answer calls.
//! - `certificates`: an authority of this computer, and certificates by it.
//! - `json`: structured data and errors as text.
//! - `frames`: every frame of a recording, as bytes.
//! - `picture`: pixels as buffers.

mod calls;
mod certificates;
mod drivers;
mod frames;
mod json;
mod picture;
mod promise;
mod runtime;

pub use certificates::{issue_certificate, make_authority, permitted_names};
pub use frames::FrameReader;
pub use picture::{LiveReading, ObservedFrame, Picture, snapshot_tiff};
pub use runtime::NativeRuntime;
