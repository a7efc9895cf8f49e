//! The storage thread: takes every frame in order of capture and hands it to the sink, one by one or as means.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use zarrcam_acquisition::StreamErrorCode;
use zarrcam_frame::{Frame, FramePool, Mean, PixelType};
use zarrcam_storage::FrameSink;

use super::frame_clients::Lost;
use super::item::{Item, Skips};
use super::run::{Destination, StreamRun};

/// Stores until the camera thread sends nothing more, then ends the sink. Never panics; afterwards nothing is in flight.
pub fn run_storage(run: &StreamRun, sink: Box<dyn FrameSink>, from_camera: Receiver<Item>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut sink = sink;
        store(run, sink.as_mut(), &from_camera);
        sink.capture_ended(run.capture_end());
        run.end_frame_clients();
        // One path ends every run: a failed one publishes what it has, too.
        if let Err(error) = sink.finish(run.gives_up()) {
            run.storage_failed(&error);
        }
    }));
    if outcome.is_err() {
        run.fail(
            StreamErrorCode::Storage,
            "The storage thread ended unexpectedly; the process's log says where.".to_owned(),
        );
        // Gives the buffers back, so that nobody waits for one.
        from_camera.iter().for_each(drop);
    }
    run.storage_has_ended();
}

fn store(run: &StreamRun, sink: &mut dyn FrameSink, from_camera: &Receiver<Item>) {
    let Destination::Storage { means } = &run.destination else { return };
    let settings = &run.spec.video.camera.settings;
    let pixels = settings.shape[0] as usize * settings.shape[1] as usize;
    let mut mean = means.as_ref().map(|pool| (Mean::new(pixels, settings.pixel_type), pool));
    let delay = Duration::from_secs_f64(run.spec.video.storage.write_delay_ms.max(0.0) / 1e3);
    for item in from_camera {
        if run.spec.clients_store && !run.frame_tee.is_taken() {
            run.clients_have_left();
        }
        // What is not handed on from here on is lost to the clients of the frames, who are told at the end.
        if run.gives_up() || run.has_storage_failed() {
            continue;
        }
        let outcome = match item {
            Item::Frame { frame_index, last, frame } => {
                if !delay.is_zero() {
                    run.delay(delay);
                    if run.gives_up() {
                        continue;
                    }
                }
                let whole = match &mut mean {
                    None => Some(frame),
                    Some((mean, pool)) => add_to_mean(mean, pool, frame, last),
                };
                whole.map_or(Ok(()), |frame| {
                    run.frame_tee.frame(frame_index, &frame, || run.is_short_of_buffers());
                    sink.append(frame_index, frame)
                })
            }
            Item::Skips(skips) => {
                skips.iter().for_each(|skips| run.frame_tee.lose(lost(skips, run.frames_averaged())));
                if let Some((mean, _)) = &mut mean {
                    // A broken mean is dropped; a whole one has been handed over before.
                    mean.clear();
                }
                skips.iter().try_for_each(|skips| {
                    (skips.first_frame_index..skips.first_frame_index + skips.count).try_for_each(|frame_index| {
                        sink.skip(frame_index, frame_index * run.frames_averaged(), skips.cause)
                    })
                })
            }
        };
        if let Err(error) = outcome {
            run.storage_failed(&error);
        }
    }
}

fn lost(&Skips { first_frame_index, count, cause }: &Skips, frames_averaged: u64) -> Lost {
    let hardware_frame_id = first_frame_index * frames_averaged;
    Lost { first_frame_index, count, hardware_frame_id, cause: cause.into() }
}

/// The mean, when `frame` completes it. It bears the stamps of its last frame, and the id of its first.
pub fn add_to_mean(mean: &mut Mean, pool: &FramePool, frame: Frame, last: bool) -> Option<Frame> {
    mean.add(&frame.buffer);
    let frames = u64::from(mean.frames());
    if !last {
        return None;
    }
    let mut buffer = pool.take()?;
    mean.take(&mut buffer);
    let mut stamp = frame.stamp;
    stamp.hardware_id = (stamp.hardware_id + 1).saturating_sub(frames);
    Some(Frame { buffer: buffer.freeze(), pixel_type: PixelType::F32, stamp, ..frame })
}
