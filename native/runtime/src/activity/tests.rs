use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use zarrcam_config::VideoStream;
use zarrcam_frame::FramePool;

use super::*;
use crate::signal::Signal;
use crate::stream::{Destination, StreamRun, StreamSpec};

/// A session of one stream that never captures anything.
fn session(records: bool) -> Arc<Session> {
    let mut video = VideoStream::default();
    video.camera.settings.shape = [4, 4];
    let signal = Arc::new(Signal::default());
    let frame_bytes = video.resolve().camera_frame_bytes();
    let spec = StreamSpec::of_nothing_saved("still", video);
    let pool = FramePool::new(frame_bytes, 1).unwrap();
    let run = StreamRun::new(spec, pool, Destination::Preview, Arc::clone(&signal)).unwrap();
    let streams = vec![Arc::new(run)];
    Arc::new(Session { run_id: "run".to_owned(), run_number: 1, records, next_names: false, streams, signal })
}

/// Somebody who waits, and what was answered.
#[derive(Clone, Default)]
struct Waiter {
    answered: Arc<AtomicU32>,
    failed: Arc<AtomicU32>,
}

impl Waiter {
    fn done(&self) -> Callback<RunSummary> {
        let waiter = self.clone();
        Box::new(move |answer| {
            waiter.answered.fetch_add(1, Ordering::Relaxed);
            waiter.failed.fetch_add(u32::from(answer.is_err()), Ordering::Relaxed);
        })
    }

    fn answers(&self) -> u32 {
        self.answered.load(Ordering::Relaxed)
    }

