//! A stack of many pages is walked once, however often it is asked for.
#![cfg(target_os = "linux")]

use crate::common::{Rig, document, stream, with};
use crate::stack::write_stack;
use serde_json::json;

/// Bytes that this thread has read, from wherever.
fn bytes_read() -> u64 {
    let counters = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let line = counters.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap();
    line.parse().unwrap()
}

#[test]
fn edits_of_other_fields_read_nothing_of_the_file() {
    let rig = Rig::new();
    let path = rig.folder.join("stack.tif");
    write_stack(&path, [64, 48], 2000);
    let edited = |exposure_us: u64| {
        let camera = json!({
            "identifier": { "kind": "Camera", "name": "replay" },
            "settings": { "exposure_time_us": exposure_us, "pixel_type": "U8", "shape": [64, 48], "replay": { "path": path } }
        });
        document(&[with(stream("out.zarr", 3), "/camera", camera)])
    };
    let begin = bytes_read();
    rig.set(&edited(1000));
    let first = bytes_read() - begin;
    let directories = 2000 * 114;
    assert!(first >= directories, "{first} bytes: the pages were looked at");

    let begin = bytes_read();
    for exposure_us in 1001..1021 {
        assert!(rig.runtime.validate(&edited(exposure_us)).problems.iter().all(|problem| !problem.is_error()));
        rig.set(&edited(exposure_us));
        rig.runtime.capabilities();
    }
    let edits = bytes_read() - begin;
    assert!(edits < directories, "{edits} bytes in twenty edits, where one walk takes {first}");

    // Another file at the same path is looked at again.
    write_stack(&path, [64, 48], 1000);
    let begin = bytes_read();
    rig.set(&edited(5000));
    assert!(bytes_read() - begin >= directories / 2);
}
