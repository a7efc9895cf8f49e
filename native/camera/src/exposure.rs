//! The wait for an exposure, the same for every camera that has no hardware of its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zarrcam_config::CameraSettings;
use zarrcam_frame::FrameStamp;

use crate::schedule::Schedule;
use crate::{CameraControl, Captured, Pacing, Wake};

/// How a run is timed, as the settings say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub exposure_time_us: f64,
    /// 0: as fast as possible.
    pub frame_period_us: f64,
    pub start_trigger: bool,
    pub frame_trigger: bool,
}

impl Timing {
    pub fn new(settings: &CameraSettings, frame_period_us: f64) -> Self {
        Self {
            exposure_time_us: settings.exposure_time_us,
            frame_period_us: zarrcam_config::frame_period_us(settings.exposure_time_us, frame_period_us),
            start_trigger: settings.input_triggers.acquisition_start.enable,
            frame_trigger: settings.input_triggers.frame_start.enable,
        }
    }

    pub fn pacing(&self) -> Pacing {
        if self.frame_trigger {
            Pacing::Triggered
        } else if self.frame_period_us > 0.0 {
            Pacing::Paced { frame_period_us: self.frame_period_us }
        } else {
            Pacing::AsFastAsPossible
        }
    }
}

/// A run under way.
pub struct Exposures {
    timing: Timing,
    started: Instant,
    /// Waits for its `acquisition_start` still.
    held: bool,
    /// Of the next frame. A free-running paced camera's lies in its schedule.
    next_id: u64,
    schedule: Option<Schedule>,
    /// A triggered frame begins no sooner than a period after the one before.
    earliest: Instant,
}

impl Exposures {
    pub fn start(timing: Timing) -> Self {
        let started = Instant::now();
        let schedule = match timing.pacing() {
            Pacing::Paced { frame_period_us } => {
                Some(Schedule { frame_period_us, exposure_time_us: timing.exposure_time_us, next_id: 0 })
            }
            _ => None,
        };
        Self { timing, started, held: timing.start_trigger, next_id: 0, schedule, earliest: started }
    }

    pub fn wait(&mut self, control: &CameraControl) -> Captured {
        if control.is_stopped() {
            return Captured::Stopped;
        }
        if self.held {
            if control.wait_trigger() == Wake::Stopped {
                return Captured::Stopped;
            }
            self.held = false;
            self.started = Instant::now();
            self.earliest = self.started;
        }
        let (hardware_id, hardware_clock_ns, complete) = if let Some(schedule) = &mut self.schedule {
            let due = schedule.next(self.started.elapsed().as_nanos() as u64);
            (due.id, due.begin_ns, self.started + Duration::from_nanos(due.complete_ns))
        } else {
            if self.timing.frame_trigger && control.wait_trigger() == Wake::Stopped {
                return Captured::Stopped;
            }
            let begin = self.earliest.max(Instant::now());
            self.earliest = begin + microseconds(self.timing.frame_period_us);
            let id = self.next_id;
            self.next_id += 1;
            let begin_ns = begin.duration_since(self.started).as_nanos() as u64;
            (id, begin_ns, begin + microseconds(self.timing.exposure_time_us))
        };
        if control.wait_until(complete) == Wake::Stopped {
            return Captured::Stopped;
        }
        let host_clock_ns = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
        Captured::Frame(FrameStamp { hardware_id, hardware_clock_ns, host_clock_ns })
    }
}

fn microseconds(us: f64) -> Duration {
    Duration::from_nanos((us * 1e3).round() as u64)
}
