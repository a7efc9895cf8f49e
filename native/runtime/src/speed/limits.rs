//! How much a measurement may write, and what the run needs that is foretold.

use zarrcam_acquisition::SpeedNeed;
use zarrcam_config::{ResolvedStream, bytes_text};
use zarrcam_files::free_bytes;

use super::measured_stream::MeasuredStream;
use crate::error::{ErrorCode, RuntimeError};
use crate::stream::sizing::{PREVIEW_HOLDS_FRAMES, pool_frames};

/// A measurement writes no more than this, however fast the disk is.
const MOST_BYTES: u64 = 4 << 30;
/// It writes no more than this share of what is free.
const SHARE_OF_FREE_PERCENT: u64 = 25;

/// What a run asks of storage whose camera gives `asked_fps` frames a second.
pub fn need(resolved: &ResolvedStream, asked_fps: f64) -> SpeedNeed {
    let frames = resolved.camera_frames();
    let interval_s = resolved.time_point_interval_us / 1e6;
    SpeedNeed {
        asked_fps,
        frames,
        time_points: (interval_s > 0.0).then(|| (resolved.frames_per_time_point(), interval_s)),
        buffers: pool_frames(resolved.camera_frame_bytes(), frames) as u64 - PREVIEW_HOLDS_FRAMES,
    }
}

/// Bytes that each stream may write. Fails where the disk has no room for two frames.
pub fn most_bytes_each(streams: &[MeasuredStream]) -> Result<u64, RuntimeError> {
    let free = streams.iter().filter_map(|stream| free_bytes(stream.target.as_deref()?)).min();
    let writing = streams.iter().filter(|stream| stream.target.is_some()).count().max(1) as u64;
    let budget_bytes = free.map_or(MOST_BYTES, |free| (free / 100 * SHARE_OF_FREE_PERCENT).min(MOST_BYTES)) / writing;
    let largest = streams.iter().map(|stream| stream.video.resolve().camera_frame_bytes() as u64).max().unwrap_or(0);
    if free.is_some() && budget_bytes < 2 * largest {
        let message = format!("The disk has no room to measure its speed: {} are free.", bytes_text(free.unwrap_or(0)));
        return Err(RuntimeError::new(ErrorCode::Storage, message));
    }
    Ok(budget_bytes)
}
