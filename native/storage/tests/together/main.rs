//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

#[path = "common/alone.rs"]
mod alone;
mod common;
mod datasets;
mod deferred;
mod ends;
mod faults;
mod format_1;
mod format_2;
mod image_readers;
mod images;
#[path = "common/kept.rs"]
mod kept;
mod kill;
mod live;
mod live_readers;
mod memory;
mod mutated;
mod overwrite;
mod plain;
#[path = "common/live.rs"]
mod reader;
#[path = "../../../zarr/tests/together/common/readers.rs"]
mod readers;
mod recovery;
mod round_trip;
mod shards;
