use std::time::{Duration, Instant};

/// When something is next due, and how often.
pub(crate) struct Interval {
    last: Option<Instant>,
    period: Duration,
}

impl Interval {
    pub fn new(period: Duration) -> Self {
        Self { last: None, period }
    }

    pub fn is_due(&mut self) -> bool {
        let due = self.last.is_none_or(|last| last.elapsed() >= self.period);
        if due {
            self.last = Some(Instant::now());
        }
        due
    }
}
