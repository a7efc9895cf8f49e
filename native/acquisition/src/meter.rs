//! Rates as measured, and what they foretell. Arithmetic on samples; the clock is the caller's.

use std::collections::VecDeque;

use zarrcam_config::duration_text;

use crate::Rates;

/// Rates are means over so long: short enough to follow, long enough to read.
const RATES_WINDOW_S: f64 = 2.0;
/// Writing to a disk comes in bursts; how fast it fills shows only over a longer time.
const DISK_WINDOW_S: f64 = 20.0;
/// Shorter than this, nothing is said about the disk.
const DISK_WINDOW_MIN_S: f64 = 4.0;
/// A buffer that fills later than that is no news.
const BUFFER_HORIZON_S: f64 = 60.0;
/// Nor is a disk that lasts longer than that, where a run has no end of its own.
const DISK_HORIZON_S: f64 = 3600.0;

/// How a stream stood at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Time since the start of the run, s.
    pub at_s: f64,
    /// Frames that the camera had exposed.
    pub captured: u64,
    /// Frames of the camera that were stored.
    pub stored: u64,
    /// Bytes of their pixels, before compression.
    pub stored_bytes: u64,
    /// Frames that waited for storage.
    pub queue_frames: u32,
    /// Buffers between camera and storage.
    pub queue_capacity: u32,
    /// Bytes that were free on the disk; `None`: nothing is written, or not known.
    pub disk_free_bytes: Option<u64>,
}

/// Tells rates from samples of the last 20 s.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    samples: VecDeque<Sample>,
}

impl Meter {
    /// Takes the next sample.
    pub fn push(&mut self, sample: Sample) {
        self.samples.push_back(sample);
        while self.samples.len() > 2 && self.samples[1].at_s <= sample.at_s - DISK_WINDOW_S {
            self.samples.pop_front();
        }
    }

    /// The newest sample, and the one about `window_s` before it.
    fn ends(&self, window_s: f64) -> Option<(&Sample, &Sample)> {
        let last = self.samples.back()?;
        let first =
            self.samples.iter().rev().skip(1).take_while(|sample| sample.at_s >= last.at_s - window_s - 1e-3).last();
        first.map(|first| (first, last))
    }

    /// The mean rates of the last two seconds.
    pub fn rates(&self) -> Rates {
        let Some((first, last)) = self.ends(RATES_WINDOW_S) else { return Rates::default() };
        let seconds = (last.at_s - first.at_s).max(1e-6);
        let per_second = |first: u64, last: u64| last.saturating_sub(first) as f64 / seconds;
        Rates {
            camera_fps: per_second(first.captured, last.captured),
            stored_fps: per_second(first.stored, last.stored),
            stored_bytes_per_s: per_second(first.stored_bytes, last.stored_bytes),
        }
    }

    /// Time until no buffer is free, s; `None`: the queue does not grow.
    pub fn buffer_full_in_s(&self) -> Option<f64> {
        let (first, last) = self.ends(RATES_WINDOW_S)?;
        let growth = f64::from(last.queue_frames) - f64::from(first.queue_frames);
        let filled = f64::from(last.queue_frames) / f64::from(last.queue_capacity.max(1));
        if growth <= 0.0 || filled < 0.1 {
            return None;
        }
        let free_buffers = f64::from(last.queue_capacity.saturating_sub(last.queue_frames));
        Some(free_buffers / (growth / (last.at_s - first.at_s)))
    }

    /// Time until the disk is full, s, from how its free bytes became fewer; what others write to it counts as well. `None`: they
    /// did not, or it is too early to say.
    pub fn disk_full_in_s(&self) -> Option<f64> {
        let (first, last) = self.ends(DISK_WINDOW_S)?;
        let seconds = last.at_s - first.at_s;
        let shrunk = first.disk_free_bytes?.checked_sub(last.disk_free_bytes?)?;
        if seconds < DISK_WINDOW_MIN_S || shrunk == 0 {
            return None;
        }
        Some(last.disk_free_bytes? as f64 / (shrunk as f64 / seconds))
    }

    /// Warnings for people. `remaining_s`: how long the run still takes, s; `None`: it has no end of its own.
    pub fn warnings(&self, remaining_s: Option<f64>) -> Vec<String> {
        let mut warnings = Vec::new();
        let before_the_end = |seconds: f64| remaining_s.is_none_or(|remaining_s| seconds < remaining_s);
        if let Some(last) = self.samples.back()
            && last.queue_capacity > 0
            && last.queue_frames >= last.queue_capacity
        {
            warnings.push("buffer full: frames are being lost, or the camera waits".to_owned());
        } else if let Some(seconds) = self.buffer_full_in_s()
            && seconds < BUFFER_HORIZON_S
            && before_the_end(seconds)
        {
            warnings.push(format!("buffer full in {}", duration_text(seconds)));
        }
        if let Some(seconds) = self.disk_full_in_s()
            && before_the_end(seconds)
            && (remaining_s.is_some() || seconds < DISK_HORIZON_S)
        {
            warnings.push(format!("disk full in {}", duration_text(seconds)));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(sample: impl Fn(f64) -> Sample) -> Meter {
        let mut meter = Meter::default();
        for quarter in 0..=120 {
            meter.push(sample(f64::from(quarter) / 4.0));
        }
        meter
    }

    #[test]
    fn rates_are_of_the_last_two_seconds() {
        // 10 fps for 28 s, 100 fps after that.
        let captured = |at_s: f64| if at_s < 28.0 { at_s * 10.0 } else { 280.0 + (at_s - 28.0) * 100.0 } as u64;
        let meter = meter(|at_s| Sample {
            at_s,
            captured: captured(at_s),
            stored: 5,
            stored_bytes: captured(at_s) * 1000,
            ..Sample::default()
        });
        assert_eq!(meter.rates(), Rates { camera_fps: 100.0, stored_fps: 0.0, stored_bytes_per_s: 1e5 });
        assert_eq!(Meter::default().rates(), Rates::default());
    }

    #[test]
    fn a_growing_queue_is_foretold() {
        let growing = |step: f64| {
            meter(|at_s| Sample { at_s, queue_frames: (at_s * step) as u32, queue_capacity: 100, ..Sample::default() })
        };
        assert_eq!(growing(2.0).warnings(None), ["buffer full in 20 s"]);
        assert_eq!(growing(2.0).warnings(Some(10.0)), [""; 0], "the run ends before");
        assert_eq!(growing(0.0).warnings(None), [""; 0]);
        assert!(growing(10.0).warnings(None)[0].starts_with("buffer full:"));
    }

    #[test]
    fn a_filling_disk_is_foretold() {
        let meter = meter(|at_s| Sample {
            at_s,
            disk_free_bytes: Some(100_000_000_000 - (at_s * 1e8) as u64),
            ..Sample::default()
        });
        assert_eq!(meter.disk_full_in_s().map(f64::round), Some(970.0));
        assert_eq!(meter.warnings(Some(2000.0)), ["disk full in 16 min"]);
        assert_eq!(meter.warnings(None), ["disk full in 16 min"]);
        assert_eq!(meter.warnings(Some(500.0)), [""; 0]);
    }
}
