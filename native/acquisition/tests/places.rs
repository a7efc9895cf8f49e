//! Hardware ids to places: gaps keep theirs, and a count that cannot be true is an error, not a huge array.

use proptest::prelude::*;
use zarrcam_acquisition::{Arrival, Coordinate, HardwareIdError, Places, Slot, coordinates};
use zarrcam_config::{Dimension, VideoStream};

#[test]
fn a_gap_keeps_its_places() {
    let mut places = Places::new(1, Some(10), 100);
    let slot = |place| Some(Slot { place, index: 0, last: true });
    assert_eq!(places.arrive(100, None), Ok(Arrival { gap_frames: 0, slot: slot(0) }));
    assert_eq!(places.arrive(104, None), Ok(Arrival { gap_frames: 3, slot: slot(4) }));
    assert_eq!((places.next_place(), places.next_hardware_id(), places.frames_left()), (5, 105, Some(5)));
}

#[test]
fn max_frame_count_counts_places_and_gaps_end_at_it() {
    let mut places = Places::new(1, Some(5), 0);
    assert_eq!(places.arrive(7, None), Ok(Arrival { gap_frames: 5, slot: None }));
    assert!(places.is_full());
    assert_eq!(places.next_place(), 5);
    assert_eq!(places.arrive(8, None).map(|arrival| arrival.slot), Ok(None));
    assert!(Places::new(1, Some(0), 0).is_full());
}

#[test]
fn an_average_takes_its_frames_by_id() {
    let mut places = Places::new(3, Some(2), 0);
    let slots: Vec<_> = [0, 1, 2, 4, 5].map(|id| places.arrive(id, None).expect("a true id").slot).to_vec();
    let slot = |place, index, last| Some(Slot { place, index, last });
    assert_eq!(slots, [slot(0, 0, false), slot(0, 1, false), slot(0, 2, true), slot(1, 1, false), slot(1, 2, true)]);
    assert!(places.is_full());
}

#[test]
fn a_jump_too_large_to_be_true_is_an_error() {
    let mut places = Places::new(1, None, 0);
    let jump = places.arrive(1 << 40, None);
    assert_eq!(jump, Err(HardwareIdError::Jump { expected: 0, got: 1 << 40, possible: 1_000_000 }));
    assert_eq!(places.arrive(12, Some(10)), Err(HardwareIdError::Jump { expected: 0, got: 12, possible: 10 }));
    assert_eq!(places.arrive(9, Some(10)).map(|arrival| arrival.gap_frames), Ok(9));
    assert_eq!(places.arrive(9, None), Err(HardwareIdError::Backwards { expected: 10, got: 9 }));
    // A clock that stands still is no proof against a frame without a gap.
    assert_eq!(places.arrive(10, Some(0)).map(|arrival| arrival.gap_frames), Ok(0));
    assert_eq!(places.next_place(), 11, "a refused id changes nothing");
}

proptest! {
    #[test]
    fn every_id_is_a_gap_or_a_slot(
        frames_per_place in 1u32..5,
        limit in prop::option::of(0u64..40),
        first in 0u64..100,
        gaps in prop::collection::vec(0u64..4, 0..40),
    ) {
        let mut places = Places::new(frames_per_place, limit, first);
        let mut passed = 0;
        for gap in gaps {
            let id = places.next_hardware_id() + gap;
            let arrival = places.arrive(id, None).expect("a small gap");
            if let Some(slot) = arrival.slot {
                prop_assert_eq!(arrival.gap_frames, gap);
                prop_assert_eq!(slot.place * u64::from(frames_per_place) + u64::from(slot.index), id - first);
                prop_assert!(limit.is_none_or(|limit| slot.place < limit));
                passed += 1;
            } else {
                prop_assert!(places.is_full());
            }
            passed += arrival.gap_frames;
            prop_assert_eq!(places.next_hardware_id() - first, passed);
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
        |place| coordinates(&tutorial, place).into_iter().map(|Coordinate { index, .. }| index).collect::<Vec<_>>();
    assert_eq!(at(0), [0, 0, 0]);
    assert_eq!(at(1), [1, 0, 0]);
    assert_eq!(at(10), [0, 1, 0]);
    assert_eq!(at(299), [9, 2, 9]);
    assert_eq!(coordinates(&tutorial, 10)[1].name, "c");
}
