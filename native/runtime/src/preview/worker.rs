//! The preview's thread: renders the newest frame for whoever waits for it.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use zarrcam_frame::Frame;

use super::message::{Caption, encode};
use super::rate::PreviewRate;
use super::renderer::Renderer;
use super::state::{Latest, ObservedFrame, Picture, Shared, State, Waiting, Wanted};

/// How far the worker stands back behind camera and storage threads.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Answers those who wait, until the preview is closed.
pub fn work(shared: &Shared) {
    lower_priority();
    let mut renderers = HashMap::<u32, Renderer>::new();
    while let Some((stream, latest, frame, waiting)) = next_work(shared) {
        let renderer = renderers.entry(stream).or_default();
        for Waiting { after, wanted, .. } in waiting {
            let skipped = after.map_or(0, |after| latest.sequence.saturating_sub(after.saturating_add(1)));
            match wanted {
                Wanted::Picture(request, done) | Wanted::Snap(request, done) => {
                    let view = request.view(frame.width, frame.height);
                    let rendering = renderer.render(&frame, latest.sequence, view);
                    let subscription = request.subscription;
                    let caption = Caption {
                        frame: &frame,
                        frame_index: latest.frame_index,
                        run: latest.run,
                        stream,
                        subscription,
                        skipped,
                    };
                    let data = encode(&caption, &view, &rendering);
                    done(Ok(Picture { data, sequence: latest.sequence }));
                }
                Wanted::Frame { done, .. } => done(Ok(ObservedFrame {
                    data: frame.buffer.to_vec(),
                    sequence: latest.sequence,
                    skipped,
                    frame_index: latest.frame_index,
                    run: latest.run,
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
fn next_work(shared: &Shared) -> Option<(u32, Latest, Frame, Vec<Waiting>)> {
    let mut state = shared.lock();
    loop {
        if state.closed {
            return None;
        }
        let now = Instant::now();
        let State { streams, waiting, rate, .. } = &mut *state;
        // `None`: there is no frame for it yet.
        let wait_of = |rate: &PreviewRate, waiting: &Waiting| {
            let latest = streams.get(&waiting.stream).filter(|latest| latest.frame.is_some())?;
            match waiting.after {
                None if latest.sequence > waiting.since || waiting.wanted.begins_with(latest.age) => {
                    Some(Duration::ZERO)
                }
                None => None,
                Some(after) if latest.sequence <= after => None,
                Some(_) if latest.rendered || !waiting.wanted.takes_turns() => Some(Duration::ZERO),
                Some(_) => Some(rate.wait(waiting.stream, now)),
            }
        };
        // Of those that may go now the one that has waited longest: no stream stands behind another for ever.
        let soonest =
            waiting.iter().filter_map(|one| Some((wait_of(rate, one)?, one.stream))).min_by_key(|(wait, _)| *wait);
        state = match soonest {
            None => shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some((Duration::ZERO, stream)) => {
                let is_ready = |one: &mut Waiting| one.stream == stream && wait_of(rate, one) == Some(Duration::ZERO);
                let ready: Vec<Waiting> = waiting.extract_if(.., is_ready).collect();
                let latest = streams.get_mut(&stream)?;
                if !latest.rendered && ready.iter().any(|one| !matches!(one.wanted, Wanted::Frame { .. })) {
                    latest.rendered = true;
                    rate.rendered(stream, now);
                }
                let frame = latest.frame.clone()?;
                return Some((stream, latest.clone(), frame, ready));
            }
            Some((wait, _)) => shared.wake.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
        };
    }
}

/// Looking at frames takes only the time that capture and storage leave.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    // Of this thread alone: on Linux a thread's id is a process id to the scheduler. Refusal changes only the order.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS);
}
