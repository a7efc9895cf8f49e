use std::time::{Duration, Instant};

use zarrcam_camera::{Camera, CameraControl, Captured};
use zarrcam_config::{CameraSettings, InputTriggers, VideoStream};
use zarrcam_frame::{Frame, FramePool};

use super::measured_stream::cancelled;
use crate::error::{ErrorCode, RuntimeError};

/// A camera is watched for so long, and at least for one frame.
const CAMERA_TIME: Duration = Duration::from_millis(600);
/// Frames are kept for storage, so that it does not get the same one again and again: these, or as many as fit.
const MOST_KEPT: usize = 16;
const KEPT_BYTES: usize = 64 << 20;

/// What a camera gave, and how fast.
pub struct CameraSpeed {
    /// Frames a second.
    pub fps: f64,
    /// Some of its frames, for the measurement of storage.
    pub frames: Vec<Frame>,
}

/// Runs a camera for a moment, as fast as its exposure lets it, without triggers. It is left as it was found: configured, and
/// at rest.
pub fn time_camera(
    camera: &mut dyn Camera,
    video: &VideoStream,
    control: &CameraControl,
) -> Result<CameraSpeed, RuntimeError> {
    let settings = &video.camera.settings;
    // A trigger that nobody gives would be waited for, and a pause says nothing of the camera.
    let free_running = CameraSettings { input_triggers: InputTriggers::default(), ..settings.clone() };
    let taken = camera.configure(&free_running, 0.0).map_err(RuntimeError::from);
    let taken = taken.and_then(|applied| take_frames(camera, &applied.settings, control));
    camera.stop();
    let restored = camera.configure(settings, video.frame_period_us);
    let taken = taken?;
    restored?;
    Ok(taken)
}

fn take_frames(
    camera: &mut dyn Camera,
    settings: &CameraSettings,
    control: &CameraControl,
) -> Result<CameraSpeed, RuntimeError> {
    let kept = (KEPT_BYTES / camera.frame_bytes().max(1)).clamp(1, MOST_KEPT);
    let pool = FramePool::new(camera.frame_bytes(), kept + 1).map_err(RuntimeError::no_memory)?;
    let no_buffer = || RuntimeError::new(ErrorCode::Internal, "There is no buffer for the frame.");
    let mut passing = pool.try_take().ok_or_else(no_buffer)?;
    let [width, height] = settings.shape;
    let mut frames = Vec::with_capacity(kept);
    let mut arrivals_s = Vec::new();
    camera.start()?;
    let began = Instant::now();
    loop {
        let Captured::Frame(stamp) = camera.wait_exposure(control)? else { return Err(cancelled()) };
        match pool.try_take() {
            Some(mut buffer) => {
                camera.read_into(&mut buffer)?;
                let pixel_type = settings.pixel_type;
                frames.push(Frame { buffer: buffer.freeze(), width, height, pixel_type, stamp, metadata: None });
            }
            None => camera.read_into(&mut passing)?,
        }
        let elapsed = began.elapsed();
        arrivals_s.push(elapsed.as_secs_f64());
        if elapsed >= CAMERA_TIME {
            return Ok(CameraSpeed { fps: rate(&arrivals_s), frames });
        }
    }
}

/// The slope through all arrivals: a busy machine that is late for one frame, the last one too, changes little.
fn rate(arrivals_s: &[f64]) -> f64 {
    let count = arrivals_s.len() as f64;
    let mean_s = arrivals_s.iter().sum::<f64>() / count;
    let mean_index = (count - 1.0) / 2.0;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (index, at_s) in arrivals_s.iter().enumerate() {
        let from_mean = index as f64 - mean_index;
        covariance += from_mean * (at_s - mean_s);
        variance += from_mean * from_mean;
    }
    if covariance > 0.0 { variance / covariance } else { count / arrivals_s.last().copied().unwrap_or(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_late_frame_changes_the_rate_little() {
        let mut arrivals_s: Vec<f64> = (1..=30).map(|frame| f64::from(frame) * 0.02).collect();
        assert!((rate(&arrivals_s) - 50.0).abs() < 1e-9);
        *arrivals_s.last_mut().unwrap() += 0.03;
        assert!((rate(&arrivals_s) - 50.0).abs() < 1.0);
        assert_eq!(rate(&[0.8]), 1.25, "one frame in its exposure");
    }
}
