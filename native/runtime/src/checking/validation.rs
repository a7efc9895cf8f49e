//! All that clients are told of a document.

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_config::{
    Configuration, PixelSize, Problem, ProblemCode, ResolvedStream, StorageFormat, VideoStream, at_most_max_problems,
    check, validate,
};
use zarrcam_files::free_bytes;
use zarrcam_zarr::Plan;

use super::free_space::free_space_problems;
use super::pace::Pace;
use super::paths::{name_problems, path_problems};
use super::plans::plans;
use crate::devices::Catalog;
use crate::error::Refusal;
use crate::names::NameSpace;

/// What is wrong with a document, and what it means.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Validation {
    pub problems: Vec<Problem>,
    /// How a recording of it would be refused; `null`: none of the problems is an error.
    pub refusal: Option<Refusal>,
    /// One a stream; `null` where there is no stream, or its problems leave no plan.
    pub plans: Vec<Option<Plan>>,
    /// One a stream: what is free now where it would write; `null`: it writes nothing, or nobody knows.
    #[ts(type = "Array<number | null>")]
    pub disk_free_bytes: Vec<Option<u64>>,
    /// One a stream; `null` where there is no stream.
    pub meanings: Vec<Option<Meaning>>,
}

/// What a stream's settings mean, nothing left open, whether they are right or not.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Meaning {
    /// What people call it.
    pub name: String,
    pub stream: ResolvedStream,
    /// Of a pixel of a stored frame; `null`: not calibrated.
    pub pixel_size: Option<PixelSize>,
    /// The same along x and y, um, for files whose unit is fixed; `null`: not calibrated, or in a unit that nobody knows.
    pub pixel_size_um: Option<[f64; 2]>,
    pub cost: Cost,
}

/// By the plan where there is one.
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

impl Validation {
    /// Of a document as a client wrote it.
    pub fn of_document(document: &Value, catalog: &Catalog<'_>, names: &NameSpace) -> Self {
        let checked = check(document, catalog);
        Self::new(&checked.configuration, checked.problems, names)
    }

    /// Of a configuration that is in force.
    pub fn of_configuration(configuration: &Configuration, catalog: &Catalog<'_>, names: &NameSpace) -> Self {
        Self::new(configuration, validate(configuration, catalog), names)
    }

    /// `problems`: of the document alone.
    fn new(configuration: &Configuration, mut problems: Vec<Problem>, names: &NameSpace) -> Self {
        problems.extend(name_problems(configuration, names));
        let (plans, of_plans) = plans(configuration, &problems);
        problems.extend(of_plans);
        problems.extend(path_problems(configuration, names, &problems));
        let path_of = |video: &VideoStream| names.path_of(video).ok().flatten();
        let paths: Vec<_> = configuration.video.iter().map(path_of).collect();
        let disk_free_bytes: Vec<_> = paths.iter().map(|path| free_bytes(path.as_deref()?)).collect();
        problems.extend(free_space_problems(&paths, &plans, &disk_free_bytes));
        // What is refused for its length is not said back.
        let is_too_long = |index: usize| {
            let prefix = format!("video[{index}].");
            problems.iter().any(|problem| problem.code == ProblemCode::TooLong && problem.path.starts_with(&prefix))
        };
        let streams = configuration.video.iter().zip(&plans).enumerate();
        let meanings = streams.map(|(index, (video, plan))| {
            (video.is_active() && !is_too_long(index)).then(|| meaning(index, video, plan.as_ref()))
        });
        let meanings = meanings.collect();
        let problems = at_most_max_problems(problems);
        Self { refusal: Refusal::of(&problems), problems, plans, disk_free_bytes, meanings }
    }
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
