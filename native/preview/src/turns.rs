//! The newest frame of each stream, who waits for it, and whose turn it is.

use std::collections::HashMap;
use std::time::Duration;

use crate::{Load, PreviewRate, PreviewRequest};

/// What somebody waits for.
pub trait Wanted {
    /// Pictures that go on take their turn. Whoever asks for one picture, or for something else, is answered at once.
    fn takes_turns(&self) -> bool;
    /// May this frame be the first that is seen?
    fn begins_with(&self, age: Age) -> bool;
    /// Whether a picture has to be made for it.
    fn is_picture(&self) -> bool;
}

/// Where a frame stands in the course of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Its camera runs.
    Live,
    /// Its run has ended, or there was none.
    Ended,
    /// Another run has begun since.
    Old,
}

/// The newest frame of a stream.
#[derive(Clone, Debug)]
pub struct Latest<F> {
    /// The frame; `None`: nobody has it any more.
    pub frame: Option<F>,
    /// Its frame index; `None`: it is not saved.
    pub frame_index: Option<u64>,
    /// The number of its run; 0: a snap.
    pub run: u32,
    /// Its number among the frames of the stream that went past, from 1.
    pub sequence: u64,
    /// Where it stands in the course of runs.
    pub age: Age,
    /// Whether a picture was made of it: whoever wants the same once more costs little.
    rendered: bool,
}

/// Somebody who waits for a frame of a stream.
#[derive(Clone, Debug)]
pub struct Waiting<W> {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// The sequence number of the frame that it had last; `None`: it had none.
    pub after: Option<u64>,
    /// What it waits for.
    pub wanted: W,
    /// The sequence number that was the newest when the wait began: all that came since is new to it, however short its run was.
    since: u64,
}

/// Who gets something now.
#[derive(Debug)]
pub enum Next<F, W> {
    /// Nobody, before another frame is there or somebody else asks.
    Nobody,
    /// Nobody before so long.
    In(Duration),
    /// These.
    Now(Serving<F, W>),
}

/// A frame, and those who may have it now. They wait no longer.
#[derive(Debug)]
pub struct Serving<F, W> {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// Its newest frame.
    pub frame: F,
    /// Its frame index; `None`: it is not saved.
    pub frame_index: Option<u64>,
    /// The number of its run; 0: a snap.
    pub run: u32,
    /// Its number among the frames of the stream that went past, from 1.
    pub sequence: u64,
    /// Who gets it.
    pub waiting: Vec<Waiting<W>>,
}

/// The newest frame of each stream, by the stream's index in `video`, and who waits. `F`: how a frame is held.
pub struct Turns<F, W> {
    streams: HashMap<u32, Latest<F>>,
    waiting: Vec<Waiting<W>>,
    rate: PreviewRate,
}

impl<W> Waiting<W> {
    /// Frames between the one that it had last and this one.
    pub fn skipped(&self, sequence: u64) -> u64 {
        self.after.map_or(0, |after| sequence.saturating_sub(after.saturating_add(1)))
    }
}

impl Wanted for PreviewRequest {
    fn takes_turns(&self) -> bool {
        !self.full
    }

    fn begins_with(&self, age: Age) -> bool {
        age == Age::Live || self.ended_run && age == Age::Ended
    }

    fn is_picture(&self) -> bool {
        true
    }
}

impl<F, W> Default for Turns<F, W> {
    fn default() -> Self {
        Self { streams: HashMap::new(), waiting: Vec::new(), rate: PreviewRate::default() }
    }
}

impl<F: Clone, W: Wanted> Turns<F, W> {
    /// Takes the newest frame of a stream. `run` 0: a snap, which is of no run. Gives back what it takes the place of.
    pub fn show(&mut self, stream: u32, run: u32, frame: F, frame_index: Option<u64>) -> Option<Latest<F>> {
        let sequence = self.sequence(stream) + 1;
        let age = if run == 0 { Age::Ended } else { Age::Live };
        let latest = Latest { frame: Some(frame), frame_index, run, sequence, age, rendered: false };
        self.streams.insert(stream, latest)
    }

