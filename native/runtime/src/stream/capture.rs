//! The camera thread: takes frames from the camera, gives each its place, counts those that find no buffer.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use zarrcam_acquisition::{DropCause, FramePart, FrameState, HardwareIdError, StreamErrorCode};
use zarrcam_camera::{CAMERA_MEMORY_FRAMES, Camera, CameraError, Captured, Pacing, Wake};
use zarrcam_frame::{Frame, FrameBufferMut, FrameStamp};

use super::run::{Item, Progress, Skips, StreamRun};
use crate::preview::{Load, Preview};

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
    let mut places = PlaceKeeper { to_storage, ..PlaceKeeper::default() };
    let outcome = catch_unwind(AssertUnwindSafe(|| capture(run, camera, preview, &mut places)));
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
        if let Some(place) = run.progress().book.capture_ended() {
            places.skip(place, 1, DropCause::Camera);
        }
        places.send_skips();
    }
    drop(places);
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
    places: &mut PlaceKeeper,
) -> Result<(), CaptureError> {
    let interval = Duration::from_secs_f64(run.spec.meaning.time_point_interval_us / 1e6);
    let frames_per_time_point =
        if interval.is_zero() || !run.records() { u64::MAX } else { run.spec.meaning.frames_per_time_point() };
    let began = Instant::now();
    for time_point in 0_u32.. {
        if run.capture_ends() {
            break;
        }
        if !interval.is_zero() && run.records() {
            let due = began + interval * time_point;
            if run.control.wait_until(due) == Wake::Stopped {
                break;
            }
            run.progress().lateness_ms = Some(due.elapsed().as_secs_f64() * 1e3);
        }
        // Between time points the camera rests: no light falls on the sample for frames that nobody wants. Its own count
        // begins anew with each start; the run's goes on.
        let first = u64::from(time_point).saturating_mul(frames_per_time_point);
        let started_at = Instant::now();
        camera.start()?;
        let ids = first..first.saturating_add(frames_per_time_point);
        let ended = time_point_frames(run, camera, preview, places, ids, started_at)?;
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
    places: &mut PlaceKeeper,
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
        if run.records() && run.progress().places.next_hardware_id() >= end {
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
        let exposable = exposable_frames(pacing, last_asked_at.elapsed());
        last_asked_at = asked_at;
        if run.records() {
            record(run, camera, preview, places, stamp, buffer, exposable)?;
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
    places: &mut PlaceKeeper,
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
        let Progress { book, places: ids, .. } = &mut *progress;
        let before = book.ledger().captured;
        let arrival = ids.arrive(stamp.hardware_id, exposable)?;
        book.missed(arrival.gap_frames, DropCause::Camera);
        places.skip_frames(before, arrival.gap_frames, frames_averaged, DropCause::Camera);
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
            book.missed(1, DropCause::Queue);
            places.skip_frames(before, 1, frames_averaged, DropCause::Queue);
            (part, FrameState::Dropped(DropCause::Queue))
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
    let frame = whole_frame(run, stamp, buffer);
    preview.show(
        run.spec.index,
        run.spec.run_number,
        frame.clone(),
        Some(part.frame_index),
        Load::Storing(run.queue()),
    );
    let FramePart { frame_index: place, last, .. } = part;
    if state == FrameState::InFlight {
        places.send_frame(place, last, frame);
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
    Frame { buffer: buffer.freeze(), width, height, pixel_type: settings.pixel_type, stamp }
}

/// Sees to it that storage hears of every place once, in order.
#[derive(Default)]
struct PlaceKeeper {
    /// `None`: a preview. Storage that is gone takes nothing more, and has said why.
    to_storage: Option<SyncSender<Item>>,
    /// Places below are decided for storage: complete, or skipped.
    told: u64,
    /// To be said before the next frame. Runs of one cause are one entry, so that a stalled storage costs no memory.
    pending: Vec<Skips>,
}

impl PlaceKeeper {
    fn send(&self, item: Item) {
        if let Some(to_storage) = &self.to_storage {
            let _ = to_storage.send(item);
        }
    }

    fn send_frame(&mut self, place: u64, last: bool, frame: Frame) {
        self.send_skips();
        self.told = self.told.max(place + u64::from(last));
        self.send(Item::Frame { place, last, frame });
    }

    fn send_skips(&mut self) {
        if !self.pending.is_empty() {
            let skips = std::mem::take(&mut self.pending);
            self.send(Item::Skips(skips));
        }
    }

    /// `count` frames, from the `before`th on, were lost: their places stay fill.
    fn skip_frames(&mut self, before: u64, count: u64, frames_averaged: u64, cause: DropCause) {
        if count > 0 {
            let first = before / frames_averaged;
            self.skip(first, (before + count).div_ceil(frames_averaged) - first, cause);
        }
    }

    fn skip(&mut self, first_frame_index: u64, count: u64, cause: DropCause) {
        let end = first_frame_index + count;
        let first_frame_index = first_frame_index.max(self.told);
        if first_frame_index >= end {
            return;
        }
        self.told = end;
        let count = end - first_frame_index;
        match self.pending.last_mut() {
            Some(last) if last.cause == cause && last.first_frame_index + last.count == first_frame_index => {
                last.count += count
            }
            _ => self.pending.push(Skips { first_frame_index, count, cause }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_skipped_once_and_in_order() {
        let mut places = PlaceKeeper::default();
        // Means of 4: frames 2..6 are lost, then frame 7 of the broken place 1, then frame 8.
        places.skip_frames(2, 4, 4, DropCause::Camera);
        places.skip_frames(7, 1, 4, DropCause::Queue);
        places.skip_frames(8, 1, 4, DropCause::Queue);
        places.skip_frames(12, 1, 4, DropCause::Queue);
        let skips = |first_frame_index, count, cause| Skips { first_frame_index, count, cause };
        assert_eq!(places.pending, [skips(0, 2, DropCause::Camera), skips(2, 2, DropCause::Queue)]);
        assert_eq!(places.told, 4);
    }
}
