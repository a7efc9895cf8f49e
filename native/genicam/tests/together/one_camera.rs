//! The camera as its driver gives it.

use std::time::Duration;
use std::{sync::Arc, thread};

use zarrcam_camera::{Camera, CameraControl, CameraError, Captured, Driver, Pacing};
use zarrcam_config::{CameraSettings, FeatureKind, FeatureValue, InputTriggers, Trigger};
use zarrcam_frame::PixelType;

use crate::namespace::{FakeCamera, alone_on_loopback, until};
use crate::rig::{camera_name, driver, ramp_id};

const SHAPE: [u32; 2] = [64, 48];

/// With this exposure, and no gain, the camera's ramp is not scaled.
fn settings() -> CameraSettings {
    CameraSettings { exposure_time_us: 10_000.0, shape: SHAPE, ..CameraSettings::default() }
}

fn opened(serial: &str) -> Box<dyn Camera> {
    let driver = driver();
    until("the camera is found", || {
        driver.refresh();
        driver.cameras().iter().any(|camera| camera.name == camera_name(serial))
    });
    driver.open(&camera_name(serial)).unwrap_or_else(|error| panic!("{error}"))
}

fn next(camera: &mut dyn Camera, control: &CameraControl, pixels: &mut [u8]) -> (u64, u64) {
    let Captured::Frame(stamp) = camera.wait_exposure(control).unwrap() else { panic!("nobody stopped it") };
    camera.read_into(pixels).unwrap();
    (stamp.hardware_id, stamp.hardware_clock_ns)
}

#[test]
fn it_is_set_and_gives_the_frames_that_it_counts() {
    alone_on_loopback("one_camera::it_is_set_and_gives_the_frames_that_it_counts", || {
        let _fake = FakeCamera::start("127.0.0.1", "GV01", &[]);
        let mut camera = opened("GV01");
        let features = camera.features();
        let can = features.capabilities(&settings());
        assert_eq!(can.pixel_types, [PixelType::U8, PixelType::U16]);
        assert_eq!(can.lines, ["software", "Line0"]);
        assert_eq!(can.input_triggers, ["acquisition_start", "frame_start"]);
        assert!(can.exposure_time_us.writable && can.exposure_time_us.low <= 10.0, "by its old name, ExposureTimeAbs");
        assert_eq!((can.shape[0].high, can.offset[0].high), (2048.0, 2048.0 - 64.0));
        assert!(can.own_clock && can.has_features);

        let control = CameraControl::new();
        for pixel_type in [PixelType::U8, PixelType::U16] {
            let applied = camera.configure(&CameraSettings { pixel_type, ..settings() }, 10_000.0).unwrap();
            assert_eq!((applied.frame_period_us, applied.settings.exposure_time_us), (10_000.0, 10_000.0));
            assert_eq!(camera.pacing(), Pacing::Paced { frame_period_us: 10_000.0 });
            let mut pixels = vec![0; camera.frame_bytes()];
            assert_eq!(pixels.len(), 64 * 48 * pixel_type.bytes());
            camera.start().unwrap();
            let (mut last, mut first_ramp) = (None, 0);
            for _ in 0..60 {
                let (id, clock_ns) = next(camera.as_mut(), &control, &mut pixels);
                let ramp = if pixel_type == PixelType::U8 {
                    ramp_id(&pixels, 64)
                } else {
                    // Its 16 bits show the ramp, too.
                    let words: Vec<u8> = pixels
                        .chunks_exact(2)
                        .map(|word| (u16::from_le_bytes([word[0], word[1]]) % 255) as u8)
                        .collect();
                    u64::from(words[0])
                };
                match last {
                    None => {
                        assert_eq!((id, clock_ns), (0, 0));
                        first_ramp = ramp;
                    }
                    Some((last_id, last_clock_ns)) => assert!(id > last_id && clock_ns > last_clock_ns),
                }
                if pixel_type == PixelType::U8 {
                    assert_eq!((first_ramp + id) % 255, ramp, "the picture is that of its id");
                }
                last = Some((id, clock_ns));
            }
            camera.stop();
            let transport = features.transport().unwrap();
            assert_eq!((transport.packets_lost, transport.frames_incomplete), (0, 0));
        }
        assert_eq!(features.take_messages(), [""; 0], "nothing was taken otherwise than asked");
    });
}

