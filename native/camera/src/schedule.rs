//! When frames are due, as arithmetic: no clock, no thread.

/// Frames that a paced camera keeps for a host that is late; older ones are lost. Real cameras have such memory too.
/// A busy two-core machine was seen to keep a thread waiting for 36 ms; this covers it up to 1,000 frames/s and more.
pub const CAMERA_MEMORY_FRAMES: u64 = 64;

/// The timetable of a free-running camera: frame `id` is exposed from `id * period` on. Absolute, so it never drifts.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub frame_period_us: f64,
    pub exposure_time_us: f64,
    pub next_id: u64,
}

/// The frame to deliver next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub id: u64,
    /// Its exposure begins, ns since the start.
    pub begin_ns: u64,
    /// It is complete, ns since the start.
    pub complete_ns: u64,
}

impl Schedule {
    /// The oldest frame that the camera still has, or the one that it exposes now.
    pub fn next(&mut self, now_ns: u64) -> Due {
        let since_first_us = now_ns as f64 / 1e3 - self.exposure_time_us;
        if since_first_us >= 0.0 {
            let newest_complete = (since_first_us / self.frame_period_us) as u64;
            self.next_id = self.next_id.max((newest_complete + 1).saturating_sub(CAMERA_MEMORY_FRAMES));
        }
        let id = self.next_id;
        self.next_id += 1;
        let begin_us = id as f64 * self.frame_period_us;
        Due {
            id,
            begin_ns: (begin_us * 1e3).round() as u64,
            complete_ns: ((begin_us + self.exposure_time_us) * 1e3).round() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(frame_period_us: f64, exposure_time_us: f64) -> Schedule {
        Schedule { frame_period_us, exposure_time_us, next_id: 0 }
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
        assert_eq!(schedule.next(day_ns).id, 864_000_000 - CAMERA_MEMORY_FRAMES);
        assert_eq!(schedule.next(day_ns).id, 864_000_001 - CAMERA_MEMORY_FRAMES);
    }
}
