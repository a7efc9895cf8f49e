//! Callers that know nothing of each other: whatever they ask in whatever order, each is answered, the cameras come back, and
//! nothing hangs.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::common::{PATIENCE, Rig, document, stream, with};
use serde_json::{Value, json};
use zarrcam_acquisition::RuntimeState;
use zarrcam_runtime::{Callback, ErrorCode, PreviewRequest, RuntimeError, StartOptions};

const CALLERS: u64 = 4;
const CALLS_EACH: usize = 40;

/// The same numbers each time, so that what failed can be tried again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        // Knuth's MMIX generator; its high bits are good.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }
}

/// A callback, and where its answer is waited for.
fn answer<T: Send + 'static>() -> (Callback<T>, Receiver<Result<(), ErrorCode>>) {
    let (sender, receiver) = mpsc::channel();
    let done: Callback<T> = Box::new(move |answer| {
        let _ = sender.send(answer.map(|_| ()).map_err(|error| error.code));
    });
    (done, receiver)
}

fn settings(exposure_us: u64, frames: u64) -> Value {
    let video = with(stream("", frames), "/camera/settings/exposure_time_us", json!(exposure_us));
    document(&[with(video, "/storage/identifier/name", json!("trash"))])
}

/// Refusals that another caller is the reason of.
fn assert_expected(answer: Result<(), RuntimeError>) {
    let Err(error) = answer else { return };
    let expected = [ErrorCode::AlreadyRunning, ErrorCode::Cancelled, ErrorCode::Closed];
    assert!(expected.contains(&error.code), "{error:#?}");
}

/// Asks at random; returns the answers that are still to come.
fn call(rig: &Rig, dice: &mut Dice) -> Vec<Receiver<Result<(), ErrorCode>>> {
    let mut to_come = Vec::new();
    for _ in 0..CALLS_EACH {
        let runtime = &rig.runtime;
        match dice.below(12) {
            0 | 1 => assert_expected(runtime.start(true).map(|_| ())),
            2 => assert_expected(
                runtime.start_with(StartOptions { record: false, ..StartOptions::default() }).map(|_| ()),
            ),
            3 | 4 => {
                let (done, receiver) = answer();
                runtime.stop(done);
                to_come.push(receiver);
            }
            5 => {
                let (done, receiver) = answer();
                runtime.abort(done);
                to_come.push(receiver);
            }
            6 => {
                let (done, receiver) = answer();
                runtime.give_up(done);
                to_come.push(receiver);
            }
            7 => {
                let (done, receiver) = answer();
                runtime.snap(PreviewRequest { full: true, ..PreviewRequest::default() }, done);
                to_come.push(receiver);
            }
            8 => assert_expected(runtime.measure_speed().map(|_| ())),
            9 | 10 => {
                let document = settings(200 + 100 * dice.below(3), 5 + dice.below(20));
                assert_expected(runtime.set_configuration(&document, None, "test").map(|_| ()));
            }
            _ => thread::sleep(Duration::from_micros(dice.below(3000))),
        }
    }
    to_come
}

/// Several callers at once, and `last` when they are under way. Everybody is answered.
fn interleave(rig: &Rig, seed: u64, last: impl FnOnce() + Send) {
    rig.set(&settings(300, 20));
    let to_come: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> =
            (0..CALLERS).map(|caller| scope.spawn(move || call(rig, &mut Dice(seed * CALLERS + caller)))).collect();
        scope.spawn(last);
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    // Nothing that was begun is still to end, but for a run without anybody who stops it.
    let (done, ended) = answer();
    rig.runtime.abort(done);
    for receiver in to_come.into_iter().chain([ended]) {
        let answered = receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer, seed {seed}"));
        assert!(
            matches!(answered, Ok(()) | Err(ErrorCode::AlreadyRunning | ErrorCode::Cancelled | ErrorCode::Closed)),
            "{answered:?}, seed {seed}"
        );
        assert!(receiver.recv().is_err(), "answered twice, seed {seed}");
    }
}

#[test]
fn everybody_is_answered_and_the_cameras_come_back() {
    for seed in 1..=4 {
        let rig = Rig::new();
        interleave(&rig, seed, || {});
        let summary = rig.record(&document(&[stream("after.zarr", 5)]));
        assert_eq!((summary.complete, summary.streams[0].ledger.captured), (true, 5), "seed {seed}");
        assert_eq!(rig.runtime.state(), RuntimeState::Armed, "seed {seed}");
    }
}

#[test]
fn a_close_in_between_ends_everything() {
    for seed in 11..=16 {
        let rig = Rig::new();
        interleave(&rig, seed, || {
            thread::sleep(Duration::from_millis(10 * seed));
            rig.runtime.close();
        });
        assert_eq!(rig.runtime.state(), RuntimeState::Closed);
        assert_eq!(rig.runtime.start(true).unwrap_err().code, ErrorCode::Closed);
    }
}
