//! Opening, capabilities and settings.

use zarrcam_config::Trigger;
use zarrcam_frame::PixelType;
use zarrcam_usb3vision::Usb3VisionError;
use zarrcam_usb3vision_emulator::{Options, XmlKind};

use crate::common::{Emulated, settings};

fn of_xml(xml: XmlKind) -> Result<Emulated, Usb3VisionError> {
    let emulated = Emulated::new(Options { sensor: [640, 480], xml, ..Options::default() });
    emulated.open().map(|_| emulated)
}

#[test]
fn a_camera_says_who_it_is_and_what_it_can_do() {
    let emulated = Emulated::new(Options { pending: 3, ..Options::default() });
    let mut camera = emulated.open().expect("it opens");
    let identity = camera.identity();
    assert_eq!((identity.model.as_str(), identity.serial.as_str()), ("Emulated U3V", "EMU0001"));
    assert!(!identity.is_slow);

    let can = camera.capabilities();
    assert_eq!(can.shape.map(|side| (side.low, side.high, side.step)), [(16.0, 1920.0, 4.0), (16.0, 1200.0, 4.0)]);
    assert_eq!((can.exposure_time_us.low, can.exposure_time_us.high), (10.0, 1e6));
    assert_eq!(can.pixel_types, [PixelType::U8, PixelType::U12, PixelType::U16]);
    assert_eq!(can.binning, [1, 2, 3, 4]);
    assert_eq!(can.lines, ["software", "Line0"]);
    assert_eq!(can.input_triggers, ["frame_start"]);
    assert_eq!(can.frame_time_us, 500.0);

    // Ranges follow the settings in force.
    let mut wanted = settings([400, 300], PixelType::U16);
    (wanted.binning, wanted.offset) = (2, [100, 50]);
    camera.configure(&wanted, 10_000.0).expect("it takes them");
    let can = camera.capabilities();
    assert_eq!(can.shape.map(|side| side.high), [960.0, 600.0]);
    assert_eq!(can.offset.map(|side| (side.high, side.step)), [(560.0, 2.0), (300.0, 2.0)]);
    // From there to anything else.
    camera.configure(&settings([1920, 1200], PixelType::U8), 0.0).expect("it takes these, too");
}

#[test]
fn a_setting_that_is_refused_or_snaps_back_is_named_with_both_values() {
    let emulated = Emulated::new(Options { exposure_step_us: 5000.0, ..Options::default() });
    let mut camera = emulated.open().expect("it opens");
    let refused = |camera: &mut zarrcam_usb3vision::Camera<Emulated>,
                   change: &dyn Fn(&mut zarrcam_config::CameraSettings)| {
        let mut wanted = settings([640, 480], PixelType::U8);
        wanted.exposure_time_us = 5000.0;
        change(&mut wanted);
        let error = camera.configure(&wanted, 0.0).expect_err("it is refused");
        (error.to_string(), error.field().unwrap_or_default())
    };
    let (said, field) = refused(&mut camera, &|wanted| wanted.exposure_time_us = 7000.0);
    assert_eq!(said, "ExposureTime: 7000 µs was asked for, and the camera has 5000 µs.");
    assert_eq!(field, "exposure_time_us");
    let (said, field) = refused(&mut camera, &|wanted| wanted.shape = [641, 480]);
    assert!(said.starts_with("Width: 641 px was asked for, and the camera refused:"), "{said}");
    assert_eq!(field, "shape[0]");
    let (said, field) = refused(&mut camera, &|wanted| wanted.pixel_type = PixelType::U10);
    assert_eq!(said, "PixelFormat: U10 was asked for, and the camera has Mono8, Mono12p, Mono16.");
    assert_eq!(field, "pixel_type");
    let (said, _) = refused(&mut camera, &|wanted| {
        wanted.input_triggers.frame_start = Trigger { enable: true, line: 9, ..Trigger::default() };
    });
    assert_eq!(said, "TriggerSource: line 9 was asked for, and the camera has 2.");
    assert!(camera.arm().is_err() || camera.stop().is_ok());
}

#[test]
fn a_description_with_errors_ends_nothing() {
    for xml in [XmlKind::Plain, XmlKind::Zipped, XmlKind::Dangling] {
        assert!(of_xml(xml).is_ok(), "{xml:?}");
    }
    for (xml, says) in [
        (XmlKind::ZippedBroken, "packs its description wrongly"),
        (XmlKind::CutOff, "describes its features in a way that cannot be read"),
        (XmlKind::Garbage, "describes its features in a way that cannot be read"),
        (XmlKind::NoWidth, "has no feature Width"),
        (XmlKind::Endless, "1152921504606846976 bytes"),
    ] {
        let said = of_xml(xml).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains(says), "{xml:?}: {said}");
    }
}

#[test]
fn a_camera_that_does_not_answer_or_is_gone_says_so() {
    let deaf = Emulated::new(Options { is_deaf: true, ..Options::default() });
    assert!(matches!(deaf.open(), Err(Usb3VisionError::Transport(_))));
    let emulated = Emulated::new(Options::default());
    let mut camera = emulated.open().expect("it opens");
    emulated.with(|emulator| emulator.unplug());
    let error = camera.configure(&settings([640, 480], PixelType::U8), 0.0).expect_err("it is gone");
    assert_eq!(error, Usb3VisionError::Gone);
}

#[test]
fn a_payload_that_does_not_fit_the_settings_is_refused_before_anything_runs() {
    for payload_error in [-1000, 100_000_000] {
        let emulated = Emulated::new(Options { payload_error, sensor: [640, 480], ..Options::default() });
        let mut camera = emulated.open().expect("it opens");
        camera.configure(&settings([640, 480], PixelType::U8), 0.0).expect("it takes them");
        let said = camera.arm().expect_err("it is refused").to_string();
        let got = 307_200 + payload_error;
        assert_eq!(said, format!("PayloadSize: 640 x 480 px of Mono8 are 307200 bytes, and the camera says {got}."));
    }
}
