//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

mod common;
mod pictures;
mod replay;
mod runs;
mod settings;
#[path = "common/tiff_file.rs"]
mod tiff_file;
