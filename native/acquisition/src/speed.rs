use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_config::Configuration;

/// What cameras and storage reach with a configuration, beside what it asks of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SpeedReport {
    /// When the measurement ended, by the wall clock of the camera computer, ms since 1970-01-01 UTC.
    pub measured_unix_ms: f64,
    /// What was measured: the figures hold for these settings.
    pub configuration: Configuration,
    /// One entry for each stream that has a camera.
    pub streams: Vec<StreamSpeed>,
}

/// What one stream reaches. Rates are in camera frames, also where a stored frame is the mean of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StreamSpeed {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// What people call the stream.
    pub name: String,
    /// Frames a second that the configuration asks while the camera runs; `null`: as fast as it can, or one a trigger.
    pub asked_fps: Option<f64>,
    /// Frames a second of the camera alone, without its triggers and with no pause between exposures.
    pub camera_fps: f64,
    /// Bytes of pixels a second of the camera alone.
    pub camera_bytes_per_s: f64,
    /// Frames a second that storage alone takes, until all of it is stored, sealed and closed.
    pub stored_fps: f64,
    /// Bytes of pixels a second that storage alone takes, before compression.
    pub stored_bytes_per_s: f64,
    /// Bytes of pixels that were written to measure this, before compression. All of it is deleted.
    #[ts(type = "number")]
    pub stored_bytes: u64,
    /// How long after the start no buffer would be free, and frames would be lost, s; `null`: not before the end of the run.
    pub loses_after_s: Option<f64>,
}

/// How measuring goes on, and at its end what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SpeedProgress {
    /// How much of it is done, from 0 to 1.
    pub share: f64,
    /// What was measured, at the end.
    pub report: Option<SpeedReport>,
}

/// What a stream asks of its storage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedNeed {
    /// Frames a second while the camera runs.
    pub asked_fps: f64,
    /// Frames of the whole run; `None`: until stopped.
    pub frames: Option<u64>,
    /// Frames of a time point and the time from one to the next, s; `None`: without a pause.
    pub time_points: Option<(u64, f64)>,
    /// Frames that can wait between camera and storage.
    pub buffers: u64,
}

impl SpeedNeed {
    /// When the buffers would be full, s after the start; `None`: not before the end of the run.
    pub fn loses_after_s(&self, stored_fps: f64) -> Option<f64> {
        let buffers = self.buffers as f64;
        let surplus_fps = self.asked_fps - stored_fps;
        if surplus_fps <= 0.0 {
            return None;
        }
        let frames = self.frames.map_or(f64::INFINITY, |frames| frames as f64);
        let full_s = buffers / surplus_fps;
        // With pauses that storage can use. Shorter than what the camera takes for its frames they are none.
        let pauses = self.time_points.filter(|(each, interval_s)| *each as f64 / self.asked_fps < *interval_s);
        let Some((each, interval_s)) = pauses else {
            return (full_s < frames / self.asked_fps).then_some(full_s);
        };
        let each = each as f64;
        let burst_s = each.min(frames) / self.asked_fps;
        if full_s < burst_s {
            return Some(full_s);
        }
        let left_over = each - stored_fps * interval_s;
        if left_over <= 0.0 {
            return None;
        }
        let room = buffers - surplus_fps * burst_s;
        let full_s = (room / left_over).ceil() * interval_s;
        (full_s < (frames / each).ceil() * interval_s).then_some(full_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDLESS: SpeedNeed = SpeedNeed { asked_fps: 100.0, frames: None, time_points: None, buffers: 50 };

    #[test]
    fn storage_as_fast_as_asked_loses_nothing() {
        assert_eq!(ENDLESS.loses_after_s(100.0), None);
        assert_eq!(ENDLESS.loses_after_s(1000.0), None);
    }

    #[test]
    fn slower_storage_loses_once_the_buffers_are_full() {
        assert_eq!(ENDLESS.loses_after_s(90.0), Some(5.0));
        let limited = |frames| SpeedNeed { frames: Some(frames), ..ENDLESS };
        assert_eq!(limited(499).loses_after_s(90.0), None, "the run ends before");
        assert_eq!(limited(501).loses_after_s(90.0), Some(5.0));
    }

    #[test]
    fn pauses_between_time_points_let_storage_catch_up() {
        // 40 frames in 0.4 s, then nothing until the second is over.
        let need = SpeedNeed { time_points: Some((40, 1.0)), ..ENDLESS };
        assert_eq!(need.loses_after_s(40.0), None);
        assert_eq!(SpeedNeed { buffers: 10, ..need }.loses_after_s(40.0), Some(10.0 / 60.0), "a burst does not fit");
        // Ten frames are left over each second; 50 - 28 buffers hold those of three.
        assert_eq!(need.loses_after_s(30.0), Some(3.0));
        assert_eq!(SpeedNeed { frames: Some(80), ..need }.loses_after_s(30.0), None, "two time points only");
        // The interval is too short to be kept: the camera never rests.
        assert_eq!(SpeedNeed { time_points: Some((200, 1.0)), ..ENDLESS }.loses_after_s(90.0), Some(5.0));
    }
}