    /// Takes notice of how storage fares, with each frame.
    pub fn observe(&mut self, load: Load, now: Duration) {
        self.rate.observe(load, now);
    }

    /// Notes that a run begins: the frames that are there belong to one before.
    pub fn begin(&mut self) {
        self.streams.values_mut().for_each(|latest| latest.age = Age::Old);
    }

    /// The newest frame of a stream.
    pub fn latest(&self, stream: u32) -> Option<&Latest<F>> {
        self.streams.get(&stream)
    }

    /// As [`latest`](Self::latest), to be changed.
    pub fn latest_mut(&mut self, stream: u32) -> Option<&mut Latest<F>> {
        self.streams.get_mut(&stream)
    }

    /// The newest sequence number of a stream; 0: it has shown nothing yet.
    pub fn sequence(&self, stream: u32) -> u64 {
        self.latest(stream).map_or(0, |latest| latest.sequence)
    }

    /// Whether somebody waits for a frame of the stream.
    pub fn is_awaited(&self, stream: u32) -> bool {
        self.waiting.iter().any(|one| one.stream == stream)
    }

    /// Pictures a second that are made at most while storage needs the computer; `None`: as many as a screen shows.
    pub fn limit_per_s(&self) -> Option<f64> {
        self.rate.limit_per_s()
    }

    /// Somebody waits for a frame after `after`. Without `after` it is of a run that goes on, unless what is wanted says otherwise.
    pub fn wait_for(&mut self, stream: u32, after: Option<u64>, wanted: W) {
        let since = self.sequence(stream);
        self.waiting.push(Waiting { stream, after, wanted, since });
    }

    /// Takes those back whose wants are such.
    pub fn take_waiting(&mut self, mut such: impl FnMut(&W) -> bool) -> Vec<Waiting<W>> {
        self.waiting.extract_if(.., |one| such(&one.wanted)).collect()
    }

    /// Forgets all frames, and takes everybody back who waits.
    pub fn close(&mut self) -> Vec<Waiting<W>> {
        self.streams.clear();
        std::mem::take(&mut self.waiting)
    }

