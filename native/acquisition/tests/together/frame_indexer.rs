//! Hardware ids to frame indices: gaps keep theirs, and a count that cannot be true is an error, not a huge array.

use proptest::prelude::*;
use zarrcam_acquisition::{Arrival, Coordinate, FrameIndexer, FramePart, HardwareIdError, coordinates};
use zarrcam_config::{Dimension, VideoStream};

#[test]
fn a_gap_keeps_its_indices() {
    let mut indexer = FrameIndexer::new(1, Some(10), 100);
    let part = |frame_index| Some(FramePart { frame_index, number: 0, last: true });
    assert_eq!(indexer.arrive(100, None), Ok(Arrival { gap_frames: 0, part: part(0) }));
    assert_eq!(indexer.arrive(104, None), Ok(Arrival { gap_frames: 3, part: part(4) }));
    assert_eq!((indexer.next_frame_index(), indexer.next_hardware_id(), indexer.frames_left()), (5, 105, Some(5)));
}

#[test]
fn the_limit_counts_frames_of_the_array_and_gaps_end_at_it() {
    let mut indexer = FrameIndexer::new(1, Some(5), 0);
    assert_eq!(indexer.arrive(7, None), Ok(Arrival { gap_frames: 5, part: None }));
    assert!(indexer.is_full());
    assert_eq!(indexer.next_frame_index(), 5);
    assert_eq!(indexer.arrive(8, None).map(|arrival| arrival.part), Ok(None));
    assert!(FrameIndexer::new(1, Some(0), 0).is_full());
}

#[test]
fn an_average_takes_its_frames_by_id() {
    let mut indexer = FrameIndexer::new(3, Some(2), 0);
    let parts: Vec<_> = [0, 1, 2, 4, 5].map(|id| indexer.arrive(id, None).expect("a true id").part).to_vec();
    let part = |frame_index, number, last| Some(FramePart { frame_index, number, last });
    assert_eq!(parts, [part(0, 0, false), part(0, 1, false), part(0, 2, true), part(1, 1, false), part(1, 2, true)]);
    assert!(indexer.is_full());
}

#[test]
fn a_jump_too_large_to_be_true_is_an_error() {
    let mut indexer = FrameIndexer::new(1, None, 0);
    let jump = indexer.arrive(1 << 40, None);
    assert_eq!(jump, Err(HardwareIdError::Jump { expected: 0, got: 1 << 40, possible: 1_000_000 }));
    assert_eq!(indexer.arrive(12, Some(10)), Err(HardwareIdError::Jump { expected: 0, got: 12, possible: 10 }));
    assert_eq!(indexer.arrive(9, Some(10)).map(|arrival| arrival.gap_frames), Ok(9));
    assert_eq!(indexer.arrive(9, None), Err(HardwareIdError::Backwards { expected: 10, got: 9 }));
    // A clock that stands still is no proof against a frame without a gap.
    assert_eq!(indexer.arrive(10, Some(0)).map(|arrival| arrival.gap_frames), Ok(0));
    assert_eq!(indexer.next_frame_index(), 11, "a refused id changes nothing");
}

proptest! {
    #[test]
    fn every_id_is_a_gap_or_a_part(
        frames_averaged in 1u32..5,
        limit in prop::option::of(0u64..40),
        first in 0u64..100,
        gaps in prop::collection::vec(0u64..4, 0..40),
    ) {
        let mut indexer = FrameIndexer::new(frames_averaged, limit, first);
        let mut passed = 0;
        for gap in gaps {
            let id = indexer.next_hardware_id() + gap;
            let arrival = indexer.arrive(id, None).expect("a small gap");
            if let Some(part) = arrival.part {
                prop_assert_eq!(arrival.gap_frames, gap);
                prop_assert_eq!(part.frame_index * u64::from(frames_averaged) + u64::from(part.number), id - first);
                prop_assert!(limit.is_none_or(|limit| part.frame_index < limit));
                passed += 1;
            } else {
                prop_assert!(indexer.is_full());
            }
            passed += arrival.gap_frames;
            prop_assert_eq!(indexer.next_hardware_id() - first, passed);
        }
    }
}

#[test]
fn coordinates_run_fastest_first() {
    let dimension = |name: &str, array_size_px| Dimension { name: name.into(), array_size_px, ..Dimension::default() };
    let mut stream = VideoStream::default();
    stream.storage.settings.acquisition_dimensions =
        vec![dimension("x", 1920), dimension("y", 1080), dimension("z", 10), dimension("c", 3), dimension("t", 0)];
    let tutorial = stream.resolve().storage.dimensions;
    let at =
        |index| coordinates(&tutorial, index).into_iter().map(|Coordinate { index, .. }| index).collect::<Vec<_>>();
    assert_eq!(at(0), [0, 0, 0]);
    assert_eq!(at(1), [1, 0, 0]);
    assert_eq!(at(10), [0, 1, 0]);
    assert_eq!(at(299), [9, 2, 9]);
    assert_eq!(coordinates(&tutorial, 10)[1].name, "c");
}

#[test]
fn what_is_known_to_be_missing_keeps_its_indices() {
    let mut indexer = FrameIndexer::new(1, Some(10), 0);
    assert_eq!(indexer.miss(3), 3);
    let arrival = indexer.arrive(4, None).expect("a small gap");
    assert_eq!((arrival.gap_frames, arrival.part.map(|part| part.frame_index)), (1, Some(4)));
    assert_eq!(indexer.miss(99), 5, "what lies behind the end of the run is none of it");
    assert!(indexer.is_full());
}
