//! The addon: converts, decides nothing. `../index.d.ts` is its specification.
//!
//! - [`NativeRuntime`] (`runtime`): the calls.
//! - `promise`: promises that the runtime's own threads settle.
//! - `json`: structured data and errors as text.
//! - `picture`: pixels as buffers.

mod json;
mod picture;
mod promise;
mod runtime;

pub use picture::{LiveReading, ObservedFrame, Picture};
pub use runtime::NativeRuntime;
