//! Frames, and everything that can be wrong with them.

use proptest::prelude::*;
use zarrcam_config::Trigger;
use zarrcam_frame::PixelType;
use zarrcam_usb3vision::StreamCounters;
use zarrcam_usb3vision_emulator::{Fault, Options, fill};

use crate::common::{Emulated, Run, run, settings};

fn recorded(faults: &[(u64, Fault)], exposures: u64, shape: [u32; 2], pixel_type: PixelType, under_way: usize) -> Run {
    let emulated = Emulated::new(Options { sensor: shape, ..Options::default() });
    for (frame, fault) in faults {
        emulated.with(|emulator| emulator.inject(*frame, *fault));
    }
    let mut camera = emulated.open().expect("it opens");
    camera.configure(&settings(shape, pixel_type), 0.0).expect("it takes the settings");
    run(&emulated, &mut camera, exposures, under_way)
}

fn assert_true(run: &Run, width: u32, height: u32, bits: u32) {
    let mut truth = vec![0; (width * height) as usize * if bits == 8 { 1 } else { 2 }];
    for (frame, pixels) in &run.frames {
        fill(&mut truth, width as usize, frame.id, bits);
        assert!(*pixels == truth, "frame {} is not what was exposed", frame.id);
    }
    assert!(run.frames.is_sorted_by(|(a, _), (b, _)| a.clock_ns < b.clock_ns && a.id < b.id));
}

#[test]
fn frames_come_whole_in_every_pixel_format_and_size() {
    for (pixel_type, bits) in [(PixelType::U8, 8), (PixelType::U12, 12), (PixelType::U16, 16)] {
        // Of one transfer, of several, and with no packet at the end.
        for shape in [[64, 32], [640, 480], [1024, 1024], [1920, 1200]] {
            let run = recorded(&[], 12, shape, pixel_type, 8);
            assert_eq!(run.ids(), (0..12).collect::<Vec<_>>());
            assert_eq!(run.counters, StreamCounters { frames: 12, ..StreamCounters::default() });
            assert_true(&run, shape[0], shape[1], bits);
        }
    }
}

#[test]
fn each_fault_costs_its_own_frame_and_is_counted_by_its_name() {
    let none = StreamCounters::default();
    for (fault, counted) in [
        (Fault::Stall, StreamCounters { failed: 1, transfers_failed: 8, ..none }),
        (Fault::Short, StreamCounters { short: 1, ..none }),
        (Fault::ShortUnsaid, StreamCounters { short: 1, ..none }),
        (Fault::NoTrailer, StreamCounters { no_trailer: 1, ..none }),
        (Fault::NoLeader, StreamCounters { missing: 1, ..none }),
        (Fault::Lost, StreamCounters { missing: 1, ..none }),
        (Fault::WrongSize, StreamCounters { short: 1, ..none }),
        (Fault::Overrun, StreamCounters { by_camera: 1, ..none }),
        (Fault::OtherImage, StreamCounters { other_image: 1, ..none }),
        (Fault::Long, StreamCounters { long: 1, ..none }),
    ] {
        for shape in [[64, 32], [640, 480], [1024, 1024], [1920, 1200]] {
            let run = recorded(&[(5, fault)], 14, shape, PixelType::U8, 8);
            let expected: Vec<u64> = (0..14).filter(|id| *id != 5).collect();
            assert_eq!(run.ids(), expected, "{fault:?} at {shape:?}: {:?}", run.counters);
            let transfers_skipped = run.counters.transfers_skipped;
            let transfers_failed = if fault == Fault::Stall { run.counters.transfers_failed } else { 0 };
            assert!(fault == Fault::NoLeader || transfers_skipped == 0, "{fault:?} at {shape:?}");
            let expected = StreamCounters { frames: 13, transfers_skipped, transfers_failed, ..counted };
            assert_eq!(run.counters, expected, "{fault:?} at {shape:?}");
            assert_true(&run, shape[0], shape[1], 8);
        }
    }
}

#[test]
fn a_camera_that_goes_quiet_or_away_ends_the_run() {
    let run = recorded(&[(5, Fault::Unplug)], 100, [640, 480], PixelType::U8, 8);
    assert!(run.is_gone);
    assert_eq!(run.ids(), [0, 1, 2, 3, 4]);
    let run = recorded(&[(5, Fault::Silence)], 100, [640, 480], PixelType::U8, 8);
    assert!(!run.is_gone);
    assert_eq!(run.ids(), [0, 1, 2, 3, 4]);
}

#[test]
fn each_trigger_is_a_frame() {
    let emulated = Emulated::new(Options { sensor: [64, 32], ..Options::default() });
    let mut camera = emulated.open().expect("it opens");
    let mut wanted = settings([64, 32], PixelType::U8);
    wanted.input_triggers.frame_start = Trigger { enable: true, ..Trigger::default() };
    camera.configure(&wanted, 0.0).expect("it takes the settings");
    let before = run(&emulated, &mut camera, 1, 4);
    assert_eq!(before.frames.len(), 0, "no pulse came");
    camera.arm().expect("it can be armed");
    camera.run().expect("it runs");
    for pulses in 1..=5 {
        camera.trigger().expect("it takes the pulse");
        assert!(emulated.wait(std::time::Duration::from_millis(1)));
        assert_eq!(emulated.with(|emulator| emulator.exposed()), pulses);
    }
}

#[test]
fn a_run_after_a_run_counts_anew() {
    let emulated = Emulated::new(Options { sensor: [640, 480], ..Options::default() });
    let mut camera = emulated.open().expect("it opens");
    for pixel_type in [PixelType::U8, PixelType::U16, PixelType::U8] {
        camera.configure(&settings([640, 480], pixel_type), 2000.0).expect("it takes the settings");
        assert_eq!(run(&emulated, &mut camera, 7, 8).ids(), (0..7).collect::<Vec<_>>());
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop::sample::select(vec![
        Fault::Stall,
        Fault::Short,
        Fault::ShortUnsaid,
        Fault::NoTrailer,
        Fault::NoLeader,
        Fault::Lost,
        Fault::WrongSize,
        Fault::Overrun,
        Fault::OtherImage,
        Fault::Long,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever goes wrong, in whatever order: what is given out is what was exposed, each frame is given out or counted, and the
    /// stream is in step again.
    #[test]
    fn nothing_that_is_given_out_is_wrong(
        faults in prop::collection::btree_map(1_u64..30, any_fault(), 0..12),
        width in (16_u32..500).prop_map(|side| side * 4),
        height in 4_u32..40,
        under_way in 1_usize..12,
    ) {
        let faults: Vec<(u64, Fault)> = faults.into_iter().collect();
        let shape = [width, height * 4];
        let run = recorded(&faults, 36, shape, PixelType::U8, under_way);
        assert_true(&run, shape[0], shape[1], 8);
        let counted = run.counters;
        let broken = counted.short + counted.long + counted.no_trailer + counted.failed + counted.by_camera + counted.other_image;
        prop_assert_eq!(counted.frames, run.frames.len() as u64);
        prop_assert_eq!(counted.frames + counted.missing + broken, 36, "{:?}", counted);
        prop_assert!(run.ids().iter().filter(|id| **id >= 31).count() == 5, "{:?}", run.ids());
        // A fault costs its own frame and, where what was lost was the end of one, at most the next.
        prop_assert!(run.frames.len() as u64 + 2 * faults.len() as u64 >= 36);
    }
}
