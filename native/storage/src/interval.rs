use std::time::Duration;

use crate::clock;

/// When something is next due, and how often.
pub(crate) struct Interval {
    last: Option<Duration>,
    period: Duration,
}

impl Interval {
    pub fn new(period: Duration) -> Self {
        Self { last: None, period }
    }

    pub fn is_due(&mut self) -> bool {
        let now = clock::elapsed();
        // A host's clock may be set back.
        let due = self.last.is_none_or(|last| now < last || now - last >= self.period);
        if due {
            self.last = Some(now);
        }
        due
    }
}
