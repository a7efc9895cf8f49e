use serde::Serialize;
use ts_rs::TS;
use zarrcam_config::{Configuration, PixelSize, Problem, ProblemCode, ResolvedStream, StorageFormat, VideoStream};

use crate::Plan;
use crate::frame_timing::StoredFrameTiming;

/// What a stream's settings mean, nothing left open, whether they are right or not.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ResolvedSettings {
    /// What people call the stream.
    pub name: String,
    /// Its settings.
    pub stream: ResolvedStream,
    /// The size of a pixel of a stored frame; `null`: not calibrated.
    pub pixel_size: Option<PixelSize>,
    /// The same along x and y, um, for files whose unit is fixed; `null`: not calibrated, or in a unit that nobody knows.
    pub pixel_size_um: Option<[f64; 2]>,
    /// What a recording of them takes.
    pub estimate: RecordingEstimate,
}

/// What a recording of one stream takes, by its plan where it has one, else by its pixels.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RecordingEstimate {
    /// Frames of the array; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frames: Option<u64>,
    /// How long it takes, s; `null`: until stopped, or the frame period is not known.
    pub duration_s: Option<f64>,
    /// Bytes on disk, before compression; `null`: until stopped.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Bytes of pixels a minute, before compression; `null`: the frame period is not known.
    pub bytes_per_minute: Option<f64>,
}

/// What the settings of each stream come to; `None`: there is no stream, or it is refused for its length, which is not said back.
pub fn resolved_settings(
    configuration: &Configuration,
    plans: &[Option<Plan>],
    problems: &[Problem],
) -> Vec<Option<ResolvedSettings>> {
    let is_too_long = |index: usize| {
        let prefix = format!("video[{index}].");
        problems.iter().any(|problem| problem.code == ProblemCode::TooLong && problem.path.starts_with(&prefix))
    };
    let streams = configuration.video.iter().zip(plans).enumerate();
    let settings = streams.map(|(index, (video, plan))| {
        (video.is_active() && !is_too_long(index)).then(|| settings_of(index, video, plan.as_ref()))
    });
    settings.collect()
}

fn settings_of(index: usize, video: &VideoStream, plan: Option<&Plan>) -> ResolvedSettings {
    let stream = video.resolve();
    let estimate = plan.map_or_else(
        || estimate_of_pixels(&stream),
        |plan| RecordingEstimate {
            frames: plan.frames,
            duration_s: plan.duration_s,
            bytes: plan.total_bytes,
            bytes_per_minute: plan.bytes_per_minute,
        },
    );
    ResolvedSettings {
        name: video.display_name(index),
        pixel_size: stream.storage.pixel_size(),
        pixel_size_um: stream.storage.pixel_size_um(),
        stream,
        estimate,
    }
}

/// What the pixels alone take, where something is wrong and there is no plan.
fn estimate_of_pixels(stream: &ResolvedStream) -> RecordingEstimate {
    let storage = &stream.storage;
    let frame_bytes = if storage.format == Some(StorageFormat::Trash) { 0 } else { storage.frame_bytes() };
    let frames = storage.frame_limit;
    let timing = StoredFrameTiming::of(stream);
    RecordingEstimate {
        frames,
        duration_s: frames.and_then(|frames| timing.duration_s(frames)),
        bytes: frames.map(|frames| frames.saturating_mul(frame_bytes)),
        bytes_per_minute: timing.frames_per_minute().map(|frames| frames * frame_bytes as f64),
    }
}
