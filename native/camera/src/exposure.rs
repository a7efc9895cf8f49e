//! The wait for an exposure, the same for every camera that has no hardware of its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zarrcam_config::CameraSettings;
use zarrcam_frame::FrameStamp;

use crate::schedule::{Schedule, memory_frames};
use crate::{CameraControl, Captured, Pacing, Wake};

/// How a run is timed, as the settings say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub exposure_time_us: f64,
    /// As asked for; 0: as fast as possible.
    pub frame_period_us: f64,
    /// The camera takes at least so long to make a frame.
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
    fn is_held_up(&self) -> bool {
        self.frame_time_us > self.frame_period_us
    }
}

/// A run under way.
pub struct Exposures {
    timing: Timing,
    started: Instant,
    /// Until its `acquisition_start` trigger came.
    awaits_start: bool,
    /// The last wait ended then: what came since is the camera's and its host's work.
    handed_over: Option<Instant>,
    /// To make the last frame took so long.
    frame_took: Duration,
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
            Pacing::Paced { frame_period_us } if !timing.is_held_up() => {
                let exposure_time_us = timing.exposure_time_us;
                Some(Schedule { frame_period_us, exposure_time_us, next_id: 0, behind_us: 0.0 })
            }
            _ => None,
        };
        let (handed_over, frame_took) = (None, Duration::ZERO);
        Self {
            handed_over,
            frame_took,
            timing,
            started,
            awaits_start: timing.start_trigger,
            next_id: 0,
            schedule,
            earliest: started,
        }
    }

    /// To make the last frame took so long.
    pub fn frame_took(&mut self, time: Duration) {
        self.frame_took = time;
    }

    pub fn wait(&mut self, control: &CameraControl) -> Captured {
        let captured = self.next(control);
        self.handed_over = Some(Instant::now());
        captured
    }

    /// A slow camera is no late host: what it took to make the frame, and its thread to come back, is its own time. A
    /// thread that was away for longer than the camera's memory was not at its post.
    fn own_time_us(&self) -> f64 {
        let (Some(handed_over), Some(schedule)) = (self.handed_over, &self.schedule) else { return 0.0 };
        let made_us = self.frame_took.as_secs_f64() * 1e6;
        let besides_us = handed_over.elapsed().as_secs_f64() * 1e6 - made_us;
        let memory_us = memory_frames(schedule.frame_period_us) as f64 * schedule.frame_period_us;
        made_us + if besides_us <= memory_us { besides_us } else { 0.0 }
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
            self.earliest = self.started;
        }
        let own_time_us = self.own_time_us();
        self.frame_took = Duration::ZERO;
        let (hardware_id, hardware_clock_ns, complete) = if let Some(schedule) = &mut self.schedule {
            let now_ns = self.started.elapsed().as_nanos() as u64;
            schedule.fall_behind(now_ns, own_time_us - schedule.frame_period_us);
            let due = schedule.next(now_ns);
            (due.id, due.begin_ns, self.started + Duration::from_nanos(due.complete_ns))
        } else {
            if self.timing.frame_trigger && control.wait_trigger() == Wake::Stopped {
                return Captured::Stopped;
            }
            // Held up by its own work, it exposes while it makes the frame before; else it waits to be asked.
            let overlap_us = if self.timing.is_held_up() { self.timing.exposure_time_us } else { 0.0 };
            let now = Instant::now();
            let begin = self.earliest.max(now.checked_sub(microseconds(overlap_us)).unwrap_or(now));
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
