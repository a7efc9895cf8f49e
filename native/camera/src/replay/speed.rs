//! How fast this machine plays a stack.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use zarrcam_tiff::{Stack, Survey};

/// What is copied to measure it: small enough for the nearest cache, so that a whole frame is never faster.
const COPIED_BYTES: usize = 32 << 10;
/// The best of so many: others ran while something else took the processor.
const COPY_TRIALS: usize = 5;
const DECODE_TRIALS: usize = 3;
/// The page of a larger one is not decoded for a question that is asked while somebody types: half a second and more.
const LARGEST_TIMED_PAGE_BYTES: u64 = 64 << 20;

/// Time that it takes at least to copy a frame that is decoded already, us. It is measured once.
pub fn copy_time_us(frame_bytes: u64) -> f64 {
    static US_PER_BYTE: LazyLock<f64> = LazyLock::new(|| {
        let (from, mut to) = (vec![1_u8; COPIED_BYTES], vec![0_u8; COPIED_BYTES]);
        best_us(COPY_TRIALS, || to.copy_from_slice(std::hint::black_box(&from))) / COPIED_BYTES as f64
    });
    frame_bytes as f64 * *US_PER_BYTE
}

/// About so long takes the decoding of a page whose bytes are in memory, us. 0: not known, since the page is very large
/// or cannot be read.
pub fn decode_time_us(survey: &Arc<Survey>) -> f64 {
    if survey.page.plane_bytes() > LARGEST_TIMED_PAGE_BYTES {
        return 0.0;
    }
    let mut page = vec![0; survey.page.plane_bytes() as usize];
    let mut stack = Stack::new(Arc::clone(survey));
    let mut readable = true;
    let time_us = best_us(DECODE_TRIALS, || readable &= stack.read(0, &mut page).is_ok());
    if readable { time_us } else { 0.0 }
}

fn best_us(trials: usize, mut work: impl FnMut()) -> f64 {
    let times = (0..trials).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64() * 1e6
    });
    times.fold(f64::INFINITY, f64::min)
}
