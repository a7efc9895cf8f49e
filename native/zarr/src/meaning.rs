use serde::Serialize;
use ts_rs::TS;
use zarrcam_config::{Configuration, PixelSize, Problem, ProblemCode, ResolvedStream, StorageFormat, VideoStream};

use crate::Plan;
use crate::pace::Pace;

/// What a stream's settings mean, nothing left open, whether they are right or not.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Meaning {
    /// What people call it.
    pub name: String,
    /// Its settings.
    pub stream: ResolvedStream,
    /// Of a pixel of a stored frame; `null`: not calibrated.
    pub pixel_size: Option<PixelSize>,
    /// The same along x and y, um, for files whose unit is fixed; `null`: not calibrated, or in a unit that nobody knows.
    pub pixel_size_um: Option<[f64; 2]>,
    /// What a recording of it takes.
    pub cost: Cost,
}

/// What a recording takes, by the plan where there is one.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Cost {
    /// To be stored; `null`: until stopped.
    #[ts(type = "number | null")]
    pub frames: Option<u64>,
    /// `null`: until stopped, or nobody knows.
    pub duration_s: Option<f64>,
    /// On disk, before compression; `null`: until stopped.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// `null`: nobody knows.
    pub bytes_per_minute: Option<f64>,
}

/// What the streams mean, one entry a stream; `None`: no stream, or one that is refused for its length, which is not said back.
pub fn meanings(configuration: &Configuration, plans: &[Option<Plan>], problems: &[Problem]) -> Vec<Option<Meaning>> {
    let is_too_long = |index: usize| {
        let prefix = format!("video[{index}].");
        problems.iter().any(|problem| problem.code == ProblemCode::TooLong && problem.path.starts_with(&prefix))
    };
    let streams = configuration.video.iter().zip(plans).enumerate();
    let meanings = streams.map(|(index, (video, plan))| {
        (video.is_active() && !is_too_long(index)).then(|| meaning(index, video, plan.as_ref()))
    });
    meanings.collect()
}

fn meaning(index: usize, video: &VideoStream, plan: Option<&Plan>) -> Meaning {
    let stream = video.resolve();
    let cost = plan.map_or_else(
        || cost_of_pixels(&stream),
        |plan| Cost {
            frames: plan.frames,
            duration_s: plan.duration_s,
            bytes: plan.total_bytes,
            bytes_per_minute: plan.bytes_per_minute,
        },
    );
    Meaning {
        name: video.display_name(index),
        pixel_size: stream.storage.pixel_size(),
        pixel_size_um: stream.storage.pixel_size_um(),
        stream,
        cost,
    }
}

/// Where something is wrong, so that there is no plan: what the pixels alone take.
fn cost_of_pixels(stream: &ResolvedStream) -> Cost {
    let storage = &stream.storage;
    let frame_bytes = if storage.format == Some(StorageFormat::Trash) { 0 } else { storage.frame_bytes() };
    let frames = storage.frame_limit;
    let pace = Pace::of(stream);
    Cost {
        frames,
        duration_s: frames.and_then(|frames| pace.duration_s(frames)),
        bytes: frames.map(|frames| frames.saturating_mul(frame_bytes)),
        bytes_per_minute: pace.places_per_minute().map(|places| places * frame_bytes as f64),
    }
}
