use std::ops::Range;

/// When the time points of a run begin, and which frames of the camera each takes. Between them the camera rests: no light
/// falls on the sample for frames that nobody wants. Its own count begins anew with each start; the run's goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimePoints {
    interval_us: f64,
    frames: u64,
}

impl TimePoints {
    /// `interval_us`: from the beginning of one to that of the next; 0: there is one, which has no end. `frames`: of the camera,
    /// that each takes.
    pub fn new(interval_us: f64, frames: u64) -> Self {
        let is_one = interval_us <= 0.0;
        Self { interval_us: interval_us.max(0.0), frames: if is_one { u64::MAX } else { frames.max(1) } }
    }

    /// Whether the run has more than one.
    pub fn are_many(&self) -> bool {
        self.interval_us > 0.0
    }

    /// When a time point is due, counted from 0: time since the run began, us.
    pub fn due_us(&self, number: u64) -> f64 {
        self.interval_us * number as f64
    }

    /// The frames of the run that a time point takes.
    pub fn frames(&self, number: u64) -> Range<u64> {
        let first = if self.are_many() { number.saturating_mul(self.frames) } else { 0 };
        first..first.saturating_add(self.frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_points_take_turns() {
        let points = TimePoints::new(2e6, 12);
        assert!(points.are_many());
        assert_eq!((points.due_us(0), points.due_us(3)), (0.0, 6e6));
        assert_eq!((points.frames(0), points.frames(3)), (0..12, 36..48));
        assert_eq!(points.frames(u64::MAX), u64::MAX..u64::MAX);
        let one = TimePoints::new(0.0, 12);
        assert!(!one.are_many());
        assert_eq!((one.due_us(7), one.frames(0)), (0.0, 0..u64::MAX));
    }
}
