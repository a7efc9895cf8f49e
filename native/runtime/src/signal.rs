use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// "Look again": wakes the one who waits, or the next wait returns at once.
#[derive(Default)]
pub struct Signal {
    raised: Mutex<bool>,
    wake: Condvar,
}

impl Signal {
    pub fn notify(&self) {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Whether it was raised.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut raised, _) =
            self.wake.wait_timeout_while(raised, timeout, |raised| !*raised).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *raised)
    }
}
