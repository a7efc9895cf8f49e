//! Fifty runs leave nothing behind. Alone in its process, so that the numbers are its own.

mod common;

use common::{Rig, document, stream, with};
use serde_json::json;

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[cfg(target_os = "linux")]
fn cycles_leave_threads_handles_and_memory_as_they_were() {
    let rig = Rig::new();
    let cycle = |number: u32| {
        let device = ["Zarr", "ZarrV3Blosc1Lz4ByteShuffle", "tiff", "trash"][number as usize % 4];
        let large = |name: String| {
            let video = with(stream(&name, 10), "/storage/identifier/name", json!(device));
            let video = with(video, "/camera/settings/shape", json!([512, 512]));
            with(video, "/storage/settings/acquisition_dimensions", json!([]))
        };
        rig.set(&document(&[large(format!("a{number}")), large(format!("b{number}"))]));
        if number.is_multiple_of(5) {
            rig.runtime.start(false).unwrap();
            common::wait(|done| rig.runtime.next_frame(0, None, done)).unwrap();
        }
        rig.runtime.start(true).unwrap();
        let summary = if number.is_multiple_of(3) { rig.abort() } else { rig.stop() };
        summary.unwrap();
        rig.events.lock().unwrap().clear();
        for name in [format!("a{number}"), format!("b{number}")] {
            let path = rig.folder.join(name);
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    };
    (0..10).for_each(cycle);
    // A thread that has called back may still be on its way out.
    let settled =
        || (0..100).map(|_| (std::thread::sleep(std::time::Duration::from_millis(2)), status("Threads:")).1).min();
    let (threads, files, memory_kb) = (settled(), open_files(), status("VmRSS:"));
    (10..60).for_each(cycle);
    assert_eq!(settled(), threads, "threads");
    assert_eq!(open_files(), files, "handles");
    let grown_kb = status("VmRSS:").saturating_sub(memory_kb);
    assert!(grown_kb <= 8 << 10, "{grown_kb} KiB more memory");
}
