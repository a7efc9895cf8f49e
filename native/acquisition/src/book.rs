use std::ops::Range;

use crate::runs::Runs;
use crate::{DropCause, Ledger, Loss, LossPage};

/// Where a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceState {
    /// Captured, not stored yet; or an average that still collects its frames.
    InFlight,
    Stored,
    /// Final: nothing that is reported later brings it back.
    Dropped(DropCause),
}

/// Keeps the ledger of one stream's run.
///
/// Frames are told in order of their hardware ids, with nothing left out: [`LedgerBook::arrived`] for those that
/// were taken, [`LedgerBook::missed`] for those that were not. What becomes of places may be told in any order.
/// A place is `frames_per_place` frames with consecutive ids. When one of them is missed the whole place is
/// dropped, and all its frames are counted under the cause that broke it.
#[derive(Clone, Debug)]
pub struct LedgerBook {
    frames_per_place: u64,
    first_hardware_id: u64,
    places: Runs<PlaceState>,
    ledger: Ledger,
}

impl LedgerBook {
    /// `first_hardware_id` is the id that belongs to place 0.
    pub fn new(frames_per_place: u32, first_hardware_id: u64) -> Self {
        Self {
            frames_per_place: frames_per_place.max(1).into(),
            first_hardware_id,
            places: Runs::default(),
            ledger: Ledger::default(),
        }
    }

    /// The next frame was taken. Tells how its place stands: `InFlight`, or `Dropped` where its average is broken.
    pub fn arrived(&mut self) -> PlaceState {
        let place = self.ledger.captured / self.frames_per_place;
        let state = self.places.get(place).unwrap_or_else(|| {
            self.places.set(place..place + 1, PlaceState::InFlight);
            PlaceState::InFlight
        });
        self.ledger.captured += 1;
        self.count(state, 1, true);
        state
    }

    /// The next `count` frames were not taken.
    pub fn missed(&mut self, count: u64, cause: DropCause) {
        if count == 0 {
            return;
        }
        let captured = self.ledger.captured;
        let places = captured / self.frames_per_place..(captured + count).div_ceil(self.frames_per_place);
        // A place that is broken already keeps the cause that broke it.
        let broken = match self.places.get(places.start) {
            Some(PlaceState::Dropped(_)) => places.start + 1,
            _ => places.start,
        };
        self.change(broken..places.end, PlaceState::Dropped(cause));
        self.ledger.captured = captured + count;
        for (run, state) in self.places.within(places) {
            let frames = self.frames_of(&run) - self.frames_before(&run, captured);
            self.count(state, frames, true);
        }
    }

    /// The bytes and the record of the place have left the process.
    pub fn stored(&mut self, place: u64) {
        let complete = place < self.ledger.captured / self.frames_per_place;
        if complete && self.places.get(place) == Some(PlaceState::InFlight) {
            self.change(place..place + 1, PlaceState::Stored);
        }
    }

    /// Taken by storage, perhaps stored already, and gone now.
    pub fn lost(&mut self, place: u64) {
        if matches!(self.places.get(place), Some(PlaceState::InFlight | PlaceState::Stored)) {
            self.change(place..place + 1, PlaceState::Dropped(DropCause::Storage));
        }
    }

    /// Capture has ended: an average that still collects stays incomplete. The frames that it waits for never came
    /// from the camera, so that is its cause. Returns the place that is dropped.
    pub fn capture_ended(&mut self) -> Option<u64> {
        let place = self.ledger.captured / self.frames_per_place;
        let collects = self.places.get(place) == Some(PlaceState::InFlight);
        collects.then(|| {
            self.change(place..place + 1, PlaceState::Dropped(DropCause::Camera));
            place
        })
    }

    /// Nothing more will be stored: all that is in flight is lost.
    pub fn give_up(&mut self) {
        let waiting: Vec<_> =
            self.places.iter().filter(|(_, state)| *state == PlaceState::InFlight).map(|(run, _)| run).collect();
        for run in waiting {
            self.change(run, PlaceState::Dropped(DropCause::Storage));
        }
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn state_of(&self, place: u64) -> Option<PlaceState> {
        self.places.get(place)
    }

    /// The id that the next frame must have when nothing was lost.
    pub fn next_hardware_id(&self) -> u64 {
        self.first_hardware_id + self.ledger.captured
    }

    /// The newest place that is stored.
    pub fn last_stored(&self) -> Option<u64> {
        self.places.iter().rev().find(|(_, state)| *state == PlaceState::Stored).map(|(run, _)| run.end - 1)
    }

    /// A page of the losses, oldest first.
    pub fn losses(&self, from: u64, count: u64) -> LossPage {
        let mut page = LossPage { from, ..LossPage::default() };
        for (run, state) in self.places.iter() {
            let PlaceState::Dropped(cause) = state else { continue };
            if page.total >= from && page.total - from < count {
                page.runs.push(Loss {
                    first_place: run.start,
                    first_hardware_id: self.first_hardware_id + run.start * self.frames_per_place,
                    count: self.frames_of(&run),
                    places: run.end - run.start,
                    cause,
                });
            }
            page.total += 1;
        }
        page
    }

    fn change(&mut self, places: Range<u64>, state: PlaceState) {
        let before = self.places.within(places.clone());
        for (run, state) in before {
            self.count(state, self.frames_of(&run), false);
            self.decide(state, run.end - run.start, false);
        }
        let frames = self.frames_of(&places);
        self.count(state, frames, true);
        self.decide(state, places.end.saturating_sub(places.start), true);
        self.places.set(places, state);
    }

    /// Frames that the places hold so far.
    fn frames_of(&self, places: &Range<u64>) -> u64 {
        self.frames_before(places, self.ledger.captured)
    }

    fn frames_before(&self, places: &Range<u64>, captured: u64) -> u64 {
        let end = (places.end * self.frames_per_place).min(captured);
        end.saturating_sub(places.start * self.frames_per_place)
    }

    fn decide(&mut self, state: PlaceState, places: u64, add: bool) {
        if state != PlaceState::InFlight {
            move_by(&mut self.ledger.places, places, add);
        }
    }

    fn count(&mut self, state: PlaceState, frames: u64, add: bool) {
        let ledger = &mut self.ledger;
        match state {
            PlaceState::InFlight => move_by(&mut ledger.in_flight, frames, add),
            PlaceState::Stored => move_by(&mut ledger.stored, frames, add),
            PlaceState::Dropped(cause) => {
                move_by(&mut ledger.dropped, frames, add);
                let by_cause = match cause {
                    DropCause::Camera => &mut ledger.dropped_camera,
                    DropCause::Queue => &mut ledger.dropped_queue,
                    DropCause::Storage => &mut ledger.dropped_storage,
                };
                move_by(by_cause, frames, add);
            }
        }
    }
}

fn move_by(count: &mut u64, by: u64, add: bool) {
    *count = if add { *count + by } else { *count - by };
}
