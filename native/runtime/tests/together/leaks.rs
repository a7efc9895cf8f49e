//! Fifty runs leave nothing behind. Alone in its process, so that the numbers are its own.

use crate::alone::alone;
use crate::common::held::{assert_no_more_than, settled, status};
use crate::common::{self, Rig, document, stream, with};
use serde_json::json;

#[test]
#[cfg(target_os = "linux")]
fn cycles_leave_threads_handles_and_memory_as_they_were() {
    alone(|| {
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
                common::wait(|done| rig.runtime.next_frame(0, None, 0, done)).unwrap();
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
        assert_no_more_than(&before);
        let grown_kb = status("VmRSS:").saturating_sub(memory_kb);
        println!("{grown_kb} KiB more memory");
        assert!(grown_kb <= 8 << 10, "{grown_kb} KiB more memory");
    });
}
