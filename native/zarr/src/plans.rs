//! What each stream would write, and what is to be said of it.

use zarrcam_config::{Configuration, Problem, ProblemCode, ResolvedStream, StorageFormat, VideoStream, storage_device};

use crate::frame_timing::StoredFrameTiming;
use crate::{Codec, Layout, LayoutError, Plan, PlanInput};

/// What a plan depends on besides the document.
pub struct Recorder<'a> {
    /// Threads that encode.
    pub workers: u64,
    /// Bytes of the buffers between a stream's camera and its storage.
    pub buffer_bytes: &'a dyn Fn(&ResolvedStream) -> u64,
}

const DIMENSIONS: &str = "storage.settings.acquisition_dimensions";

/// What the streams without errors would write, one entry a stream, and what is to be said of it. `so_far`: what is wrong already.
pub fn plans(
    configuration: &Configuration,
    so_far: &[Problem],
    recorder: &Recorder<'_>,
) -> (Vec<Option<Plan>>, Vec<Problem>) {
    let mut problems = Vec::new();
    let plan_of = |(index, video): (usize, &VideoStream)| {
        let prefix = format!("video[{index}].");
        let about_path = format!("{prefix}storage.settings.uri");
        let broken =
            |problem: &Problem| problem.is_error() && problem.path.starts_with(&prefix) && problem.path != about_path;
        if !video.is_active() || so_far.iter().any(broken) {
            return None;
        }
        match stream_plan(video, recorder)? {
            Ok(plan) => {
                problems.extend(not_ome_zarr(&prefix, video, &plan));
                Some(plan)
            }
            Err(error) => {
                let message = format!("{error}; use smaller chunks, or fewer of them a shard.");
                problems.push(Problem::error(format!("{prefix}{DIMENSIONS}"), ProblemCode::OutOfRange, message));
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
    let problem = Problem::warning(format!("{prefix}{DIMENSIONS}"), ProblemCode::NotOmeZarr, message);
    let Some(order) = &plan.ngff_order else { return Some(problem) };
    let label = format!("Store as {}", order.join(", "));
    Some(problem.fixed_at(format!("{prefix}storage.settings.storage_order"), label, order.clone()))
}

/// What storage will write and take, the buffers before it included.
fn stream_plan(video: &VideoStream, recorder: &Recorder<'_>) -> Option<Result<Plan, LayoutError>> {
    let resolved = video.resolve();
    let storage = &resolved.storage;
    let format = storage.format?;
    // Other devices know no chunks: one frame after the other.
    let layout = if format.is_zarr() { Layout::new(storage) } else { Layout::new(&storage.frame_by_frame()) };
    let layout = match layout {
        Ok(layout) => layout,
        Err(error) => return Some(Err(error)),
    };
    let input = PlanInput {
        codec: Codec::from(storage.compression),
        frame_limit: storage.frame_limit,
        frame_period_us: storage.stored_frame_period_us,
        // The queue is counted below: its frames are the camera's, not storage's.
        queue_frames: 0,
        workers: recorder.workers,
    };
    let mut plan = Plan::new(&layout, &input);
    plan.memory_bound_bytes += (recorder.buffer_bytes)(&resolved);
    let timing = StoredFrameTiming::of(&resolved);
    plan.bytes_per_minute = timing.frames_per_minute().map(|frames| frames * plan.frame_bytes as f64);
    plan.duration_s = plan.frames.and_then(|frames| timing.duration_s(frames));
    if !format.is_zarr() {
        describe_plain(&mut plan, format);
    }
    Some(Ok(plan))
}

fn describe_plain(plan: &mut Plan, format: StorageFormat) {
    let pixels = plan.frames.map(|frames| frames.saturating_mul(plan.frame_bytes));
    plan.ngff = false;
    plan.ngff_reason = Some("Only the Zarr devices write OME-NGFF.".to_owned());
    plan.order_note = None;
    plan.ngff_order = None;
    plan.temporary_disk_bytes = 0;
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