    /// Takes a stream whose newest frame somebody wants and may have now, and everybody who may.
    pub fn next(&mut self, now: Duration) -> Next<F, W> {
        let Self { streams, waiting, rate } = self;
        // `None`: there is no frame for it yet.
        let wait_of = |rate: &PreviewRate, one: &Waiting<W>| {
            let latest = streams.get(&one.stream).filter(|latest| latest.frame.is_some())?;
            match one.after {
                None if latest.sequence > one.since || one.wanted.begins_with(latest.age) => Some(Duration::ZERO),
                None => None,
                Some(after) if latest.sequence <= after => None,
                Some(_) if latest.rendered || !one.wanted.takes_turns() => Some(Duration::ZERO),
                Some(_) => Some(rate.wait(one.stream, now)),
            }
        };
        // Of those that may go now the one that has waited longest: no stream stands behind another for ever.
        let soonest =
            waiting.iter().filter_map(|one| Some((wait_of(rate, one)?, one.stream))).min_by_key(|(wait, _)| *wait);
        let stream = match soonest {
            None => return Next::Nobody,
            Some((Duration::ZERO, stream)) => stream,
            Some((wait, _)) => return Next::In(wait),
        };
        let is_ready = |one: &mut Waiting<W>| one.stream == stream && wait_of(rate, one) == Some(Duration::ZERO);
        let ready: Vec<_> = waiting.extract_if(.., is_ready).collect();
        let Some(latest) = streams.get_mut(&stream) else { return Next::Nobody };
        let Some(frame) = latest.frame.clone() else { return Next::Nobody };
        if !latest.rendered && ready.iter().any(|one| one.wanted.is_picture()) {
            latest.rendered = true;
            rate.rendered(stream, now);
        }
        let Latest { frame_index, run, sequence, .. } = *latest;
        Next::Now(Serving { stream, frame, frame_index, run, sequence, waiting: ready })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Of = Turns<&'static str, PreviewRequest>;
    const NOW: Duration = Duration::from_secs(5);

    fn pictures() -> PreviewRequest {
        PreviewRequest { max_width: 10, max_height: 10, ..PreviewRequest::default() }
    }

    /// Frame and sequence number of what is given now.
    fn given(turns: &mut Of, now: Duration) -> Option<(&'static str, u64, usize)> {
        match turns.next(now) {
            Next::Now(serving) => Some((serving.frame, serving.sequence, serving.waiting.len())),
            _ => None,
        }
    }

    #[test]
    fn all_who_wait_get_the_newest_frame_once() {
        let mut turns = Of::default();
        turns.wait_for(0, None, pictures());
        turns.wait_for(0, None, pictures());
        turns.wait_for(1, None, pictures());
        assert_eq!(given(&mut turns, NOW), None);
        turns.show(0, 1, "a", Some(0));
        turns.show(0, 1, "b", Some(1));
        assert_eq!(given(&mut turns, NOW), Some(("b", 2, 2)));
        assert_eq!(given(&mut turns, NOW), None, "the other stream has shown nothing");
        turns.wait_for(0, Some(2), pictures());
        assert_eq!(given(&mut turns, NOW), None, "it has had this one");
        turns.show(0, 1, "c", Some(2));
        turns.show(0, 1, "d", Some(3));
        let Next::Now(serving) = turns.next(2 * NOW) else { panic!("d is there") };
        assert_eq!((serving.frame, serving.waiting[0].skipped(serving.sequence)), ("d", 1));
    }

    #[test]
    fn a_picture_waits_for_its_turn_and_a_single_one_does_not() {
        let mut turns = Of::default();
        turns.show(0, 1, "a", None);
        turns.wait_for(0, None, pictures());
        assert!(given(&mut turns, NOW).is_some());
        let soon = NOW + Duration::from_millis(1);
        turns.show(0, 1, "b", None);
        turns.wait_for(0, Some(1), pictures());
        let Next::In(wait) = turns.next(soon) else { panic!("one is enough in a millisecond") };
        assert!(wait > Duration::from_millis(10) && wait < Duration::from_millis(20), "{wait:?}");
        turns.wait_for(0, Some(1), PreviewRequest { full: true, ..PreviewRequest::default() });
        assert_eq!(given(&mut turns, soon), Some(("b", 2, 1)));
        assert_eq!(given(&mut turns, soon), Some(("b", 2, 1)), "what was rendered costs little");
    }

    #[test]
    fn a_run_that_ended_is_shown_to_who_asks_for_it_until_another_begins() {
        let mut turns = Of::default();
        turns.show(0, 0, "snap", None);
        turns.wait_for(0, None, pictures());
        assert_eq!(given(&mut turns, NOW), None);
        turns.wait_for(0, None, PreviewRequest { ended_run: true, ..pictures() });
        assert_eq!(given(&mut turns, NOW), Some(("snap", 1, 1)));
        turns.begin();
        turns.wait_for(0, None, PreviewRequest { ended_run: true, ..pictures() });
        assert_eq!(given(&mut turns, NOW), None);
        turns.show(0, 2, "live", Some(0));
        assert_eq!(given(&mut turns, NOW), Some(("live", 2, 2)));
    }

    #[test]
    fn a_frame_that_nobody_has_any_more_is_given_to_nobody() {
        let mut turns = Of::default();
        turns.show(0, 1, "a", None);
        turns.latest_mut(0).unwrap().frame = None;
        turns.wait_for(0, None, pictures());
        assert_eq!(given(&mut turns, NOW), None);
        assert_eq!(turns.take_waiting(|request| request.max_width == 10).len(), 1);
        assert!(!turns.is_awaited(0));
    }
}
