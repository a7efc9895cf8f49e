//! Names of runs.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Unlike any other on this machine: the clock, and a count in case it stands still.
pub fn new_run_id() -> String {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    let count = RUNS.fetch_add(1, Ordering::Relaxed) ^ std::process::id().wrapping_mul(0x9e37_79b9);
    format!("{nanoseconds:016x}{count:08x}")
}
