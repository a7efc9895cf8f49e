//! Everything that a camera must refuse, by the name of its field.

use crate::common::{EMPTY, RANDOM, SINE, open, settings};
use zarrcam_camera::{Camera, CameraError, Pacing};
use zarrcam_config::{CameraSettings, ReadoutDirection, Trigger, TriggerEdge, TriggerKind};
use zarrcam_frame::PixelType;

fn fields(camera: &dyn Camera, settings: &CameraSettings, frame_period_us: f64) -> Vec<String> {
    camera
        .features()
        .validate(settings, frame_period_us)
        .iter()
        .map(|problem| {
            let field = problem.field().expect("a problem of settings has a field").to_owned();
            assert!(problem.to_string().contains(field.split('.').next().unwrap()), "{problem}");
            field
        })
        .collect()
}

type Change = fn(&mut CameraSettings);

fn enabled() -> Trigger {
    Trigger { enable: true, ..Trigger::default() }
}

#[test]
fn every_limit_is_enforced() {
    let wrong: [(&str, Change); 19] = [
        ("exposure_time_us", |s| s.exposure_time_us = -1.0),
        ("exposure_time_us", |s| s.exposure_time_us = 1e6 + 1.0),
        ("exposure_time_us", |s| s.exposure_time_us = f64::NAN),
        ("line_interval_us", |s| s.line_interval_us = 10.0),
        ("readout_direction", |s| s.readout_direction = ReadoutDirection::Backward),
        ("binning", |s| s.binning = 3),
        ("binning", |s| s.binning = 0),
        ("binning", |s| s.binning = 16),
        ("shape[0]", |s| s.shape[0] = 0),
        ("shape[1]", |s| s.shape[1] = 8193),
        ("shape[0]", |s| (s.binning, s.shape[0]) = (8, 1025)),
        ("offset[0]", |s| s.offset[0] = 8192 - 640 + 1),
        ("offset[1]", |s| s.offset[1] = u32::MAX),
        ("offset[1]", |s| (s.binning, s.offset[1]) = (2, 4096 - 480 + 1)),
        ("input_triggers.exposure.enable", |s| s.input_triggers.exposure = enabled()),
        ("input_triggers.frame_start.line", |s| s.input_triggers.frame_start = Trigger { line: 1, ..enabled() }),
        ("input_triggers.frame_start.kind", |s| {
            s.input_triggers.frame_start = Trigger { kind: TriggerKind::Output, ..enabled() };
        }),
        ("output_triggers.exposure.enable", |s| s.output_triggers.exposure = enabled()),
        ("output_triggers.trigger_wait.enable", |s| s.output_triggers.trigger_wait = enabled()),
    ];
    for name in [RANDOM, SINE, EMPTY] {
        let mut camera = open(name);
        for (number, (field, change)) in wrong.iter().enumerate() {
            let mut settings = settings(640, 480, PixelType::U8);
            change(&mut settings);
            assert_eq!(fields(&*camera, &settings, 0.0), [*field], "change {number}");
            assert_eq!(camera.configure(&settings, 0.0).unwrap_err().field(), Some(*field));
            assert_eq!(camera.frame_bytes(), 0, "nothing was applied");
        }
    }
}

#[test]
fn what_is_just_within_the_limits_is_taken() {
    let right: [Change; 8] = [
        |s| s.exposure_time_us = 1e6,
        |s| s.shape = [1, 1],
        |s| (s.shape, s.pixel_type) = ([8192, 1], PixelType::F32),
        |s| s.offset = [8192 - 640, 8192 - 480],
        |s| (s.binning, s.shape) = (8, [1024, 1024]),
        |s| (s.binning, s.shape, s.offset) = (4, [48, 2], [2000, 2046]),
        |s| s.input_triggers.frame_start = Trigger { edge: TriggerEdge::NotApplicable, ..enabled() },
        |s| s.input_triggers.acquisition_start = enabled(),
    ];
    for (number, change) in right.iter().enumerate() {
        let mut settings = settings(640, 480, PixelType::U16);
        change(&mut settings);
        let mut camera = open(SINE);
        assert_eq!(camera.configure(&settings, 0.0).unwrap().settings, settings, "change {number}");
        let [width, height] = settings.shape;
        assert_eq!(camera.frame_bytes(), (width * height) as usize * settings.pixel_type.bytes());
    }
}

#[test]
fn a_shape_that_was_never_set_is_refused() {
    let problems = fields(&*open(EMPTY), &CameraSettings::default(), 0.0);
    assert_eq!(problems, ["shape[0]", "shape[1]"]);
}

