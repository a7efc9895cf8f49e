use zarrcam_config::ResolvedStream;

use crate::{FrameIndexer, Ledger, Rates};

/// Time until a run that has an end of its own will have ended, s: by the planned frame period where there is one and storage keeps
/// up, else by the measured rates. `None`: nobody can tell.
pub fn remaining_s(
    resolved: &ResolvedStream,
    frame_limit: Option<u64>,
    indexer: &FrameIndexer,
    ledger: &Ledger,
    rates: &Rates,
) -> Option<f64> {
    let limit = frame_limit?;
    let interval_s = resolved.time_point_interval_us / 1e6;
    let period_s = resolved.frame_period_us / 1e6;
    let to_capture = indexer.frames_left()? as f64;
    let to_store = (limit * u64::from(resolved.frames_averaged)).saturating_sub(ledger.stored) as f64;
    let capture_s = if interval_s > 0.0 {
        to_capture / resolved.frames_per_time_point() as f64 * interval_s
    } else if period_s > 0.0 {
        to_capture * period_s
    } else {
        0.0
    };
    let measured_s = (rates.stored_fps > 0.0 && interval_s == 0.0).then(|| to_store / rates.stored_fps);
    match measured_s {
        Some(measured_s) if period_s == 0.0 => Some(measured_s),
        _ if period_s == 0.0 && interval_s == 0.0 => None,
        // What waits in the queue still takes its time when capture has ended.
        Some(measured_s) if to_capture == 0.0 => Some(measured_s),
        _ => Some(capture_s),
    }
}
