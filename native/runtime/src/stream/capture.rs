//! The camera thread: takes frames from the camera, gives each its frame index, counts those that find no buffer.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use zarrcam_acquisition::{FramePart, FrameState, HardwareIdError, LossCause, StreamErrorCode, TimePoints};
use zarrcam_camera::{CAMERA_MEMORY_FRAMES, Camera, CameraError, Captured, Pacing, Wake};
use zarrcam_frame::{Frame, FrameBufferMut, FrameStamp};
use zarrcam_preview::Load;

use super::item::Item;
use super::run::{Progress, StreamRun};
use super::storage_feed::StorageFeed;
use crate::preview::Preview;

#[derive(Debug, thiserror::Error)]
enum CaptureError {
    #[error(transparent)]
    Camera(#[from] CameraError),
    #[error(transparent)]
    HardwareId(#[from] HardwareIdError),
}

/// Runs the camera until the stream has its frames, or is asked to end. Never panics. `to_storage` closes when capture has
/// ended; a preview has none.
pub fn run_camera(run: &StreamRun, camera: &mut dyn Camera, preview: &Preview, to_storage: Option<SyncSender<Item>>) {
    let mut feed = StorageFeed::new(to_storage);
    let outcome = catch_unwind(AssertUnwindSafe(|| capture(run, camera, preview, &mut feed)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => run.fail(StreamErrorCode::Camera, error.to_string()),
        Err(_) => {
            run.fail(
                StreamErrorCode::Camera,
                "The camera's thread ended unexpectedly; the process's log says where.".to_owned(),
            );
        }
    }
    let _ = catch_unwind(AssertUnwindSafe(|| camera.stop()));
    if run.records() {
        if let Some(frame_index) = run.progress().book.capture_ended() {
            feed.skip(frame_index, 1, LossCause::Camera);
        }
        feed.send_skips();
    }
    drop(feed);
    preview.keep_last_frame(run.spec.index);
    run.camera_has_ended();
}

enum Ended {
    Run,
    TimePoint,
}

fn capture(
    run: &StreamRun,
    camera: &mut dyn Camera,
    preview: &Preview,
    feed: &mut StorageFeed,
) -> Result<(), CaptureError> {
    let resolved = &run.spec.resolved;
    let interval_us = if run.records() { resolved.time_point_interval_us } else { 0.0 };
    let time_points = TimePoints::new(interval_us, resolved.frames_per_time_point());
    let began = Instant::now();
    for time_point in 0.. {
        if run.capture_ends() {
            break;
        }
        if time_points.are_many() {
            let due = began + Duration::from_secs_f64(time_points.due_us(time_point) / 1e6);
            if run.control.wait_until(due) == Wake::Stopped {
                break;
            }
            run.progress().lateness_ms = Some(due.elapsed().as_secs_f64() * 1e3);
        }
        let started_at = Instant::now();
        camera.start()?;
        let ended = time_point_frames(run, camera, preview, feed, time_points.frames(time_point), started_at)?;
        if let Ended::Run = ended {
            break;
        }
        camera.stop();
    }
    Ok(())
}

/// Takes the frames of hardware ids `ids`, where the camera's own count begins at 0 for the first.
fn time_point_frames(
    run: &StreamRun,
    camera: &mut dyn Camera,
    preview: &Preview,
    feed: &mut StorageFeed,
    Range { start: first, end }: Range<u64>,
    started_at: Instant,
) -> Result<Ended, CaptureError> {
    let pacing = camera.pacing();
    let triggers = &run.spec.video.camera.settings.input_triggers;
    let mut waits_for_trigger = triggers.acquisition_start.enable || pacing == Pacing::Triggered;
    let mut last_asked_at = started_at;
    loop {
        if run.capture_ends() {
            return Ok(Ended::Run);
        }
        if run.records() && run.progress().indexer.next_hardware_id() >= end {
            return Ok(Ended::TimePoint);
        }
        run.set_waits_for_trigger(waits_for_trigger);
        let asked_at = Instant::now();
        let captured = camera.wait_exposure(&run.control)?;
        run.set_waits_for_trigger(false);
        waits_for_trigger = pacing == Pacing::Triggered;
        let Captured::Frame(mut stamp) = captured else { return Ok(Ended::Run) };
        stamp.hardware_id += first;
        if stamp.hardware_id >= end {
            // The camera ran past the time point while this thread was late. What is missing shows as a gap before the
            // next one; the last time point ends at the run's limit, which counts it.
            camera.discard();
            return Ok(Ended::TimePoint);
        }
        let buffer = match pacing {
            Pacing::Paced { .. } => run.pool.try_take(),
            // The camera waits for us. Capture ended meanwhile: the frame was never part of the run.
            Pacing::AsFastAsPossible | Pacing::Triggered => match run.pool.take() {
                Some(buffer) => Some(buffer),
                None => {
                    camera.discard();
                    return Ok(Ended::Run);
                }
            },
        };
        // From before the last frame was asked for: between its exposure and the line after, the system may let this thread
        // wait for as long as it likes, and the camera goes on.
        let exposable =
            if camera.counts_by_itself() { None } else { exposable_frames(pacing, last_asked_at.elapsed()) };
        last_asked_at = asked_at;
        if run.records() {
            record(run, camera, preview, feed, stamp, buffer, exposable)?;
        } else {
            run.progress().shown = stamp.hardware_id + 1;
            match buffer {
                Some(buffer) => show(run, camera, preview, stamp, buffer)?,
                None => camera.discard(),
            }
        }
    }
}

/// Frames that can have been exposed since the last one was asked for, with room for what the camera itself kept.
fn exposable_frames(pacing: Pacing, since_last: Duration) -> Option<u64> {
    let Pacing::Paced { frame_period_us } = pacing else { return None };
    Some((since_last.as_secs_f64() * 1e6 / frame_period_us) as u64 + 2 * CAMERA_MEMORY_FRAMES + 2)
}

fn record(
    run: &StreamRun,
    camera: &mut dyn Camera,
    preview: &Preview,
    feed: &mut StorageFeed,
    stamp: FrameStamp,
    buffer: Option<FrameBufferMut>,
    exposable: Option<u64>,
) -> Result<(), CaptureError> {
    let frames_averaged = run.frames_averaged();
    // Read before the frame is counted: a camera that fails here has not delivered it.
    let mut buffer = buffer;
    if let Some(buffer) = &mut buffer {
        camera.read_into(buffer)?;
    }
    let (part, state) = {
        let mut progress = run.progress();
        let Progress { book, indexer, .. } = &mut *progress;
        let before = book.ledger().captured;
        let arrival = indexer.arrive(stamp.hardware_id, exposable)?;
        book.missed(arrival.gap_frames, LossCause::Camera);
        feed.skip_frames(before, arrival.gap_frames, frames_averaged, LossCause::Camera);
        let Some(part) = arrival.part else {
            if buffer.is_none() {
                camera.discard();
            }
            return Ok(());
        };
        if buffer.is_some() {
            (part, book.arrived())
        } else {
            let before = book.ledger().captured;
            book.missed(1, LossCause::Queue);
            feed.skip_frames(before, 1, frames_averaged, LossCause::Queue);
            (part, FrameState::Dropped(LossCause::Queue))
        }
    };
    let Some(buffer) = buffer else {
        // Storage has every buffer; the picture goes on.
        return match run.spare.try_take() {
            Some(spare) => show(run, camera, preview, stamp, spare),
            None => {
                camera.discard();
                Ok(())
            }
        };
    };
    let mut frame = whole_frame(run, stamp, buffer);
    frame.metadata = camera.metadata().map(Arc::from);
    preview.show(
        run.spec.index,
        run.spec.run_number,
        frame.clone(),
        Some(part.frame_index),
        Load::Storing(run.queue()),
    );
    let FramePart { frame_index, last, .. } = part;
    if state == FrameState::InFlight {
        feed.send_frame(frame_index, last, frame);
    }
    Ok(())
}

/// Reads the exposed frame for the picture alone.
fn show(
    run: &StreamRun,
    camera: &mut dyn Camera,
    preview: &Preview,
    stamp: FrameStamp,
    mut buffer: FrameBufferMut,
) -> Result<(), CaptureError> {
    camera.read_into(&mut buffer)?;
    let load = if run.records() { Load::Losing } else { Load::Free };
    preview.show(run.spec.index, run.spec.run_number, whole_frame(run, stamp, buffer), None, load);
    Ok(())
}

fn whole_frame(run: &StreamRun, stamp: FrameStamp, buffer: FrameBufferMut) -> Frame {
    let settings = &run.spec.video.camera.settings;
    let [width, height] = settings.shape;
    Frame { buffer: buffer.freeze(), width, height, pixel_type: settings.pixel_type, stamp, metadata: None }
}
