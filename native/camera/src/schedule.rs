//! When frames are due, as arithmetic: no clock, no thread.

/// Frames that a paced camera keeps for a host that is late; older ones are lost. Real cameras have such memory too.
pub const CAMERA_MEMORY_FRAMES: u64 = 64;
/// Time of which a camera keeps the frames where those are more, us: a busy two-core machine was seen to keep a thread waiting
/// for 36 ms, whatever the frame rate.
const MEMORY_US: f64 = 64_000.0;

/// Frames that a camera of this period keeps.
pub fn memory_frames(frame_period_us: f64) -> u64 {
    // A period is above 0; of a millionth of a microsecond the memory still has a number.
    CAMERA_MEMORY_FRAMES.max((MEMORY_US / frame_period_us).ceil() as u64)
}

/// The timetable of a free-running camera: frame `id` is exposed from `id * period` on. Absolute, so it never drifts; a
/// camera that cannot make its frames in time falls behind it instead of losing them ([`Self::fall_behind`]).
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Time from frame to frame, us.
    pub frame_period_us: f64,
    /// How long light is collected for a frame, us.
    pub exposure_time_us: f64,
    /// The id of the next frame.
    pub next_id: u64,
    /// How much later than its timetable the camera is by now, us.
    pub behind_us: f64,
}

/// The frame to deliver next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its id.
    pub id: u64,
    /// When its exposure begins, ns since the start.
    pub begin_ns: u64,
    /// When it is complete, ns since the start.
    pub complete_ns: u64,
}

impl Schedule {
    /// The oldest frame that the camera still has, or the one that it exposes now.
    pub fn next(&mut self, now_ns: u64) -> Due {
        let since_first_us = now_ns as f64 / 1e3 - self.behind_us - self.exposure_time_us;
        if since_first_us >= 0.0 {
            let newest_complete = (since_first_us / self.frame_period_us) as u64;
            let kept = memory_frames(self.frame_period_us);
            self.next_id = self.next_id.max((newest_complete + 1).saturating_sub(kept));
        }
        let id = self.next_id;
        self.next_id += 1;
        let begin_us = id as f64 * self.frame_period_us + self.behind_us;
        Due {
            id,
            begin_ns: (begin_us * 1e3).round() as u64,
            complete_ns: ((begin_us + self.exposure_time_us) * 1e3).round() as u64,
        }
    }

    /// A frame took `too_long_us` longer than its period to be made. That is caught up from the camera's memory, half of it;
    /// beyond, the camera is slower than it was asked to be, and its timetable with it.
    pub fn fall_behind(&mut self, now_ns: u64, too_long_us: f64) {
        let complete_us = self.next_id as f64 * self.frame_period_us + self.behind_us + self.exposure_time_us;
        let caught_up_us = memory_frames(self.frame_period_us) as f64 * self.frame_period_us / 2.0;
        let late_us = now_ns as f64 / 1e3 - complete_us - caught_up_us;
        self.behind_us += late_us.min(too_long_us).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(frame_period_us: f64, exposure_time_us: f64) -> Schedule {
        Schedule { frame_period_us, exposure_time_us, next_id: 0, behind_us: 0.0 }
    }

    #[test]
    fn a_host_in_time_gets_every_frame_and_no_drift() {
        let mut schedule = schedule(1e6 / 30.0, 1e4);
        for id in 0..1_000_000 {
            let begin_ns = (id as f64 * 1e9 / 30.0).round() as u64;
            // The host asks as soon as it has the frame before, and is 3 ms late with that.
            let now_ns = begin_ns.saturating_sub(30_000_000 - 10_000_000 - 3_000_000);
            let due = schedule.next(now_ns);
            assert_eq!(due.id, id);
            assert!(due.begin_ns.abs_diff(begin_ns) <= 2, "frame {id}: {} instead of {begin_ns}", due.begin_ns);
            assert!(due.complete_ns.abs_diff(begin_ns + 10_000_000) <= 2);
        }
    }

    #[test]
    fn a_late_host_gets_what_the_camera_kept() {
        let mut schedule = schedule(1000.0, 1000.0);
        assert_eq!(schedule.next(0).id, 0);
        // At 65 ms frames 0 to 64 are complete; 0 was delivered, 1 to 64 are kept.
        assert_eq!(schedule.next(65_000_000).id, 1);
        // At 80 ms frames up to 79 are complete, the 64 newest of them are 16 to 79.
        assert_eq!(schedule.next(80_000_000).id, 16);
        assert_eq!(schedule.next(80_000_000).id, 17);
    }

    #[test]
    fn nobody_there_for_a_day_is_one_jump() {
        let mut schedule = schedule(100.0, 100.0);
        let day_ns = 86_400_000_000_000;
        assert_eq!(memory_frames(100.0), 640, "of 64 ms");
        assert_eq!(schedule.next(day_ns).id, 864_000_000 - 640);
        assert_eq!(schedule.next(day_ns).id, 864_000_001 - 640);
    }

    #[test]
    fn a_camera_that_is_slow_itself_loses_nothing() {
        // Asked for a frame every 100 us, it takes 350.
        let mut schedule = schedule(100.0, 100.0);
        let mut now_us = 0.0;
        for id in 0..100_000 {
            let due = schedule.next((now_us * 1e3) as u64);
            assert_eq!(due.id, id);
            now_us = f64::max(now_us, due.complete_ns as f64 / 1e3) + 350.0;
            schedule.fall_behind((now_us * 1e3) as u64, 250.0);
        }
        assert!((now_us / 100_000.0 - 350.0).abs() < 1.0, "{now_us}");
        // Whoever is late besides, by more than it keeps, loses what came meanwhile.
        now_us += 200_000.0;
        schedule.fall_behind((now_us * 1e3) as u64, 250.0);
        assert!(schedule.next((now_us * 1e3) as u64).id > 100_000 + 1_000);
    }

    #[test]
    fn what_is_caught_up_leaves_the_timetable_as_it_was() {
        let mut schedule = schedule(1000.0, 1000.0);
        for id in 0..10_000 {
            // Each tenth frame takes 5 ms.
            let now_us = id as f64 * 1000.0 + if id % 10 == 0 { 5000.0 } else { 0.0 };
            schedule.fall_behind((now_us * 1e3) as u64, 4000.0);
            assert_eq!((schedule.next((now_us * 1e3) as u64).id, schedule.behind_us), (id, 0.0));
        }
    }
}
