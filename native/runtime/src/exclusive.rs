//! Calls that may not overlap.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One operation at a time holds it, for as long as it takes; others wait.
#[derive(Default)]
pub struct Exclusive {
    operation: Mutex<()>,
    waiting: AtomicUsize,
}

/// Held by the operation.
pub type ExclusiveGuard<'a> = MutexGuard<'a, ()>;

impl Exclusive {
    /// Waits for its turn. `give_way` is called when it is known that somebody waits: it ends what need not be waited for.
    pub fn begin(&self, give_way: impl FnOnce()) -> ExclusiveGuard<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        give_way();
        let guard = self.operation.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        guard
    }

    /// Whether somebody waits for the operation's end.
    pub fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }
}
