use std::ops::Range;

use zarrcam_acquisition::{DatasetState, Ledger, Loss, LossCause, LossPage};

use crate::frame_log::{FrameLogReader, Record};
use crate::frame_ranges::FrameRanges;
use crate::{StorageError, StorageErrorKind, Store};

/// What a log says of all frames together.
#[derive(Clone, Debug, Default)]
pub(super) struct LogSummary {
    stored: FrameRanges,
    dropped_camera: FrameRanges,
    dropped_queue: FrameRanges,
    dropped_storage: FrameRanges,
    /// Frame index and hardware id of the first record and of the last; ids lie evenly between.
    ids: Option<[(u64, u64); 2]>,
    /// One past the last frame index that the log knows.
    pub end: u64,
    /// One past the last frame index that was captured, where the run said so: what storage never came to hear of is lost as well.
    pub captured_end: u64,
    closed: bool,
}

/// A log that is summed up, of which more is read as it grows.
#[derive(Default)]
pub(super) struct FollowedLog {
    pub summary: LogSummary,
    /// `None`: there is no log, or the run is closed, and nothing more will come. An open handle would keep a deleted log.
    reader: Option<FrameLogReader>,
}

impl FollowedLog {
    /// Nothing of it is read yet. A log that is not there says nothing. `NotOpenYet`: it is to be opened first.
    pub fn of(store: &Store) -> Result<Self, StorageError> {
        match FrameLogReader::of(store) {
            Ok(reader) => Ok(Self::from(Some(reader))),
            Err(error) if error.kind() == StorageErrorKind::NotOpenYet => Err(error),
            Err(_) => Ok(Self::default()),
        }
    }

    /// Takes in what was appended since the last time.
    pub fn poll(&mut self) -> &LogSummary {
        if let Some(reader) = &mut self.reader {
            while let Some(record) = reader.next_record() {
                self.summary.take(&record);
            }
        }
        if self.summary.closed {
            self.reader = None;
        }
        &self.summary
    }

    /// The bytes of the log that are summed up; `None`: nothing more is read.
    #[cfg(unix)]
    pub fn good_bytes(&self) -> Option<u64> {
        self.reader.as_ref().map(FrameLogReader::good_bytes)
    }
}

impl From<Option<FrameLogReader>> for FollowedLog {
    fn from(reader: Option<FrameLogReader>) -> Self {
        Self { summary: LogSummary::default(), reader }
    }
}

impl LogSummary {
    fn take(&mut self, record: &Record) {
        match record {
            Record::Frame { frame_index, stamp, .. } => {
                self.stored.insert(*frame_index);
                self.came(*frame_index, stamp.hardware_id);
            }
            Record::Dropped { frame_index, hardware_id, cause } => {
                // Recovery takes back what it found damaged.
                self.stored.remove(*frame_index);
                match cause {
                    LossCause::Camera => self.dropped_camera.insert(*frame_index),
                    LossCause::Queue => self.dropped_queue.insert(*frame_index),
                    LossCause::Storage => self.dropped_storage.insert(*frame_index),
                }
                self.came(*frame_index, *hardware_id);
            }
            Record::Closed { .. } => self.closed = true,
            Record::LayerOpened { .. } | Record::LayerSealed { .. } | Record::Planes { .. } => {}
        }
    }

    fn came(&mut self, frame_index: u64, hardware_id: u64) {
        self.end = self.end.max(frame_index + 1);
        let [first, last] = self.ids.get_or_insert([(frame_index, hardware_id); 2]);
        *first = (*first).min((frame_index, hardware_id));
        *last = (*last).max((frame_index, hardware_id));
    }

    /// The hardware id that belongs to a frame index, and how many frames of the camera are averaged into one.
    fn id_of(&self, frame_index: u64) -> (u64, u64) {
        let Some([(first, first_id), (last, last_id)]) = self.ids else { return (frame_index, 1) };
        let frames = (last_id - first_id.min(last_id)).checked_div(last - first).unwrap_or(1).max(1);
        (first_id.saturating_add(frame_index * frames).saturating_sub(first * frames), frames)
    }

    /// Frame indices that hold no frame, as ranges, oldest first. What is undecided while the run goes on is none of them yet.
    pub fn losses(&self, state: DatasetState, from: u64, count: u64) -> LossPage {
        let causes = [
            (&self.dropped_camera, LossCause::Camera),
            (&self.dropped_queue, LossCause::Queue),
            (&self.dropped_storage, LossCause::Storage),
        ];
        let mut empty: Vec<(Range<u64>, LossCause)> =
            causes.iter().flat_map(|(runs, cause)| runs.ranges().map(|run| (run, *cause))).collect();
        if state != DatasetState::Open {
            // Taken by storage, and never heard of again.
            let mut known: Vec<Range<u64>> =
                self.stored.ranges().chain(empty.iter().map(|(run, _)| run.clone())).collect();
            known.sort_by_key(|run| run.start);
            let mut next = 0;
            for run in known.into_iter().chain(std::iter::once(self.decided_end()..self.decided_end())) {
                if run.start > next {
                    empty.push((next..run.start, LossCause::Storage));
                }
                next = next.max(run.end);
            }
        }
        empty.sort_by_key(|(run, _)| run.start);
        let page = empty.iter().skip(from as usize).take(count as usize).map(|(run, cause)| {
            let (first_hardware_id, frames) = self.id_of(run.start);
            let array_frames = run.end - run.start;
            Loss {
                first_frame_index: run.start,
                first_hardware_id,
                count: array_frames * frames,
                array_frames,
                cause: *cause,
            }
        });
        LossPage { total: empty.len() as u64, from, ranges: page.collect(), captured_end: None }
    }

