//! What can be said of a document before it runs: its problems, those of its paths included, and its plans.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_config::{
    Configuration, Fix, PixelSize, Place, Problem, ResolvedStream, Severity, StorageFormat, VideoStream, check,
    storage_capabilities, storage_device, told, validate,
};
use zarrcam_storage::{StorageError, check_replaceable, dataset_info};
use zarrcam_zarr::{Codec, Layout, LayoutError, Plan, PlanInput};

use crate::devices::Catalog;
use crate::disk;
use crate::meter::{bytes, duration};
use crate::names::{NameSpace, lexically_normal, real_path};
use crate::runtime::Runtime;
use crate::stream::sizing::memory_bytes;

#[derive(Clone, Debug, Serialize, TS)]
pub struct Validation {
    pub problems: Vec<Problem>,
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

impl Runtime {
    /// Every problem of a document at once, and what the streams without errors would write. Changes nothing.
    pub fn validate(&self, document: &Value) -> Validation {
        let names = &self.inner.names;
        let checked = check(document, &self.inner.catalog());
        let configuration = checked.configuration;
        let mut problems = checked.problems;
        problems.extend(name_problems(&configuration, names));
        let (plans, of_plans) = plans(&configuration, &problems);
        problems.extend(of_plans);
        problems.extend(path_problems(&configuration, names, &problems));
        let paths: Vec<_> = configuration.video.iter().map(|video| path_of(video, names)).collect();
        let disk_free_bytes: Vec<_> = paths.iter().map(|path| disk::free_bytes(path.as_deref()?)).collect();
        // Streams on one disk share its room.
        let mut shared = BTreeMap::<u64, Vec<u64>>::new();
        for (index, (plan, free)) in plans.iter().zip(&disk_free_bytes).enumerate() {
            let (Some(plan), Some(free)) = (plan, free) else { continue };
            let alone = room_problem(index, plan, *free);
            let volume = paths[index].as_deref().and_then(disk::volume);
            let of_volume = volume.map(|volume| shared.entry(volume).or_default());
            if let (Some(needed), Some(of_volume)) = (needed_bytes(plan), of_volume) {
                of_volume.push(needed);
                problems.extend(alone.or_else(|| shared_room_problem(index, of_volume, *free)));
            } else {
                problems.extend(alone);
            }
        }
        let streams = configuration.video.iter().zip(&plans).enumerate();
        // What is refused for its length is not said back.
        let is_too_long = |index: usize| {
            let prefix = format!("video[{index}].");
            problems.iter().any(|problem| problem.code == "too_long" && problem.path.starts_with(&prefix))
        };
        let meanings = streams.map(|(index, (video, plan))| {
            (video.is_active() && !is_too_long(index)).then(|| meaning(index, video, plan.as_ref()))
        });
        let meanings = meanings.collect();
        Validation { problems: told(problems), plans, disk_free_bytes, meanings }
    }
}

/// All that stands against a recording of what is set, and all that should be known of it: the same as `validate` says.
pub fn all_problems(configuration: &Configuration, catalog: &Catalog<'_>, names: &NameSpace) -> Vec<Problem> {
    let mut problems = validate(configuration, catalog);
    problems.extend(name_problems(configuration, names));
    let (_, of_plans) = plans(configuration, &problems);
    problems.extend(of_plans);
    problems.extend(path_problems(configuration, names, &problems));
    told(problems)
}

/// Layouts that cannot be, though each of their numbers can.
pub fn layout_problems(configuration: &Configuration, so_far: &[Problem]) -> Vec<Problem> {
    plans(configuration, so_far).1.into_iter().filter(Problem::is_error).collect()
}

/// What the streams without errors would write, and what is to be said of it. `so_far`: what is wrong already.
fn plans(configuration: &Configuration, so_far: &[Problem]) -> (Vec<Option<Plan>>, Vec<Problem>) {
    let mut problems = Vec::new();
    let plan_of = |(index, video): (usize, &VideoStream)| {
        let prefix = format!("video[{index}].");
        let about_path = format!("{prefix}{URI}");
        let broken =
            |problem: &Problem| problem.is_error() && problem.path.starts_with(&prefix) && problem.path != about_path;
        if !video.is_active() || so_far.iter().any(broken) {
            return None;
        }
        match stream_plan(video)? {
            Ok(plan) => {
                problems.extend(not_ome_zarr(&prefix, video, &plan));
                Some(plan)
            }
            Err(error) => {
                let message = format!("{error}; use smaller chunks, or fewer of them a shard.");
                problems.push(Problem::error(format!("{prefix}{DIMENSIONS}"), "out_of_range", message));
                None
            }
        }
    };
    let plans = configuration.video.iter().enumerate().map(plan_of).collect();
    (plans, problems)
}

/// Who chose OME-Zarr expects it.
fn not_ome_zarr(prefix: &str, video: &VideoStream, plan: &Plan) -> Option<Problem> {
    let device = storage_device(&video.storage.identifier.as_ref()?.name)?;
    let reason = plan.ngff_reason.as_ref().filter(|_| device.format.is_zarr())?;
    let message = format!("This will be a plain Zarr array, which viewers of OME-Zarr do not open: {reason}.");
    let problem = Problem::warning(format!("{prefix}{DIMENSIONS}"), "not_ome_zarr", message);
    let Some(order) = &plan.ngff_order else { return Some(problem) };
    let label = format!("Store as {}", order.join(", "));
    Some(problem.fixed_at(format!("{prefix}storage.settings.storage_order"), label, order.clone()))
}

const URI: &str = "storage.settings.uri";
const DIMENSIONS: &str = "storage.settings.acquisition_dimensions";

fn uri_field(index: usize) -> String {
    format!("video[{index}].{URI}")
}

/// Streams that write files, with their names.
fn written(configuration: &Configuration) -> impl Iterator<Item = (usize, &VideoStream, &str)> {
    configuration.video.iter().enumerate().filter_map(|(index, video)| {
        let device = video.storage.identifier.as_ref().filter(|identifier| !identifier.is_none())?;
        let needs_uri = storage_capabilities(&device.name)?.needs_uri;
        let uri = video.storage.settings.uri.as_deref().filter(|uri| !uri.trim().is_empty())?;
        (video.is_active() && needs_uri).then_some((index, video, uri))
    })
}

fn path_of(video: &VideoStream, names: &NameSpace) -> Option<PathBuf> {
    let device = video.storage.identifier.as_ref()?;
    storage_capabilities(&device.name).filter(|can| can.needs_uri)?;
    names.resolve(video.storage.settings.uri.as_deref()?).ok()
}

/// Names that lead where they may not.
pub fn name_problems(configuration: &Configuration, names: &NameSpace) -> Vec<Problem> {
    written(configuration)
        // What cannot be a name at all is the document's own problem, and told there.
        .filter(|(_, _, uri)| Place::of(uri).is_ok())
        .filter_map(|(index, _, uri)| names.resolve(uri).err().map(|bad| (index, uri, bad)))
        .map(|(index, uri, bad)| {
            let problem = Problem::error(uri_field(index), "outside", bad.0);
            match names.inside(uri) {
                Some(meant) => problem.fixed_by(format!("Use {meant}"), meant),
                None => problem,
            }
        })
        .collect()
}

/// Streams that would write among the files of a dataset that is there.
pub fn dataset_problems(configuration: &Configuration, names: &NameSpace) -> Vec<Problem> {
    let paths = written(configuration).filter_map(|(index, _, uri)| Some((index, names.resolve(uri).ok()?)));
    paths.filter_map(|(index, path)| dataset_problem(index, &path, names)).collect()
}

/// Looked for within the data folder, where there is one.
fn dataset_problem(index: usize, path: &Path, names: &NameSpace) -> Option<Problem> {
    let base = lexically_normal(&names.base);
    let mut around = path.ancestors().skip(1).take_while(|around| !names.confined || *around != base);
    let dataset = around.find(|around| around.is_dir() && dataset_info(None, around).is_ok())?;
    let message = format!("{} is a dataset, and none can lie in another; choose another name.", dataset.display());
    Some(Problem::error(uri_field(index), "in_dataset", message))
}

/// What stands at the paths now: occupied, not writable, shared by two streams. `so_far`: of a name that is wrong already
/// nothing more is said.
pub fn path_problems(configuration: &Configuration, names: &NameSpace, so_far: &[Problem]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut taken: Vec<(usize, PathBuf)> = Vec::new();
    for (index, video, uri) in written(configuration) {
        let Ok(path) = names.resolve(uri) else { continue };
        let field = uri_field(index);
        if so_far.iter().any(|problem| problem.is_error() && problem.path == field) {
            continue;
        }
        let proposal = names.next_free(uri, &|path| taken.iter().any(|(_, other)| overlap(path, other)));
        let fix = proposal.map(|name| Fix { label: format!("Use {name}"), path: uri_field(index), value: name.into() });
        let mut problem = |severity, code: &str, message: String, fix: Option<Fix>| {
            problems.push(Problem { path: uri_field(index), code: code.to_owned(), severity, message, fix });
        };
        let occupied = occupant(video, &path);
        let real = real_path(&path).unwrap_or_else(|| path.clone());
        if let Some(inside) = dataset_problem(index, &path, names) {
            problems.push(inside);
        } else if let Some((other, _)) = taken.iter().find(|(_, other)| overlap(&real, other)) {
            let message = format!("Stream {} writes there already: two streams cannot write to one place.", other + 1);
            problem(Severity::Error, "duplicate", message, fix);
        } else if let Some(occupied) = occupied {
            let shown = occupied.display();
            if video.storage.settings.overwrite {
                let device = video.storage.identifier.as_ref().map_or("", |device| &device.name);
                match check_replaceable(device, &path) {
                    Err(error @ StorageError::NotOurs { .. }) => {
                        problem(Severity::Error, "exists", error.to_string(), fix);
                    }
                    // A start may be told to replace them.
                    Err(error @ StorageError::ForeignFiles { .. }) => {
                        problem(Severity::Warning, "foreign_files", error.to_string(), fix);
                    }
                    _ => {
                        let message = format!("{shown} exists and will be replaced.");
                        problem(Severity::Warning, "overwrite", message, None);
                    }
                }
            } else {
                let message = format!("{shown} exists already; choose another name, or overwrite it.");
                problem(Severity::Error, "exists", message, fix);
            }
        } else if let Some(file) = disk::existing_ancestor(&path).filter(|ancestor| !ancestor.is_dir()) {
            let message = format!("{} is a file, not a folder; choose another name.", file.display());
            problem(Severity::Error, "not_a_folder", message, None);
        } else if !disk::can_write(&path) {
            let folder = disk::existing_ancestor(&path).unwrap_or_default();
            let message = format!("{} is not writable; choose another folder.", folder.display());
            problem(Severity::Error, "not_writable", message, None);
        }
        taken.push((index, real));
    }
    problems
}

/// What stands where a stream wants to write.
fn occupant(video: &VideoStream, path: &Path) -> Option<PathBuf> {
    let mut candidates = vec![path.to_owned()];
    if video.storage.identifier.as_ref().is_some_and(|device| device.name == "raw") {
        let mut description = path.as_os_str().to_owned();
        description.push(".json");
        candidates.push(description.into());
    }
    candidates.into_iter().find(|candidate| candidate.symlink_metadata().is_ok())
}

fn overlap(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// `None`: until stopped.
fn needed_bytes(plan: &Plan) -> Option<u64> {
    Some(plan.total_bytes?.saturating_add(plan.temporary_room_bytes))
}

/// `needed`: by the streams up to this one that write to the same disk.
fn shared_room_problem(index: usize, needed: &[u64], free: u64) -> Option<Problem> {
    let sum = needed.iter().fold(0_u64, |sum, one| sum.saturating_add(*one));
    (needed.len() > 1 && sum > free).then(|| {
        let (streams, sum, free) = (needed.len(), bytes(sum), bytes(free));
        let message = format!(
            "Disk full before the end, unless the data compresses well: {streams} streams write {sum} to one disk, {free} are free."
        );
        Problem::warning(uri_field(index), "disk_full", message)
    })
}

fn room_problem(index: usize, plan: &Plan, free: u64) -> Option<Problem> {
    let needed = needed_bytes(plan)?;
    (needed > free).then(|| {
        let when = match plan.duration_s {
            Some(whole_s) if whole_s > 0.0 => {
                let full_s = whole_s * free as f64 / needed as f64;
                format!("after {} of {}", duration(full_s), duration(whole_s))
            }
            _ => "before the end".to_owned(),
        };
        let (needed, free) = (bytes(needed), bytes(free));
        let message =
            format!("Disk full {when}, unless the data compresses well: {needed} are to be written, {free} are free.");
        Problem::warning(uri_field(index), "disk_full", message)
    })
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
    Meaning { name: video.display_name(index), pixel_size: stream.storage.pixel_size(), stream, cost }
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

/// What storage will write and take, the buffers before it included.
fn stream_plan(video: &VideoStream) -> Option<Result<Plan, LayoutError>> {
    let meaning = video.resolve();
    let storage = &meaning.storage;
    let format = storage.format?;
    // Other devices know no chunks: one frame after the other.
    let layout = if format.is_zarr() { Layout::new(storage) } else { Layout::new(&storage.frame_by_frame()) };
    let layout = match layout {
        Ok(layout) => layout,
        Err(error) => return Some(Err(error)),
    };
    let workers = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let input = PlanInput {
        codec: Codec::from(storage.compression),
        frame_limit: storage.frame_limit,
        frame_period_us: storage.place_period_us,
        // The queue is counted below: its frames are the camera's, not storage's.
        queue_frames: 0,
        workers,
    };
    let mut plan = Plan::new(&layout, &input);
    plan.memory_bound_bytes +=
        memory_bytes(meaning.camera_frame_bytes(), meaning.camera_frames(), meaning.mean_bytes());
    let pace = Pace::of(&meaning);
    plan.bytes_per_minute = pace.places_per_minute().map(|places| places * plan.frame_bytes as f64);
    plan.duration_s = plan.frames.and_then(|frames| pace.duration_s(frames));
    if !format.is_zarr() {
        describe_plain(&mut plan, format);
    }
    Some(Ok(plan))
}

/// How stored frames follow each other.
struct Pace {
    /// From one to the next; 0: not known.
    frame_s: f64,
    frames_each: u64,
    /// From time point to time point, or their frames, whichever is longer; 0: continuous.
    each_s: f64,
}

impl Pace {
    fn of(stream: &ResolvedStream) -> Self {
        let frame_s = stream.storage.place_period_us / 1e6;
        let frames_each = stream.storage.frames_per_append().unwrap_or(u64::MAX).max(1);
        let interval_s = stream.time_point_interval_us / 1e6;
        let each_s = if interval_s > 0.0 { interval_s.max(frames_each as f64 * frame_s) } else { 0.0 };
        Self { frame_s, frames_each, each_s }
    }

    fn duration_s(&self, frames: u64) -> Option<f64> {
        if self.each_s > 0.0 {
            let whole = frames.saturating_sub(1) / self.frames_each;
            return Some(whole as f64 * self.each_s + (frames - whole * self.frames_each) as f64 * self.frame_s);
        }
        (self.frame_s > 0.0).then_some(frames as f64 * self.frame_s)
    }

    fn places_per_minute(&self) -> Option<f64> {
        if self.each_s > 0.0 {
            return Some(self.frames_each as f64 * 60.0 / self.each_s);
        }
        (self.frame_s > 0.0).then(|| 60.0 / self.frame_s)
    }
}

fn describe_plain(plan: &mut Plan, format: StorageFormat) {
    let pixels = plan.frames.map(|frames| frames.saturating_mul(plan.frame_bytes));
    plan.ngff = false;
    plan.ngff_reason = Some("Only the Zarr devices write OME-NGFF.".to_owned());
    plan.order_note = None;
    plan.ngff_order = None;
    plan.temporary_room_bytes = 0;
    plan.frames_per_layer = 1;
    plan.files = Some(match format {
        StorageFormat::Trash => 0,
        StorageFormat::Raw | StorageFormat::TiffJson => 2,
        _ => 1,
    });
    let trash = format == StorageFormat::Trash;
    plan.total_bytes = if trash { Some(0) } else { pixels };
    plan.bytes_per_file = plan.total_bytes.unwrap_or(plan.frame_bytes);
    if trash {
        plan.bytes_per_minute = plan.bytes_per_minute.map(|_| 0.0);
    }
}
