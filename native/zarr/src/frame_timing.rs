use zarrcam_config::ResolvedStream;

/// How the stored frames of a stream follow each other in time.
pub(crate) struct StoredFrameTiming {
    /// Time from one stored frame to the next, s; 0: not known.
    frame_s: f64,
    /// Stored frames of one time point.
    frames_per_time_point: u64,
    /// Time from time point to time point, or that of its frames, whichever is longer, s; 0: continuous.
    time_point_s: f64,
}

impl StoredFrameTiming {
    /// The timing that a stream's settings ask for.
    pub(crate) fn of(stream: &ResolvedStream) -> Self {
        let frame_s = stream.storage.stored_frame_period_us / 1e6;
        let frames_per_time_point = stream.storage.frames_per_append().unwrap_or(u64::MAX).max(1);
        let interval_s = stream.time_point_interval_us / 1e6;
        let time_point_s = if interval_s > 0.0 { interval_s.max(frames_per_time_point as f64 * frame_s) } else { 0.0 };
        Self { frame_s, frames_per_time_point, time_point_s }
    }

    /// How long it takes to record `frames` stored frames, s; `None`: the frame period is not known.
    pub(crate) fn duration_s(&self, frames: u64) -> Option<f64> {
        if self.time_point_s > 0.0 {
            let whole = frames.saturating_sub(1) / self.frames_per_time_point;
            let last = frames - whole * self.frames_per_time_point;
            return Some(whole as f64 * self.time_point_s + last as f64 * self.frame_s);
        }
        (self.frame_s > 0.0).then_some(frames as f64 * self.frame_s)
    }

    /// Stored frames a minute, pauses between time points included; `None`: the frame period is not known.
    pub(crate) fn frames_per_minute(&self) -> Option<f64> {
        if self.time_point_s > 0.0 {
            return Some(self.frames_per_time_point as f64 * 60.0 / self.time_point_s);
        }
        (self.frame_s > 0.0).then(|| 60.0 / self.frame_s)
    }
}
