//! The preview's thread: makes pictures of the newest frame for whoever waits for it.

use std::collections::HashMap;
use std::sync::PoisonError;

use zarrcam_frame::Frame;
use zarrcam_preview::{Caption, FrameView, Next, Renderer, Serving};

use super::state::{Look, ObservedFrame, Picture, Shared};

/// How far the worker stands back behind camera and storage threads.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Answers those who wait, until the preview is closed.
pub fn work(shared: &Shared) {
    lower_priority();
    let mut renderers = HashMap::<u32, Renderer>::new();
    while let Some(serving) = next_work(shared) {
        let Serving { stream, frame, frame_index, run, sequence, waiting } = serving;
        let renderer = renderers.entry(stream).or_default();
        for one in waiting {
            let skipped = one.skipped(sequence);
            match one.wanted {
                Look::Picture(request, done) | Look::Snap(request, done) => {
                    let mut data = Vec::new();
                    let caption = Caption { frame_index, run, skipped };
                    renderer.write_message(&FrameView::from(&frame), sequence, &request, &caption, &mut data);
                    done(Ok(Picture { data, sequence }));
                }
                Look::Frame { done, .. } => done(Ok(ObservedFrame {
                    data: frame.buffer.to_vec(),
                    sequence,
                    skipped,
                    frame_index,
                    run,
                    width: frame.width,
                    height: frame.height,
                    pixel_type: frame.pixel_type,
                    stamp: frame.stamp,
                })),
            }
        }
    }
}

/// Waits for a stream whose newest frame somebody wants and may have now; takes everybody who may. `None`: closed.
fn next_work(shared: &Shared) -> Option<Serving<Frame, Look>> {
    let mut state = shared.lock();
    loop {
        if state.closed {
            return None;
        }
        state = match state.turns.next(shared.now()) {
            Next::Now(serving) => return Some(serving),
            Next::Nobody => shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            Next::In(wait) => shared.wake.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
        };
    }
}

/// Looking at frames takes only the time that capture and storage leave.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    // Of this thread alone: on Linux a thread's id is a process id to the scheduler. Refusal changes only the order.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
}
