use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_camera::{CameraControl, Wake};
use zarrcam_frame::{Frame, FramePool, Mean};
use zarrcam_storage::{SinkEvent, StorageError, open_sink};

use super::measured_stream::{MeasuredStream, cancelled};
use super::temporary_folder::TemporaryFolder;
use crate::error::RuntimeError;
use crate::run_id::new_run_id;
use crate::stream::sizing::mean_frames;
use crate::stream::{add_to_mean, sink_spec};

/// Storage works for so long, closing what it wrote included.
const STORAGE_TIME: Duration = Duration::from_millis(1400);
/// The first trial gives it frames for so long. What closing it cost tells how long the next one may.
const FIRST_TRIAL: Duration = Duration::from_millis(60);
/// No trial is longer than the one before by more than this factor: a layer of chunks that only a longer one completes costs
/// more to close.
const LONGER: u32 = 6;

/// What storage took from the first frame until it was closed.
pub struct StorageSpeed {
    /// Frames of the camera a second.
    pub fps: f64,
    /// Bytes of pixels, before compression.
    pub bytes: u64,
    /// How long it took, s.
    pub seconds: f64,
}

/// Gives the frames to the stream's own storage again and again, as fast as it takes them.
///
/// Storage works behind the caller's back, and by the end may have much more to do than it took time to hand over (small
/// chunks, a slow disk). So there are trials, each as long as the one before allows; the last one counts.
pub fn time_storage(
    stream: &MeasuredStream,
    frames: &[Frame],
    most_bytes: u64,
    control: &CameraControl,
) -> Result<StorageSpeed, RuntimeError> {
    let at_field = |error: RuntimeError| error.at(format!("video[{}].storage.settings.uri", stream.index));
    let mut left = STORAGE_TIME;
    let mut giving = FIRST_TRIAL;
    loop {
        let folder = stream.target.as_deref().map(TemporaryFolder::beside).transpose().map_err(at_field)?;
        let path = folder.as_ref().map(TemporaryFolder::target);
        let (stored, gave) = try_storage(stream, path, frames, giving, most_bytes, control)?;
        if control.is_stopped() {
            return Err(cancelled());
        }
        left = left.saturating_sub(Duration::from_secs_f64(stored.seconds));
        let next = left.mul_f64((gave / stored.seconds).min(1.0)).min(giving * LONGER);
        if next < giving || stored.bytes >= most_bytes {
            return Ok(stored);
        }
        giving = next;
    }
}

/// One sink from beginning to end, and for how many seconds it was given frames.
fn try_storage(
    stream: &MeasuredStream,
    path: Option<PathBuf>,
    frames: &[Frame],
    giving: Duration,
    most_bytes: u64,
    control: &CameraControl,
) -> Result<(StorageSpeed, f64), RuntimeError> {
    let video = &stream.video;
    let resolved = video.resolve();
    let failed: Arc<Mutex<Option<Arc<StorageError>>>> = Arc::default();
    let failure = Arc::clone(&failed);
    let events = Arc::new(move |event: SinkEvent| {
        if let SinkEvent::Failed(error) = event {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    });
    let mut sink = open_sink(sink_spec(video, resolved.storage.clone(), path, &new_run_id()), events)?;
    let means = resolved.mean_bytes().map(|bytes| FramePool::new(bytes, mean_frames(bytes))).transpose();
    let means = means.map_err(RuntimeError::no_memory)?;
    let settings = &video.camera.settings;
    let pixels = settings.shape[0] as usize * settings.shape[1] as usize;
    let mut mean = means.as_ref().map(|pool| (Mean::new(pixels, settings.pixel_type), pool));
    let delay = Duration::from_secs_f64(video.storage.write_delay_ms.max(0.0) / 1e3);
    let frames_averaged = u64::from(resolved.frames_averaged);
    let frame_bytes = resolved.storage.frame_bytes();

    let began = Instant::now();
    let (mut given, mut frame_index) = (0_u64, 0_u64);
    for frame in frames.iter().cycle() {
        if began.elapsed() >= giving && frame_index > 0 || frame_index * frame_bytes >= most_bytes {
            break;
        }
        // Where storage is told to be slow, it is.
        if control.is_stopped() || !delay.is_zero() && control.wait_until(Instant::now() + delay) == Wake::Stopped {
            break;
        }
        given += 1;
        let whole = match &mut mean {
            None => Some(frame.clone()),
            Some((mean, pool)) => add_to_mean(mean, pool, frame.clone(), given.is_multiple_of(frames_averaged)),
        };
        if let Some(frame) = whole {
            sink.append(frame_index, frame)?;
            frame_index += 1;
        }
    }
    let gave = began.elapsed().as_secs_f64();
    sink.finish(control.is_stopped())?;
    let seconds = began.elapsed().as_secs_f64();
    if let Some(error) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(StorageError::clone(&error).into());
    }
    let stored = (frame_index * frames_averaged) as f64;
    Ok((StorageSpeed { fps: stored / seconds, bytes: frame_index * frame_bytes, seconds }, gave))
}
