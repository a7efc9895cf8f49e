//! The driver with Aravis' own camera, on a loopback of its own: no test of this crate sends anything to a network of this
//! computer. Where Aravis, its camera or namespaces are missing, each test says so and is skipped.

mod namespace;
mod one_camera;
mod rig;
mod runs;
