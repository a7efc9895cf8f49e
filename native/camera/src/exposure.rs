//! The wait for an exposure, the same for every camera that has no hardware of its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zarrcam_config::CameraSettings;
use zarrcam_frame::FrameStamp;

use crate::timetable::Timetable;
use crate::{CameraControl, Captured, Pacing, Wake};

/// How a run is timed, as the settings say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub exposure_time_us: f64,
    /// Time from frame to frame that is asked for, us; 0: as fast as possible.
    pub frame_period_us: f64,
    /// Time that the camera takes at least to make a frame, us.
    pub frame_time_us: f64,
    pub start_trigger: bool,
    pub frame_trigger: bool,
}

impl Timing {
    pub fn new(settings: &CameraSettings, frame_period_us: f64, frame_time_us: f64) -> Self {
        Self {
            exposure_time_us: settings.exposure_time_us,
            frame_period_us: zarrcam_config::frame_period_us(settings.exposure_time_us, frame_period_us),
            frame_time_us,
            start_trigger: settings.input_triggers.acquisition_start.enable,
            frame_trigger: settings.input_triggers.frame_start.enable,
        }
    }

    pub fn pacing(&self) -> Pacing {
        if self.frame_trigger {
            Pacing::Triggered
        } else if self.frame_period_us > 0.0 {
            Pacing::Paced { frame_period_us: self.frame_period_us.max(self.frame_time_us) }
        } else {
            Pacing::AsFastAsPossible
        }
    }

    /// Asked for more than it can: frames come as it makes them, and there is no timetable.
    pub fn is_held_up(&self) -> bool {
        self.frame_time_us > self.frame_period_us
    }
}

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
