//! Anybody's TIFF: it is surveyed as the replay camera does, and its first planes are decoded.
#![no_main]

#[path = "support/file.rs"]
mod file;

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use zarrcam_tiff::{Stack, Survey};

/// A plane that claims more is left alone: to make room for it is no fault, and slow.
const MOST_PLANE_BYTES: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let path = file::holding("fuzz.tif", data);
    let Ok(survey) = Survey::of(&path) else { return };
    let (planes, plane_bytes) = (survey.planes.count(), survey.page.plane_bytes());
    if plane_bytes > MOST_PLANE_BYTES {
        return;
    }
    let mut stack = Stack::new(Arc::new(survey));
    let mut out = vec![0; plane_bytes as usize];
    for number in 0..planes.min(4) {
        let _ = stack.read(number, &mut out);
    }
});
