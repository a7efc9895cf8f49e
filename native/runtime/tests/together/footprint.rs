//! A runtime that does nothing takes nothing. Alone in its process, so that the numbers are its own.

use crate::alone::alone;
use crate::common::Rig;
use crate::common::held::status;

#[test]
#[cfg(target_os = "linux")]
fn runtimes_at_rest_take_little_memory_and_no_thread() {
    alone(|| {
        let first = Rig::new();
        let (threads, memory_kb) = (status("Threads:"), status("VmRSS:"));
        let more: Vec<_> = (0..10).map(|_| Rig::new()).collect();
        assert_eq!(status("Threads:"), threads);
        let taken_kb = status("VmRSS:").saturating_sub(memory_kb);
        assert!(taken_kb < 4 << 10, "{taken_kb} KiB for {} runtimes", more.len());
        drop(first);
    });
}
