//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.
#![cfg(target_os = "linux")]

mod cameras;
mod common;
mod hostile;
mod languages;
mod recordings;
#[path = "../../../runtime/tests/together/common/mod.rs"]
mod rig;
