//! One program for all tests of the crate.

mod bytes;
mod common;
mod control;
mod streaming;
mod theirs;
