//! Fifty runs leave nothing behind. Alone in its process, so that the numbers are its own.

mod common;

use std::time::Duration;

use common::{Rig, document, stream, with};
use serde_json::json;

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The names of all threads, and where all handles lead: what there is too much of is told by name.
fn held() -> Vec<String> {
    let list = |folder: &str| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    // Either may be gone before it is looked at.
    let threads =
        list("/proc/self/task").into_iter().filter_map(|task| std::fs::read_to_string(task.join("comm")).ok());
    let handles = list("/proc/self/fd").into_iter().filter_map(|handle| std::fs::read_link(handle).ok());
    let mut held: Vec<_> = threads.chain(handles.map(|target| target.display().to_string())).collect();
    held.sort();
    held
}

/// The least of what is held within a moment: a thread that has called back may still be on its way out.
fn settled() -> Vec<String> {
    let looks = (0..100).map(|_| (std::thread::sleep(Duration::from_millis(2)), held()).1);
    looks.min_by_key(Vec::len).unwrap()
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
    let (before, memory_kb) = (settled(), status("VmRSS:"));
    (10..60).for_each(cycle);
    // On a busy machine a way out takes its time.
    let after = (0..20).map(|_| settled()).find(|after| after.len() <= before.len()).unwrap_or_else(settled);
    assert_eq!(after, before, "threads and handles");
    let grown_kb = status("VmRSS:").saturating_sub(memory_kb);
    println!("{grown_kb} KiB more memory");
    assert!(grown_kb <= 8 << 10, "{grown_kb} KiB more memory");
}
