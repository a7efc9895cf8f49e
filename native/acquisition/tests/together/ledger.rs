//! The ledger against a model that keeps a list of frames: exact at every moment, whatever happens in whatever order.

use proptest::prelude::*;
use zarrcam_acquisition::{FrameState, Ledger, LedgerBook, Loss, LossCause};

#[derive(Clone, Debug)]
enum Step {
    Arrived,
    Missed(u64, LossCause),
    Stored(u64),
    Lost(u64),
    CaptureEnded,
    GiveUp,
}

fn cause() -> impl Strategy<Value = LossCause> {
    prop_oneof![Just(LossCause::Camera), Just(LossCause::Queue)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => Just(Step::Arrived),
        2 => (0u64..9, cause()).prop_map(|(count, cause)| Step::Missed(count, cause)),
        8 => (0u64..40).prop_map(Step::Stored),
        2 => (0u64..40).prop_map(Step::Lost),
    ]
}

/// One entry a camera frame; slow and plain.
struct Model {
    frames_averaged: usize,
    frames: Vec<FrameState>,
}

impl Model {
    fn frame(&mut self, index: u64) -> &mut [FrameState] {
        let first = (index as usize * self.frames_averaged).min(self.frames.len());
        let last = (first + self.frames_averaged).min(self.frames.len());
        &mut self.frames[first..last]
    }

    fn push(&mut self, missed: Option<LossCause>) {
        let index = (self.frames.len() / self.frames_averaged) as u64;
        let broken = self.frame(index).iter().find(|state| matches!(state, FrameState::Dropped(_))).copied();
        let state = broken.or(missed.map(FrameState::Dropped)).unwrap_or(FrameState::InFlight);
        self.frames.push(state);
        if state != FrameState::InFlight {
            self.frame(index).fill(state);
        }
    }

    fn take(&mut self, step: &Step) {
        let per_index = self.frames_averaged;
        match *step {
            Step::Arrived => self.push(None),
            Step::Missed(count, cause) => (0..count).for_each(|_| self.push(Some(cause))),
            Step::Stored(index) => {
                let frames = self.frame(index);
                if frames.len() == per_index && frames[0] == FrameState::InFlight {
                    frames.fill(FrameState::Stored);
                }
            }
            Step::Lost(index) => {
                let frames = self.frame(index);
                if frames.first().is_some_and(|state| !matches!(state, FrameState::Dropped(_))) {
                    frames.fill(FrameState::Dropped(LossCause::Storage));
                }
            }
            Step::CaptureEnded => {
                let index = (self.frames.len() / per_index) as u64;
                let frames = self.frame(index);
                if frames.first() == Some(&FrameState::InFlight) {
                    frames.fill(FrameState::Dropped(LossCause::Camera));
                }
            }
            Step::GiveUp => {
                for state in self.frames.iter_mut().filter(|state| **state == FrameState::InFlight) {
                    *state = FrameState::Dropped(LossCause::Storage);
                }
            }
        }
    }

    fn ledger(&self) -> Ledger {
        let count = |wanted: FrameState| self.frames.iter().filter(|state| **state == wanted).count() as u64;
        let [camera, queue, storage] =
            [LossCause::Camera, LossCause::Queue, LossCause::Storage].map(|cause| count(FrameState::Dropped(cause)));
        let decided = self.frames.chunks(self.frames_averaged).filter(|frames| frames[0] != FrameState::InFlight);
        Ledger {
            captured: self.frames.len() as u64,
            stored: count(FrameState::Stored),
            dropped: camera + queue + storage,
            in_flight: count(FrameState::InFlight),
            dropped_camera: camera,
            dropped_queue: queue,
            dropped_storage: storage,
            array_frames: decided.count() as u64,
        }
    }
}

