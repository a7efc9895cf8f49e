//! The camera, as the runtime uses it.

use std::thread;
use std::time::Duration;

use serde_json::json;
use zarrcam_camera::{Camera, CameraControl, Captured, Driver};
use zarrcam_config::CameraSettings;
use zarrcam_frame::{FrameStamp, PixelType};

use crate::common::{Answer, FRAME_BYTES, Folder, Program, description, names, running, settings, until};

fn frame(camera: &mut dyn Camera) -> (FrameStamp, Vec<u8>) {
    let Captured::Frame(stamp) = camera.wait_exposure(&CameraControl::new()).unwrap() else { panic!("stopped") };
    let mut pixels = vec![0; camera.frame_bytes()];
    camera.read_into(&mut pixels).unwrap();
    (stamp, pixels)
}

#[test]
fn frames_come_in_their_order_with_what_came_along() {
    let folder = Folder::new();
    let driver = folder.driver();
    assert_eq!(driver.advice(), None);
    let mut described = description("demo");
    described["description"] = json!("Two fields of view.");
    let (mut first, welcome) = Program::greet(&folder.0, &described);
    assert_eq!(welcome, Answer::Welcome("push: demo".to_owned()));
    let (_second, welcome) = Program::greet(&folder.0, &description("demo"));
    assert_eq!(welcome, Answer::Welcome("push: demo 2".to_owned()));
    let listed = driver.cameras();
    assert_eq!(listed[0].description, "Two fields of view. 64 x 48 px of U16, pushed by a program.");
    assert!(listed[0].exclusive && listed[0].number != listed[1].number);
    assert_eq!(names(&driver), ["push: demo", "push: demo 2"]);

    first.push(0, 3, "");
    assert_eq!(first.answer(), Answer::Free(0), "nobody wants it");
    let mut camera = running(&driver, "push: demo");
    assert_eq!(first.answer(), Answer::Started);
    for (slot, id, metadata) in [(2, 10, ""), (0, 11, r#"{"z_um": 3.5}"#), (1, 15, " {}")] {
        first.fill(slot, &[slot as u8 + 1; FRAME_BYTES]);
        first.push(slot, id, metadata);
    }
    let (stamp, pixels) = frame(&mut *camera);
    assert_eq!((stamp.hardware_id, stamp.hardware_clock_ns), (0, 0));
    assert_eq!(stamp.unix_ns, 1_700_000_000_000_000_010);
    assert_eq!((pixels, camera.metadata()), (vec![3; FRAME_BYTES], None));
    assert_eq!(first.answer(), Answer::Free(2));
    let (stamp, pixels) = frame(&mut *camera);
    assert_eq!((stamp.hardware_id, stamp.hardware_clock_ns), (1, 1_000_000));
    assert_eq!((pixels, camera.metadata().as_deref()), (vec![1; FRAME_BYTES], Some(r#"{"z_um": 3.5}"#)));
    assert_eq!(first.answer(), Answer::Free(0));
    let captured = camera.wait_exposure(&CameraControl::new()).unwrap();
    assert!(matches!(captured, Captured::Frame(FrameStamp { hardware_id: 5, .. })), "three were lost: {captured:?}");
    camera.discard();
    assert_eq!(first.answer(), Answer::Free(1));
    first.push(3, 16, "");
    first.push(2, 17, "");
    // One is exposed, one waits.
    camera.wait_exposure(&CameraControl::new()).unwrap();
    camera.stop();
    // The one that waits may have come after the stop.
    let mut answers = [first.answer(), first.answer(), first.answer()];
    answers.sort_by_key(|answer| format!("{answer:?}"));
    assert_eq!(answers, [Answer::Free(2), Answer::Free(3), Answer::Stopped]);

    // The next run counts from its own first frame.
    camera.start().unwrap();
    assert_eq!(first.answer(), Answer::Started);
    first.push(0, 1000, "");
    assert_eq!(frame(&mut *camera).0.hardware_id, 0);
}

#[test]
fn it_gives_one_size_and_type_and_says_so() {
    let folder = Folder::new();
    let driver = folder.driver();
    let _program = Program::new(&folder.0, "demo");
    let mut camera = driver.open("push: demo").unwrap();
    let can = camera.features().capabilities(&settings());
    assert_eq!(
        (can.default_shape, can.default_pixel_type, can.pixel_types),
        ([64, 48], PixelType::U16, vec![PixelType::U16])
    );
    assert!(!can.shape[0].writable && can.shape[0].low == 64.0 && can.shape[1].high == 48.0);
    for (wrong, says) in [
        (CameraSettings { shape: [65, 48], ..settings() }, "shape[0] is 65, but push: demo takes 64 to 64"),
        (CameraSettings { pixel_type: PixelType::U8, ..settings() }, "pixel_type is U8, but push: demo takes U16"),
        (CameraSettings { exposure_time_us: 5.0, ..settings() }, "exposure_time_us is 5, but push: demo takes 0 to 0"),
    ] {
        assert_eq!(camera.configure(&wrong, 0.0).unwrap_err().to_string(), says);
    }
    assert!(camera.start().unwrap_err().to_string().contains("no settings yet"));
}

#[test]
fn the_end_of_a_program_ends_the_run_after_what_it_had_pushed() {
    let folder = Folder::new();
    let driver = folder.driver();
    for (farewell, says) in [(false, "has ended (process 77)"), (true, "has closed it")] {
        let mut program = Program::new(&folder.0, "demo");
        let mut camera = running(&driver, "push: demo");
        program.fill(1, &[9; FRAME_BYTES]);
        program.push(1, 0, "");
        program.push(2, 1, "");
        if farewell {
            program.farewell();
        } else {
            // Half a record is no frame.
            std::io::Write::write_all(&mut &program.socket, &[2, 0, 0]).unwrap();
        }
        drop(program);
        until("gone from the list", || driver.cameras().is_empty());
        assert_eq!(frame(&mut *camera).1, [9; FRAME_BYTES], "its memory is still here");
        assert_eq!(frame(&mut *camera).0.hardware_id, 1);
        let ended = camera.wait_exposure(&CameraControl::new()).unwrap_err().to_string();
        assert_eq!(ended, format!("push: demo: the program that pushes it {says}"));
        camera.stop();

        let absent = camera.start().unwrap_err().to_string();
        assert!(
            absent.contains("no program pushes it now. Start the program") && absent.contains("Camera(\"demo\""),
            "{absent}"
        );
        assert_eq!(driver.open("push: demo").err().unwrap().to_string(), absent);
        assert_eq!(camera.features().obstacle(&settings()).unwrap().to_string(), absent);
        assert_eq!(camera.features().capabilities(&settings()).default_shape, [64, 48], "as it was last");

        // The same camera, when the program comes again.
        let mut other = description("demo");
        other["shape"] = json!([32, 48]);
        let changed = Program::greet(&folder.0, &other);
        let refused = camera.start().unwrap_err().to_string();
        assert!(refused.contains("pushes 32 x 48 px of U16 since the camera was set up"), "{refused}");
        drop(changed);
        until("gone from the list", || driver.cameras().is_empty());
        let mut again = Program::new(&folder.0, "demo");
        camera.start().unwrap();
        again.push(0, 5, "");
        assert_eq!(frame(&mut *camera).0.hardware_id, 0);
        drop(again);
        until("gone from the list", || driver.cameras().is_empty());
    }
}

#[test]
fn stop_ends_the_wait_for_a_slow_program() {
    let folder = Folder::new();
    let driver = folder.driver();
    let _program = Program::new(&folder.0, "demo");
    let mut camera = running(&driver, "push: demo");
    let control = CameraControl::new();
    let waiter = thread::spawn({
        let control = control.clone();
        move || (camera.wait_exposure(&control).unwrap(), camera.start().is_err())
    });
    thread::sleep(Duration::from_millis(30));
    control.stop();
    assert_eq!(waiter.join().unwrap(), (Captured::Stopped, true));
}

#[test]
fn one_bridge_listens_and_the_next_takes_its_turn() {
    let folder = Folder::new();
    let first = folder.driver();
    let second = folder.driver();
    let advice = second.advice().unwrap();
    assert!(advice.contains("Another bridge") && advice.contains("ZARRCAM_PUSH_DIR"), "{advice}");
    let mut program = Program::new(&folder.0, "demo");
    assert_eq!((names(&first).len(), names(&second).len()), (1, 0));
    drop(first);
    assert_eq!(program.answer(), Answer::Gone);
    until("the second listens", || second.advice().is_none());
    let _program = Program::new(&folder.0, "demo");
    assert_eq!(names(&second), ["push: demo"]);
}

#[test]
fn a_folder_that_others_can_enter_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o755)).unwrap();
    let driver = folder.driver();
    let advice = driver.advice().unwrap();
    assert!(advice.contains("chmod 700") && driver.cameras().is_empty(), "{advice}");
}
