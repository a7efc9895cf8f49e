use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// "Look again": wakes the one who waits, or the next wait returns at once.
#[derive(Default)]
pub struct Signal {
    raised: Mutex<bool>,
    wake: Condvar,
}

impl Signal {
    /// Wakes whoever waits.
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

/// Notifies when it goes, by a panic as well.
pub struct NotifyAtEnd<'a>(pub &'a Signal);

impl Drop for NotifyAtEnd<'_> {
    fn drop(&mut self) {
        self.0.notify();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_panics_does_not_wait_for_ever() {
        let ended = Signal::default();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            std::thread::scope(|scope| {
                let _ended = NotifyAtEnd(&ended);
                scope.spawn(|| assert!(ended.wait_timeout(Duration::from_secs(60)), "it was told"));
                panic!("on purpose");
            })
        }));
        let panic = outcome.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
    }
}