    fn failures(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// Asks for an end, and returns who waits for it.
fn stop(activity: &mut Activity, request: StopRequest) -> Waiter {
    let waiter = Waiter::default();
    activity.stop(request, waiter.done()).carry_out();
    waiter
}

fn started(activity: &mut Activity, records: bool) -> Arc<Session> {
    let session = session(records);
    activity.begin_start(records).unwrap();
    assert_eq!(activity.launch(&session).unwrap(), StopRequest::None);
    session
}

fn failure() -> RuntimeError {
    RuntimeError::new(ErrorCode::Camera, "It fails.")
}

#[test]
fn a_run_begins_and_ends_and_who_waits_is_answered_once() {
    let mut activity = Activity::default();
    assert_eq!(activity.runtime_state(false), RuntimeState::AwaitingConfiguration);
    assert_eq!(activity.runtime_state(true), RuntimeState::Armed);
    assert_eq!(stop(&mut activity, StopRequest::Finish).answers(), 1, "nothing has run yet");
    let recording = started(&mut activity, true);
    assert_eq!(activity.runtime_state(true), RuntimeState::Running);
    for record in [true, false] {
        assert_eq!(activity.begin_start(record).unwrap_err().code, ErrorCode::AlreadyRunning);
    }
    assert!(activity.interrupt(Interruption::Reconfiguration, "set").is_err_and(|error| {
        error.code == ErrorCode::AlreadyRunning && error.message.contains("set when it has ended")
    }));
    let waiter = stop(&mut activity, StopRequest::Now);
    assert!(waiter.answers() == 0 && !recording.goes_on());
    activity.session_ended(&recording, None).carry_out();
    assert_eq!((waiter.answers(), waiter.failures()), (1, 0));
    assert_eq!(activity.runtime_state(true), RuntimeState::Armed);
    assert!(activity.session().is_none() && activity.session_or_last().is_some());
}

#[test]
fn what_is_asked_during_a_start_is_asked_of_the_run() {
    let mut activity = Activity::default();
    activity.begin_start(true).unwrap();
    let (first, second) = (stop(&mut activity, StopRequest::GiveUp), stop(&mut activity, StopRequest::Finish));
    let recording = session(true);
    assert_eq!(activity.launch(&recording).unwrap(), StopRequest::GiveUp, "the stronger one");
    assert_eq!((first.answers(), second.answers()), (0, 0));
    activity.session_ended(&recording, Some(&failure())).carry_out();
    assert_eq!((first.failures(), second.failures()), (1, 1));
}

#[test]
fn a_start_that_fails_answers_who_waited_for_its_run() {
    let mut activity = Activity::default();
    activity.begin_start(true).unwrap();
    let waiter = stop(&mut activity, StopRequest::Finish);
    activity.start_failed(&failure()).carry_out();
    assert_eq!(waiter.failures(), 1);
    activity.begin_start(true).unwrap();
}

#[test]
fn a_recording_that_does_not_come_leaves_the_preview_on() {
    let mut activity = Activity::default();
    let preview = started(&mut activity, false);
    assert_eq!(activity.runtime_state(true), RuntimeState::Previewing);
    activity.begin_start(true).unwrap();
    activity.start_failed(&failure()).carry_out();
    assert!(preview.goes_on() && activity.session().is_some());
    // What was asked of the recording goes to the preview.
    activity.begin_start(true).unwrap();
    let waiter = stop(&mut activity, StopRequest::Finish);
    activity.start_failed(&failure()).carry_out();
    assert!(waiter.answers() == 0 && !preview.goes_on());
    activity.session_ended(&preview, None).carry_out();
    assert_eq!((waiter.answers(), waiter.failures()), (1, 0));
}

#[test]
fn a_preview_ends_for_a_recording_and_its_waiters_are_its_own() {
    let mut activity = Activity::default();
    let preview = started(&mut activity, false);
    let of_preview = stop(&mut activity, StopRequest::Finish);
    activity.begin_start(true).unwrap();
    let of_recording = stop(&mut activity, StopRequest::Finish);
    activity.session_ended(&preview, None).carry_out();
    assert_eq!((of_preview.answers(), of_recording.answers()), (1, 0));
    let recording = session(true);
    assert_eq!(activity.launch(&recording).unwrap(), StopRequest::Finish);
    activity.session_ended(&recording, None).carry_out();
    assert_eq!((of_preview.answers(), of_recording.answers()), (1, 1));
}

#[test]
fn a_preview_makes_room_and_comes_back() {
    let mut activity = Activity::default();
    let preview = started(&mut activity, false);
    let control = CameraControl::new();
    let to_end = activity.interrupt(Interruption::Measurement(control.clone()), "measure").unwrap();
    assert!(to_end.is_some_and(|session| Arc::ptr_eq(&session, &preview)));
    assert_eq!(activity.runtime_state(true), RuntimeState::Measuring);
    activity.session_ended(&preview, None).carry_out();
    activity.end_measurement();
    assert!(control.is_stopped(), "whoever wants the cameras does not wait");
    let (resumption, consequences) = activity.resume(true);
    consequences.carry_out();
    assert_eq!(resumption, Resumption::StartPreview);
    // A stop that comes now is heeded.
    let waiter = stop(&mut activity, StopRequest::Finish);
    let again = session(false);
    assert_eq!(activity.launch(&again).unwrap(), StopRequest::Finish);
    activity.session_ended(&again, None).carry_out();
    assert_eq!(waiter.answers(), 1);
}

#[test]
fn a_preview_that_somebody_stopped_does_not_come_back() {
    // Before it made room, while it ends for it, and when its cameras are away.
    for moment in 0..3 {
        let mut activity = Activity::default();
        let preview = started(&mut activity, false);
        let mut waiters = Vec::new();
        let mut stop_at = |now: i32, activity: &mut Activity| {
            if now == moment {
                waiters.push(stop(activity, StopRequest::Finish));
            }
        };
        stop_at(0, &mut activity);
        activity.interrupt(Interruption::Reconfiguration, "set").unwrap();
        stop_at(1, &mut activity);
        activity.session_ended(&preview, None).carry_out();
        stop_at(2, &mut activity);
        let (resumption, consequences) = activity.resume(true);
        consequences.carry_out();
        assert_eq!((resumption, waiters[0].answers()), (Resumption::StayAtRest, 1), "{moment}");
        assert_eq!(activity.runtime_state(true), RuntimeState::Armed);
    }
}

#[test]
fn nothing_comes_back_where_there_was_no_preview_or_is_no_stream() {
    let mut activity = Activity::default();
    assert!(activity.interrupt(Interruption::Reconfiguration, "set").unwrap().is_none());
    assert_eq!(activity.resume(true).0, Resumption::StayAtRest);
    let preview = started(&mut activity, false);
    activity.interrupt(Interruption::Reconfiguration, "set").unwrap();
    activity.session_ended(&preview, None).carry_out();
    assert_eq!(activity.resume(false).0, Resumption::StayAtRest);
    assert_eq!(activity.runtime_state(false), RuntimeState::AwaitingConfiguration);
}

#[test]
fn an_abort_ends_a_snap_and_a_stop_lets_it_be() {
    let mut activity = Activity::default();
    let control = CameraControl::new();
    activity.interrupt(Interruption::Snap(control.clone()), "snap").unwrap();
    assert_eq!(activity.runtime_state(true), RuntimeState::Armed);
    assert!(stop(&mut activity, StopRequest::Finish).answers() == 1 && !control.is_stopped());
    assert!(stop(&mut activity, StopRequest::Now).answers() == 1 && control.is_stopped());
    assert_eq!(activity.resume(false).0, Resumption::StayAtRest);
}

#[test]
fn a_failure_that_nobody_waited_for_is_told_once() {
    let mut activity = Activity::default();
    let recording = started(&mut activity, true);
    activity.session_ended(&recording, Some(&failure())).carry_out();
    assert_eq!(stop(&mut activity, StopRequest::Finish).failures(), 1);
    let again = stop(&mut activity, StopRequest::Finish);
    assert_eq!((again.answers(), again.failures()), (1, 0));
    // The next run is another one.
    let recording = started(&mut activity, true);
    activity.session_ended(&recording, Some(&failure())).carry_out();
    let recording = started(&mut activity, true);
    activity.session_ended(&recording, None).carry_out();
    assert_eq!(stop(&mut activity, StopRequest::Finish).failures(), 0);
}

#[test]
fn a_close_ends_what_goes_on_and_refuses_what_begins() {
    // A run.
    let mut activity = Activity::default();
    let recording = started(&mut activity, true);
    activity.close().carry_out();
    assert!(!recording.goes_on());
    assert_eq!(activity.runtime_state(true), RuntimeState::Closed);
    let waiter = stop(&mut activity, StopRequest::Finish);
    assert_eq!(waiter.answers(), 0, "what was captured is still stored");
    activity.session_ended(&recording, None).carry_out();
    assert_eq!((waiter.answers(), activity.session().is_none()), (1, true));
    assert_eq!(activity.begin_start(true).unwrap_err().code, ErrorCode::Closed);
    assert!(activity.interrupt(Interruption::Reconfiguration, "set").is_err_and(|e| e.code == ErrorCode::Closed));
    assert_eq!(stop(&mut activity, StopRequest::Finish).answers(), 1);
    activity.close().carry_out();

    // A start.
    let mut activity = Activity::default();
    activity.begin_start(true).unwrap();
    let waiter = stop(&mut activity, StopRequest::Finish);
    activity.close().carry_out();
    assert_eq!(waiter.failures(), 1);
    assert_eq!(activity.launch(&session(true)).unwrap_err().code, ErrorCode::Closed);
    activity.start_failed(&failure()).carry_out();
    assert_eq!(activity.runtime_state(true), RuntimeState::Closed);

    // Cameras that are needed for a moment.
    let mut activity = Activity::default();
    let (preview, control) = (started(&mut activity, false), CameraControl::new());
    activity.interrupt(Interruption::Measurement(control.clone()), "measure").unwrap();
    let waiter = stop(&mut activity, StopRequest::Finish);
    activity.close().carry_out();
    assert!(control.is_stopped() && waiter.answers() == 0);
    activity.session_ended(&preview, None).carry_out();
    assert_eq!(waiter.answers(), 1);
    assert_eq!(activity.resume(true).0, Resumption::StayAtRest);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    BeginStart { record: bool },
    Launch,
    StartFailed,
    Interrupt,
    Resume,
    Stop(StopRequest),
    SessionEnded { fails: bool },
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<bool>().prop_map(|record| Step::BeginStart { record }),
        4 => Just(Step::Launch),
        1 => Just(Step::StartFailed),
        3 => Just(Step::Interrupt),
        3 => Just(Step::Resume),
        4 => prop_oneof![Just(StopRequest::Finish), Just(StopRequest::Now), Just(StopRequest::GiveUp)]
            .prop_map(Step::Stop),
        4 => any::<bool>().prop_map(|fails| Step::SessionEnded { fails }),
        1 => Just(Step::Close),
    ]
}

proptest! {
    /// Whatever comes in whatever order: everybody is answered once, and nobody before there is something to tell.
    #[test]
    fn everybody_is_answered_once(steps in prop::collection::vec(step(), 0..40)) {
        let mut activity = Activity::default();
        let mut waiters = Vec::new();
        for step in steps {
            match step {
                Step::BeginStart { record } => drop(activity.begin_start(record)),
                Step::Launch => {
                    let session = session(true);
                    if let Ok(request) = activity.launch(&session) {
                        session.ask(request);
                    }
                }
                Step::StartFailed => activity.start_failed(&failure()).carry_out(),
                Step::Interrupt => drop(activity.interrupt(Interruption::Reconfiguration, "set")),
                Step::Resume => activity.resume(true).1.carry_out(),
                Step::Stop(request) => waiters.push(stop(&mut activity, request)),
                Step::SessionEnded { fails } => {
                    if let Some(session) = activity.session().cloned() {
                        activity.session_ended(&session, fails.then(failure).as_ref()).carry_out();
                    }
                }
                Step::Close => activity.close().carry_out(),
            }
            prop_assert!(waiters.iter().all(|waiter| waiter.answers() <= 1));
        }
        activity.close().carry_out();
        if let Some(session) = activity.session().cloned() {
            prop_assert!(!session.goes_on());
            activity.session_ended(&session, None).carry_out();
        }
        prop_assert!(activity.session().is_none());
        prop_assert!(waiters.iter().all(|waiter| waiter.answers() == 1));
    }
}