#[test]
fn every_pulse_is_one_frame() {
    alone_on_loopback("one_camera::every_pulse_is_one_frame", || {
        let _fake = FakeCamera::start("127.0.0.1", "GV01", &[]);
        let mut camera = opened("GV01");
        let frame_start = Trigger { enable: true, ..Trigger::default() };
        let input_triggers = InputTriggers { frame_start, ..InputTriggers::default() };
        camera.configure(&CameraSettings { input_triggers, ..settings() }, 0.0).unwrap();
        assert_eq!(camera.pacing(), Pacing::Triggered);
        let control = CameraControl::new();
        camera.start().unwrap();
        let mut pixels = vec![0; camera.frame_bytes()];
        for _ in 0..8 {
            control.trigger();
        }
        for id in 0..8 {
            assert_eq!(next(camera.as_mut(), &control, &mut pixels).0, id);
        }
        assert_eq!(control.pending_triggers(), 0);
        let stop = control.clone();
        let stopper = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            stop.stop();
        });
        assert_eq!(camera.wait_exposure(&control).unwrap(), Captured::Stopped, "no pulse, no frame");
        stopper.join().unwrap();
        camera.stop();
        // Without triggers it runs by itself again.
        camera.configure(&settings(), 10_000.0).unwrap();
        camera.start().unwrap();
        assert_eq!(next(camera.as_mut(), &CameraControl::new(), &mut pixels).0, 0);
    });
}

#[test]
fn its_own_features_are_listed_checked_set_and_put_back() {
    alone_on_loopback("one_camera::its_own_features_are_listed_checked_set_and_put_back", || {
        let _fake = FakeCamera::start("127.0.0.1", "GV01", &[]);
        let mut camera = opened("GV01");
        let features = camera.features();
        let tree = features.feature_tree();
        let named = |name: &str| {
            tree.iter().find(|feature| feature.name == name).unwrap_or_else(|| panic!("{name}: {tree:#?}"))
        };
        assert_eq!(named("DeviceModelName").value, Some(FeatureValue::Text("Fake".to_owned())));
        assert_eq!((named("Width").setting.as_str(), named("Width").writable), ("shape[0]", false));
        assert_eq!(named("AcquisitionStart").kind, FeatureKind::Command);
        let test = named("TestRegister");
        assert!(test.writable && test.category == ["Debug"], "{test:#?}");

        let with = |name: &str, value: FeatureValue| CameraSettings {
            features: [(name.to_owned(), value)].into(),
            ..settings()
        };
        let before = test.value.clone().unwrap();
        let applied = camera.configure(&with("TestRegister", FeatureValue::Number(77.0)), 0.0).unwrap();
        assert_eq!(applied.settings.features["TestRegister"], FeatureValue::Number(77.0));
        let now = || features.feature_tree().into_iter().find(|feature| feature.name == "TestRegister").unwrap().value;
        assert_eq!(now(), Some(FeatureValue::Number(77.0)));
        camera.configure(&settings(), 0.0).unwrap();
        assert_eq!(now(), Some(before), "a document that does not name it leaves it as it was");

        let refused = |name: &str, value: FeatureValue| camera.features().validate(&with(name, value), 0.0);
        for (name, value, said) in [
            ("TestRegistre", FeatureValue::Number(1.0), "TestRegister"),
            ("Width", FeatureValue::Number(64.0), "shape[0]"),
            ("TestRegister", FeatureValue::Text("x".to_owned()), "a number"),
            ("AcquisitionStart", FeatureValue::Flag(true), "no value"),
        ] {
            let problems = refused(name, value);
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert_eq!(problems[0].field(), Some(format!("features.{name}").as_str()));
            assert!(problems[0].to_string().contains(said), "{}", problems[0]);
        }
        assert!(matches!(
            camera.configure(&with("No", FeatureValue::Flag(true)), 0.0),
            Err(CameraError::Unsupported { .. })
        ));
    });
}

#[test]
fn two_cameras_run_at_once_and_one_is_another_programs() {
    alone_on_loopback("one_camera::two_cameras_run_at_once_and_one_is_another_programs", || {
        let _fakes = [FakeCamera::start("127.0.0.1", "GV01", &[]), FakeCamera::start("127.0.0.2", "GV02", &[])];
        let mut cameras = [opened("GV01"), opened("GV02")];
        let control = CameraControl::new();
        for camera in &mut cameras {
            camera.configure(&settings(), 10_000.0).unwrap();
            camera.start().unwrap();
        }
        let mut pixels = vec![0; cameras[0].frame_bytes()];
        for _ in 0..20 {
            for camera in &mut cameras {
                next(camera.as_mut(), &control, &mut pixels);
                ramp_id(&pixels, 64);
            }
        }
        // Held already, by us: as by any other program.
        let driver = driver();
        driver.refresh();
        let refused = driver.open(&camera_name("GV01")).err().expect("it is held").to_string();
        assert!(refused.contains("another program has it"), "{refused}");
        let unknown = driver.open("genicam: Aravis Fake (GV03)").err().expect("there is none");
        assert!(matches!(unknown, CameraError::UnknownCamera { .. }));
        let _ = Arc::strong_count(&cameras[0].features());
    });
}
