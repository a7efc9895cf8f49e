//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

mod codec_bytes;
mod codec_readers;
mod codec_round_trips;
mod common;
mod layout;
mod metadata;
#[path = "common/readers.rs"]
mod readers;
mod reduction;
