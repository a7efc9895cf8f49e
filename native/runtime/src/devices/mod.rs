//! The devices of this machine: what there is, what it can do, and the cameras that are open.
//!
//! - [`Devices`], [`Catalog`] (`catalog`): the drivers, and the devices as one validation sees them.
//! - [`ConfiguredCameras`] (`configured`): each stream's camera, open and set.
//!
//! # Which cameras are open
//! A stream's camera is opened when its configuration is applied, and stays open until another document takes its place or the
//! runtime is closed; new settings go to the camera that is open. What validation and capabilities ask of it they
//! ask of its [`CameraFeatures`](zarrcam_camera::CameraFeatures), while it runs as well.
//!
//! A camera of a document that is not in force is opened for the question and stays open, unused and at rest: the next
//! question finds it so, and applying the document takes it over. It is closed when a document is applied that has no use
//! for it, when more than four were asked for since, or, at the next question, when nobody asked for it for a minute.

mod catalog;
mod configured;

pub use catalog::{Catalog, Devices};
pub use configured::{ConfiguredCamera, ConfiguredCameras, camera_problem};
