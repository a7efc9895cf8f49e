//! Cameras of the GenICam family, GigE Vision and USB3 Vision, by the library Aravis where it is installed.
//!
//! - `aravis`: the library, found and loaded at run time, and all that is unsafe about it.
//! - `discovery`: who answers in the network, on the interfaces that may be asked.
//! - [`GenicamDriver`] (`driver`): lists cameras and opens them; `roster`: those that are known, and whether they are there.
//! - `camera`: one that is open. `format`: how its pixels come, and how they lie in a frame; `frame_ids`: 16-bit counts made whole.
//!
//! # Why the library is loaded, and not linked
//! A bundle that was built once then runs with and without Aravis, and can say what to install; building needs no headers of C
//! and none of the glib crates, which took longer to compile than the rest of this crate; and the table of the functions
//! that are used (`aravis::functions`) is short. What a compiler would have checked, the tests on Aravis' own camera do.
//!
//! # Who may send what
//! Nothing is sent to a network whose interface was not named. Aravis up to 0.8 asks every network of the computer at once, so
//! the network is searched by this crate itself (`discovery`), and Aravis is handed the addresses; it only searches USB.

#![warn(missing_docs)]

mod aravis;
mod camera;
mod discovery;
mod driver;
mod format;
mod frame_ids;
mod roster;

pub use driver::GenicamDriver;
