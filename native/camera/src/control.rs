use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Triggers and stops a camera from another thread. Clones are the same control; make one for each run.
#[derive(Clone, Default)]
pub struct CameraControl {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    triggers: u64,
    stopped: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// What was waited for is here.
    Ready,
    /// [`CameraControl::stop`] was called.
    Stopped,
}

impl CameraControl {
    /// The control of a run that begins: no pulses wait, and it is not stopped.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag and a number are never half changed, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives one pulse on the line `software`. Pulses that come while the camera is busy wait their turn: none is lost.
    pub fn trigger(&self) {
        self.lock().triggers += 1;
        self.shared.changed.notify_all();
    }

    /// How many pulses no frame has used yet.
    pub fn pending_triggers(&self) -> u64 {
        self.lock().triggers
    }

    /// Ends the wait for a trigger or an exposure, now and for good.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.shared.changed.notify_all();
    }

    /// Whether [`stop`](Self::stop) was called.
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Waits for a pulse and uses it up; cameras call it.
    pub fn wait_trigger(&self) -> Wake {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return Wake::Stopped;
            }
            if state.triggers > 0 {
                state.triggers -= 1;
                return Wake::Ready;
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sleeps until `deadline`; cameras call it.
    pub fn wait_until(&self, deadline: Instant) -> Wake {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return Wake::Stopped;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Wake::Ready;
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_pulse_is_used_once() {
        let control = CameraControl::new();
        control.trigger();
        control.trigger();
        assert_eq!((control.wait_trigger(), control.wait_trigger()), (Wake::Ready, Wake::Ready));
        assert_eq!(control.pending_triggers(), 0);
    }

    #[test]
    fn stop_ends_both_waits_and_goes_before_pending_pulses() {
        let control = CameraControl::new();
        let waiter = thread::spawn({
            let control = control.clone();
            move || (control.wait_trigger(), control.wait_until(Instant::now() + Duration::from_secs(3600)))
        });
        thread::sleep(Duration::from_millis(10));
        control.stop();
        assert_eq!(waiter.join().unwrap(), (Wake::Stopped, Wake::Stopped));
        control.trigger();
        assert_eq!(control.wait_trigger(), Wake::Stopped);
    }

    #[test]
    fn a_pulse_does_not_cut_an_exposure_short() {
        let control = CameraControl::new();
        let deadline = Instant::now() + Duration::from_millis(30);
        let waiter = thread::spawn({
            let control = control.clone();
            move || (control.wait_until(deadline), Instant::now())
        });
        control.trigger();
        let (wake, end) = waiter.join().unwrap();
        assert_eq!(wake, Wake::Ready);
        assert!(end >= deadline);
        assert_eq!(control.pending_triggers(), 1);
    }
}