#[test]
fn all_problems_come_at_once() {
    let settings =
        CameraSettings { exposure_time_us: 2e6, binning: 5, offset: [9000, 0], ..settings(0, 9000, PixelType::U8) };
    let problems = fields(&*open(RANDOM), &settings, -1.0);
    assert_eq!(problems, ["exposure_time_us", "binning", "shape[0]", "offset[0]", "shape[1]", "frame_period_us"]);
}

#[test]
fn the_frame_period_holds_the_exposure() {
    let mut camera = open(SINE);
    let settings = CameraSettings { exposure_time_us: 1e4, ..settings(64, 48, PixelType::U8) };
    assert_eq!(fields(&*camera, &settings, 9999.0), ["frame_period_us"]);
    assert_eq!(fields(&*camera, &settings, f64::NAN), ["frame_period_us"]);
    assert_eq!(fields(&*camera, &settings, f64::INFINITY), ["frame_period_us"]);
    camera.configure(&settings, 1e4).unwrap();
    assert_eq!(camera.pacing(), Pacing::Paced { frame_period_us: 1e4 });
    camera.configure(&settings, 0.0).unwrap();
    assert_eq!(camera.pacing(), Pacing::Paced { frame_period_us: 1e4 });
    camera.configure(&settings, 25_000.0).unwrap();
    assert_eq!(camera.pacing(), Pacing::Paced { frame_period_us: 25_000.0 });
    camera.configure(&CameraSettings { exposure_time_us: 0.0, ..settings.clone() }, 0.0).unwrap();
    assert_eq!(camera.pacing(), Pacing::AsFastAsPossible);
    let mut triggered = settings;
    triggered.input_triggers.frame_start = enabled();
    camera.configure(&triggered, 0.0).unwrap();
    assert_eq!(camera.pacing(), Pacing::Triggered);
}

#[test]
fn a_refused_configuration_changes_nothing() {
    let mut camera = open(SINE);
    camera.configure(&settings(64, 48, PixelType::U16), 5000.0).unwrap();
    camera.configure(&settings(0, 48, PixelType::U8), 0.0).unwrap_err();
    assert_eq!(camera.frame_bytes(), 64 * 48 * 2);
    assert_eq!(camera.pacing(), Pacing::Paced { frame_period_us: 5000.0 });
}

#[test]
fn calls_out_of_order_are_errors() {
    let control = zarrcam_camera::CameraControl::new();
    let mut camera = open(EMPTY);
    assert!(matches!(camera.start(), Err(CameraError::NotConfigured { .. })));
    camera.configure(&settings(4, 4, PixelType::U8), 0.0).unwrap();
    assert!(matches!(camera.wait_exposure(&control), Err(CameraError::NotRunning { .. })));
    camera.start().unwrap();
    assert!(matches!(camera.start(), Err(CameraError::Running { .. })));
    assert!(matches!(camera.configure(&settings(4, 4, PixelType::U8), 0.0), Err(CameraError::Running { .. })));
    assert!(matches!(camera.read_into(&mut [0; 16]), Err(CameraError::NoFrame { .. })));
    camera.wait_exposure(&control).unwrap();
    let wrong = camera.read_into(&mut [0; 15]).unwrap_err();
    assert!(matches!(wrong, CameraError::WrongBufferSize { needed: 16, given: 15, .. }), "{wrong}");
    camera.read_into(&mut [0; 16]).unwrap();
    assert!(matches!(camera.read_into(&mut [0; 16]), Err(CameraError::NoFrame { .. })), "a frame is read once");
    camera.stop();
    camera.stop();
    assert!(matches!(camera.wait_exposure(&control), Err(CameraError::NotRunning { .. })));
}

#[test]
fn ranges_follow_binning_and_shape() {
    let camera = open(RANDOM).features();
    let ranges = camera.capabilities(&CameraSettings { binning: 4, ..settings(48, 2048, PixelType::U8) });
    assert_eq!(ranges.shape.map(|range| (range.low, range.high)), [(1.0, 2048.0); 2]);
    assert_eq!(ranges.offset.map(|range| (range.low, range.high)), [(0.0, 2000.0), (0.0, 0.0)]);
    assert_eq!(ranges.pixel_types, PixelType::ALL);
    assert_eq!((ranges.binning, ranges.lines), (vec![1, 2, 4, 8], vec!["software".to_owned()]));
    assert!(!ranges.line_interval_us.writable && !ranges.readout_direction_writable);
    // Wrong settings have ranges too: the widest.
    let widest = camera.capabilities(&CameraSettings { binning: 7, ..settings(0, 0, PixelType::U8) });
    assert_eq!((widest.shape[0].high, widest.offset[0].high), (8192.0, 8191.0));
}
