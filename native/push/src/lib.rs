//! `push:` cameras: a program of this computer hands its frames to the bridge, which shows and records them like those of
//! any other camera.
//!
//! - [`PushDriver`] (`driver`): listens for such programs, lists their cameras, and opens one.
//! - `place`, `listener`, `greeting`: where it listens, who connects, and what is agreed on before the first frame.
//! - `wire`, `description`, `slots`: what is said on the socket, and what of it is believed. Pure.
//! - `memory`: the pixels, in memory that the program made.
//! - `pusher`, `registry`: a program that is connected, and all of them.
//! - `camera`, `features`: the camera that the runtime has open.
//!
//! The protocol, byte by byte, what each side may rely on, and why it is so: [README.md](../README.md) of this crate.
//!
//! # Clocks and ids
//! `hardware_id` counts the frames that the program had for us since the start of the run, those included that it lost
//! itself: they are gaps. `hardware_clock_ns` is the program's clock (monotonic, where it says nothing else), counted from the
//! run's first frame; `unix_ns` is the wall clock of this machine when the program handed the frame over.

mod camera;
mod description;
mod driver;
mod features;
mod greeting;
mod listener;
mod memory;
mod place;
mod pusher;
mod refusal;
mod registry;
mod slots;
mod wire;

pub use driver::PushDriver;
pub use place::{FOLDER_VARIABLE, SOCKET_NAME};
