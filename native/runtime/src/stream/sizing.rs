//! How many buffers a stream gets.

/// What the buffers between camera and storage take together, bytes, where a frame is neither huge nor tiny.
pub const POOL_BYTES: u64 = 256 << 20;
/// A recording stream has at least so many buffers, however large a frame is.
pub const FEWEST_FRAMES: u64 = 8;
/// It has no more than these, however small a frame is.
pub const MOST_FRAMES: u64 = 4096;
/// Buffers that the preview holds: the newest frame, and the one being rendered. They come on top, so that looking takes none
/// of storage's.
pub const PREVIEW_HOLDS_FRAMES: u64 = 2;
/// When storage has all buffers, the picture goes on with these.
pub const SPARE_FRAMES: usize = 3;
/// Means on their way to storage.
const MEAN_FRAMES: u64 = 4;

/// Buffers of a recording stream, `PREVIEW_HOLDS_FRAMES` included. `camera_frames`: that the run wants; `None`: until stopped.
pub fn pool_frames(frame_bytes: usize, camera_frames: Option<u64>) -> usize {
    let wanted = (POOL_BYTES / (frame_bytes as u64).max(1)).clamp(FEWEST_FRAMES, MOST_FRAMES);
    let needed = camera_frames.unwrap_or(u64::MAX).max(1);
    (wanted.min(needed) + PREVIEW_HOLDS_FRAMES) as usize
}

/// Buffers for means, each as large as `mean_bytes`.
pub fn mean_frames(mean_bytes: usize) -> usize {
    (POOL_BYTES / 4 / (mean_bytes as u64).max(1)).clamp(2, MEAN_FRAMES) as usize
}

/// What a recording stream's buffers take.
pub fn memory_bytes(frame_bytes: usize, camera_frames: Option<u64>, mean_bytes: Option<usize>) -> u64 {
    let pool = (pool_frames(frame_bytes, camera_frames) + SPARE_FRAMES) as u64 * frame_bytes as u64;
    pool + mean_bytes.map_or(0, |bytes| mean_frames(bytes) as u64 * bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_holds_but_for_huge_frames() {
        assert_eq!(pool_frames(1920 * 1080, None), 129 + 2);
        assert_eq!(pool_frames(1920 * 1080, Some(10)), 12);
        assert_eq!(pool_frames(64 << 20, None), 8 + 2);
        assert_eq!(pool_frames(33 * 47, None), 4096 + 2);
        assert_eq!(pool_frames(100, Some(0)), 3);
        assert!(memory_bytes(1920 * 1080 * 2, None, None) <= POOL_BYTES + 5 * 1920 * 1080 * 2);
    }
}