fn take(book: &mut LedgerBook, step: &Step) {
    match *step {
        Step::Arrived => {
            book.arrived();
        }
        Step::Missed(count, cause) => book.missed(count, cause),
        Step::Stored(index) => book.stored(index),
        Step::Lost(index) => book.lost(index),
        Step::CaptureEnded => {
            book.capture_ended();
        }
        Step::GiveUp => book.give_up(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn captured_is_stored_plus_dropped_plus_in_flight(
        frames_averaged in 1u32..5,
        first_hardware_id in 0u64..1000,
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut book = LedgerBook::new(frames_averaged, first_hardware_id);
        let mut model = Model { frames_averaged: frames_averaged as usize, frames: Vec::new() };
        let end = [Step::CaptureEnded, Step::GiveUp];
        for step in steps.iter().chain(&end) {
            take(&mut book, step);
            model.take(step);
            let ledger = book.ledger();
            prop_assert_eq!(ledger.captured, ledger.stored + ledger.dropped + ledger.in_flight);
            prop_assert_eq!(ledger, &model.ledger(), "after {:?}", step);
        }
        prop_assert_eq!(book.ledger().in_flight, 0);
        prop_assert_eq!(book.next_hardware_id(), first_hardware_id + book.ledger().captured);

        let page = book.losses(0, u64::MAX);
        prop_assert_eq!(page.total, page.ranges.len() as u64);
        prop_assert_eq!(page.ranges.iter().map(|run| run.count).sum::<u64>(), book.ledger().dropped);
        for run in &page.ranges {
            let first = (run.first_hardware_id - first_hardware_id) as usize;
            prop_assert_eq!(run.first_frame_index, first as u64 / u64::from(frames_averaged));
            for state in &model.frames[first..first + run.count as usize] {
                prop_assert_eq!(*state, FrameState::Dropped(run.cause));
            }
        }
        let paged: Vec<_> = (0..page.total).step_by(3).flat_map(|from| book.losses(from, 3).ranges).collect();
        prop_assert_eq!(paged, page.ranges);
    }
}

#[test]
fn three_hundred_frames_with_two_dropped_end_with_298_stored() {
    let mut book = LedgerBook::new(1, 0);
    for index in 0..300u64 {
        if index == 118 || index == 119 {
            book.missed(1, LossCause::Queue);
        } else {
            assert_eq!(book.arrived(), FrameState::InFlight);
            book.stored(index);
        }
    }
    let expected =
        Ledger { captured: 300, stored: 298, dropped: 2, dropped_queue: 2, array_frames: 300, ..Ledger::default() };
    assert_eq!(book.ledger(), &expected);
    let loss =
        Loss { first_frame_index: 118, first_hardware_id: 118, count: 2, array_frames: 2, cause: LossCause::Queue };
    assert_eq!(book.losses(0, 1000).ranges, [loss]);
    assert_eq!(book.last_stored(), Some(299));
}

#[test]
fn a_failing_storage_moves_what_was_stored_to_dropped() {
    let mut book = LedgerBook::new(1, 7);
    for _ in 0..10 {
        book.arrived();
    }
    (0..6).for_each(|index| book.stored(index));
    (4..10).for_each(|index| book.lost(index));
    let expected =
        Ledger { captured: 10, stored: 4, dropped: 6, dropped_storage: 6, array_frames: 10, ..Ledger::default() };
    assert_eq!(book.ledger(), &expected);
    book.stored(8);
    assert_eq!(book.ledger(), &expected, "what is lost stays lost");
    assert_eq!(book.losses(0, 9).ranges[0].first_hardware_id, 11);
}

#[test]
fn an_incomplete_average_is_dropped_with_all_its_frames() {
    let mut book = LedgerBook::new(4, 0);
    book.arrived();
    book.arrived();
    book.missed(1, LossCause::Queue);
    assert_eq!(book.arrived(), FrameState::Dropped(LossCause::Queue));
    assert_eq!((book.ledger().dropped_queue, book.ledger().in_flight), (4, 0));
    (0..4).for_each(|_| assert_eq!(book.arrived(), FrameState::InFlight));
    book.stored(1);
    assert_eq!(book.ledger().stored, 4, "a stored average accounts for all its frames");
    book.arrived();
    assert_eq!(book.capture_ended(), Some(2));
    assert_eq!((book.ledger().dropped_camera, book.ledger().in_flight), (1, 0));
    assert_eq!(book.losses(1, 1).ranges[0].count, 1);
}
