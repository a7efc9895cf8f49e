//! A camera that is open.
//!
//! - [`GenicamCamera`] (`run`): takes settings, starts, hands frames over. `triggering`: pulses on its line `software`.
//! - `shared`: what any thread may ask, while another one drives it. `abilities`: what the camera can do, read from it.
//! - `settings`: a document's settings become features, and are read back. `features`: those that the camera alone knows.
//! - `packets`: the size of a network camera's packets. `standard`: features that the document's settings are.

mod abilities;
mod features;
mod packets;
mod run;
mod settings;
mod shared;
mod standard;
mod triggering;

pub use run::GenicamCamera;
