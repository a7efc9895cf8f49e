//! All that tests this crate from outside, in one program: to compile and link one for each file took minutes.

mod acquire_documents;
#[path = "../../../storage/tests/together/common/alone.rs"]
mod alone;
mod cameras;
mod checks;
mod common;
mod configuration;
#[path = "common/counting_driver.rs"]
mod counting_driver;
mod datasets;
mod failing_camera;
mod failures;
mod footprint;
mod frame_streaming;
mod interleavings;
mod leaks;
mod leaks_of_failures;
mod preview;
mod profiles;
mod replay;
mod replay_reads;
mod runs;
#[path = "common/scripted_driver.rs"]
mod scripted_driver;
mod speed;
#[path = "common/stack.rs"]
mod stack;
