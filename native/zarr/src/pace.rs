use zarrcam_config::ResolvedStream;

/// How stored frames of a stream follow each other.
pub(crate) struct Pace {
    /// From one to the next, s; 0: not known.
    frame_s: f64,
    /// Of one time point.
    frames_each: u64,
    /// From time point to time point, or their frames, whichever is longer, s; 0: continuous.
    each_s: f64,
}

impl Pace {
    pub(crate) fn of(stream: &ResolvedStream) -> Self {
        let frame_s = stream.storage.stored_frame_period_us / 1e6;
        let frames_each = stream.storage.frames_per_append().unwrap_or(u64::MAX).max(1);
        let interval_s = stream.time_point_interval_us / 1e6;
        let each_s = if interval_s > 0.0 { interval_s.max(frames_each as f64 * frame_s) } else { 0.0 };
        Self { frame_s, frames_each, each_s }
    }

    /// Of a run of so many frames; `None`: not known.
    pub(crate) fn duration_s(&self, frames: u64) -> Option<f64> {
        if self.each_s > 0.0 {
            let whole = frames.saturating_sub(1) / self.frames_each;
            return Some(whole as f64 * self.each_s + (frames - whole * self.frames_each) as f64 * self.frame_s);
        }
        (self.frame_s > 0.0).then_some(frames as f64 * self.frame_s)
    }

    /// `None`: not known.
    pub(crate) fn places_per_minute(&self) -> Option<f64> {
        if self.each_s > 0.0 {
            return Some(self.frames_each as f64 * 60.0 / self.each_s);
        }
        (self.frame_s > 0.0).then(|| 60.0 / self.frame_s)
    }
}
