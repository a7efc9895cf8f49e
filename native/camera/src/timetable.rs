//! Which frame comes next and when, for every camera that has no hardware of its own: arithmetic, for whoever waits and has the
//! clock.

use crate::Pacing;
use crate::schedule::{Due, Schedule, memory_frames};
use crate::timing::Timing;

/// The frames of a run under way. All times are ns since the run's start.
pub struct Timetable {
    timing: Timing,
    /// The last frame was handed over then: what came since is the camera's and its host's work.
    handed_over_ns: Option<u64>,
    /// How long the camera took to make the last frame.
    frame_took_ns: u64,
    /// The id of the next frame. That of a free-running paced camera lies in its schedule.
    next_id: u64,
    schedule: Option<Schedule>,
    /// A triggered frame begins no sooner than a period after the one before.
    earliest_ns: u64,
}

impl Timetable {
    pub fn new(timing: Timing) -> Self {
        let schedule = match timing.pacing() {
            Pacing::Paced { frame_period_us } if !timing.is_held_up() => {
                let exposure_time_us = timing.exposure_time_us;
                Some(Schedule { frame_period_us, exposure_time_us, next_id: 0, behind_us: 0.0 })
            }
            _ => None,
        };
        Self { timing, handed_over_ns: None, frame_took_ns: 0, next_id: 0, schedule, earliest_ns: 0 }
    }

    /// Whether the next frame is exposed by a pulse.
    pub fn awaits_pulse(&self) -> bool {
        self.schedule.is_none() && self.timing.frame_trigger
    }

    /// How long the camera took to make the last frame.
    pub fn frame_took(&mut self, time_ns: u64) {
        self.frame_took_ns = time_ns;
    }

    /// Somebody has the frame now.
    pub fn handed_over(&mut self, now_ns: u64) {
        self.handed_over_ns = Some(now_ns);
    }

    /// A slow camera is no late host: what it took to make the frame, and its thread to come back, is its own time. A
    /// thread that was away for longer than the camera's memory was not at its post.
    fn own_time_us(&mut self, now_ns: u64) -> f64 {
        let made_us = std::mem::take(&mut self.frame_took_ns) as f64 / 1e3;
        let (Some(handed_over_ns), Some(schedule)) = (self.handed_over_ns, &self.schedule) else { return 0.0 };
        let besides_us = now_ns.saturating_sub(handed_over_ns) as f64 / 1e3 - made_us;
        let memory_us = memory_frames(schedule.frame_period_us) as f64 * schedule.frame_period_us;
        made_us + if besides_us <= memory_us { besides_us } else { 0.0 }
    }

    /// The frame to deliver next, for a host that comes now.
    pub fn next(&mut self, now_ns: u64) -> Due {
        let own_time_us = self.own_time_us(now_ns);
        if let Some(schedule) = &mut self.schedule {
            schedule.fall_behind(now_ns, own_time_us - schedule.frame_period_us);
            return schedule.next(now_ns);
        }
        // Held up by its own work, it exposes while it makes the frame before; else it waits to be asked.
        let overlap_us = if self.timing.is_held_up() { self.timing.exposure_time_us } else { 0.0 };
        let begin_ns = self.earliest_ns.max(now_ns.saturating_sub(nanoseconds(overlap_us)));
        self.earliest_ns = begin_ns + nanoseconds(self.timing.frame_period_us);
        let id = self.next_id;
        self.next_id += 1;
        Due { id, begin_ns, complete_ns: begin_ns + nanoseconds(self.timing.exposure_time_us) }
    }
}

fn nanoseconds(us: f64) -> u64 {
    (us * 1e3).round() as u64
}
