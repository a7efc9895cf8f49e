//! Aravis, loaded at run time: all that is unsafe of this crate.
//!
//! - `functions`: the functions that are used, with their types in C. [`Aravis`] (`library`): the library, found and loaded.
//! - [`Device`] (`device`): a camera that is open; [`nodes`](Device::tree) (`nodes`): its features as a tree.
//! - [`Stream`] (`stream`): its frames. `usb`: who is plugged in.
//!
//! A device is asked by one thread at a time: Aravis' tree of features has no locks of its own. A stream's queues have.

mod device;
mod functions;
mod library;
mod nodes;
mod stream;
mod usb;

pub use device::{Device, Numbers};
pub use library::Aravis;
pub use nodes::Node;
pub use stream::{Counters, Status, Stream, Taken};
pub use usb::UsbCamera;
