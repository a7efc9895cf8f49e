//! The configuration document, and what the layers say to each other in JSON.
//!
//! - [`Configuration`] (`document`): the document of the file, the wire and the page. Field names are Acquire's.
//! - [`Problem`] (`problem`): one thing that is wrong, with its field path and the way out.
//! - [`Capabilities`] (`capabilities`): what the devices of this machine can do.
//! - `parse`: JSON to document, every problem at once. `validate`: document against capabilities.

mod capabilities;
mod document;
mod problem;
mod suggest;

pub use capabilities::*;
pub use document::*;
pub use problem::{ErrorData, Fix, Problem, Severity};
pub use suggest::{Suggestion, Use};
