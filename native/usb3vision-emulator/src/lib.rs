//! A USB3 Vision camera that is not there, for tests: its endpoints, its registers, its description, frames that can be told from
//! each other, and everything that goes wrong with real ones. It has no clock: whoever has it says how late it is.
//!
//! - `device`: commands and answers, registers, and what writing them does.
//! - `description`: the camera's features, as XML.
//! - `frames`: pixels that say which frame they belong to.
//! - `stream`: blocks in transfers, as a bulk endpoint gives them.
//! - `faults`: what goes wrong, and when.
//! - `page` (wasm alone): the same for a page's tests.
//!
//! What registers mean was taken from the crate `viva-u3v` (MIT), which drives this camera in the tests of `zarrcam-usb3vision`.

#![warn(missing_docs)]

mod description;
mod device;
mod faults;
mod frames;
mod memory;
#[cfg(target_arch = "wasm32")]
mod page;
mod stream;

pub use device::{Emulator, Options};
pub use faults::{Fault, XmlKind};
pub use frames::{fill, pixel};
pub use stream::{Completion, Status};

/// Endpoint of the answers to commands.
pub const CONTROL_IN: u8 = 0x81;
/// Endpoint of commands.
pub const CONTROL_OUT: u8 = 0x01;
/// Endpoint of the stream.
pub const STREAM_IN: u8 = 0x82;
/// Longest packet of each endpoint, bytes.
pub const PACKET_BYTES: usize = 1024;
