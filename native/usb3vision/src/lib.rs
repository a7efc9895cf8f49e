//! USB3 Vision cameras, without USB: what is said to a camera and what it answers, over any transport of bytes. The page brings
//! WebUSB (`web/src/cameras/usb3vision`), tests bring an emulated camera.
//!
//! - `camera`: one camera, open: settings, capabilities, start and stop.
//! - `description`: the camera's own description of its features (GenICam XML), fetched within limits.
//! - `features`: its features by name, and what is read back after each setting.
//! - `mapping`: our settings in its features' names, with their aliases.
//! - `pixels`: its pixel formats as our pixel types.
//! - `stream`: frames out of the transfers that its stream endpoint gives, with everything that can be missing counted.
//! - `page` (wasm alone): the same for JavaScript.
//!
//! # Where each fact comes from
//! Registers, commands, leader and trailer: the crate `viva-u3v` 0.11 (MIT), which names its own sources register by register.
//! Features and their descriptions: `viva-genapi` 0.11 (MIT) and EMVA's Standard Feature Naming Convention. Pixel formats:
//! `viva-pfnc` 0.11 (MIT), after EMVA's Pixel Format Naming Convention. The A3's USB3 Vision document was not used: its terms do not
//! allow that to open implementations.

#![warn(missing_docs)]

mod camera;
mod description;
mod error;
mod features;
mod mapping;
#[cfg(target_arch = "wasm32")]
mod page;
mod pixels;
mod stream;

pub use camera::{Camera, Endpoints, Identity, Usb};
pub use description::MAX_DESCRIPTION_BYTES;
pub use error::Usb3VisionError;
pub use pixels::{ImageFormat, PixelError};
pub use stream::{Arrived, Broken, Frame, FramePlan, FrameReceiver, Received, StreamCounters};