    /// One past the last frame index that is stored or lost.
    pub fn decided_end(&self) -> u64 {
        self.end.max(self.captured_end)
    }

    pub fn frames_stored(&self) -> u64 {
        self.stored.len()
    }

    /// Counts of frames. Those that are neither stored nor dropped may still come while the run goes on; later they are lost.
    pub fn ledger(&self, state: DatasetState) -> Ledger {
        let stored = self.frames_stored();
        let (dropped_camera, dropped_queue) = (self.dropped_camera.len(), self.dropped_queue.len());
        let known = stored + dropped_camera + dropped_queue + self.dropped_storage.len();
        let undecided = self.decided_end().saturating_sub(known);
        let (in_flight, lost) = if state == DatasetState::Open { (undecided, 0) } else { (0, undecided) };
        let dropped_storage = self.dropped_storage.len() + lost;
        let dropped = dropped_camera + dropped_queue + dropped_storage;
        Ledger {
            captured: stored + dropped + in_flight,
            stored,
            dropped,
            in_flight,
            dropped_camera,
            dropped_queue,
            dropped_storage,
            array_frames: stored + dropped,
        }
    }

    /// The first stored frame from `frame_index` on, or else the last before it.
    pub fn stored_near(&self, frame_index: u64) -> Option<u64> {
        self.stored.first_from(frame_index).or_else(|| self.stored.last())
    }
}

#[cfg(test)]
mod tests {
    use zarrcam_frame::FrameStamp;

    use super::*;
    use crate::frame_log::SpillAt;

    fn stored(frame_index: u64, hardware_id: u64) -> Record {
        let stamp = FrameStamp { hardware_id, ..FrameStamp::default() };
        Record::Frame { frame_index, stamp, at: SpillAt::default(), sections: Vec::new() }
    }

    fn dropped(frame_index: u64, hardware_id: u64, cause: LossCause) -> Record {
        Record::Dropped { frame_index, hardware_id, cause }
    }

    fn losses(records: &[Record], state: DatasetState, from: u64, count: u64) -> (u64, Vec<[u64; 4]>) {
        let mut summary = LogSummary::default();
        records.iter().for_each(|record| summary.take(record));
        let page = summary.losses(state, from, count);
        assert_eq!(
            summary.losses(state, 0, u64::MAX).ranges.iter().map(|loss| loss.array_frames).sum::<u64>(),
            summary.ledger(state).dropped
        );
        let line = |loss: &Loss| [loss.first_frame_index, loss.first_hardware_id, loss.count, loss.array_frames];
        (page.total, page.ranges.iter().map(line).collect())
    }

    #[test]
    fn neighbours_of_one_cause_are_one_loss_in_whatever_order_they_are_reported() {
        let records = [
            stored(0, 100),
            dropped(2, 102, LossCause::Queue),
            stored(4, 104),
            dropped(1, 101, LossCause::Queue),
            dropped(3, 103, LossCause::Camera),
        ];
        assert_eq!(losses(&records, DatasetState::Closed, 0, 10), (2, vec![[1, 101, 2, 2], [3, 103, 1, 1]]));
        assert_eq!(losses(&records, DatasetState::Closed, 1, 1), (2, vec![[3, 103, 1, 1]]));
        assert_eq!(losses(&records, DatasetState::Closed, 2, 10), (2, vec![]));
    }

    #[test]
    fn what_a_crash_left_undecided_is_lost_but_not_while_the_run_goes_on() {
        let records = [stored(0, 7), stored(3, 10)];
        assert_eq!(losses(&records, DatasetState::NeedsRecovery, 0, 10), (1, vec![[1, 8, 2, 2]]));
        assert_eq!(losses(&records, DatasetState::Open, 0, 10), (0, vec![]));
    }

    #[test]
    fn a_frame_of_an_average_is_many_frames_of_the_camera() {
        let records = [stored(0, 40), dropped(1, 44, LossCause::Camera), stored(2, 48)];
        let mut summary = LogSummary::default();
        records.iter().for_each(|record| summary.take(record));
        let [loss] = summary.losses(DatasetState::Closed, 0, 10).ranges[..] else { panic!("one run") };
        assert_eq!((loss.first_hardware_id, loss.count, loss.array_frames), (44, 4, 1));
    }

    #[test]
    fn what_recovery_takes_back_is_lost_in_storage() {
        let records = [stored(0, 0), stored(1, 1), stored(2, 2), dropped(1, 1, LossCause::Storage)];
        assert_eq!(losses(&records, DatasetState::Closed, 0, 10), (1, vec![[1, 1, 1, 1]]));
    }
}
