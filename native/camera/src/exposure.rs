//! The wait for an exposure, the same for every camera that has no hardware of its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zarrcam_frame::FrameStamp;

use crate::timetable::Timetable;
use crate::timing::Timing;
use crate::{CameraControl, Captured, Wake};

/// A run under way.
pub struct Exposures {
    started: Instant,
    /// Whether its `acquisition_start` trigger has not come yet.
    awaits_start: bool,
    timetable: Timetable,
}

impl Exposures {
    pub fn start(timing: Timing) -> Self {
        Self { started: Instant::now(), awaits_start: timing.start_trigger, timetable: Timetable::new(timing) }
    }

    /// How long the camera took to make the last frame.
    pub fn frame_took(&mut self, time: Duration) {
        self.timetable.frame_took(time.as_nanos() as u64);
    }

    pub fn wait(&mut self, control: &CameraControl) -> Captured {
        let captured = self.next(control);
        self.timetable.handed_over(self.now_ns());
        captured
    }

    fn now_ns(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    fn next(&mut self, control: &CameraControl) -> Captured {
        if control.is_stopped() {
            return Captured::Stopped;
        }
        if self.awaits_start {
            if control.wait_trigger() == Wake::Stopped {
                return Captured::Stopped;
            }
            self.awaits_start = false;
            self.started = Instant::now();
        }
        if self.timetable.awaits_pulse() && control.wait_trigger() == Wake::Stopped {
            return Captured::Stopped;
        }
        let due = self.timetable.next(self.now_ns());
        if control.wait_until(self.started + Duration::from_nanos(due.complete_ns)) == Wake::Stopped {
            return Captured::Stopped;
        }
        let unix_ns = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
        Captured::Frame(FrameStamp { hardware_id: due.id, hardware_clock_ns: due.begin_ns, unix_ns })
    }
}
