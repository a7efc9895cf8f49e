//! Programs that break the rules: each is told why and sent away, and the bridge goes on.

use std::io::Write;
use std::time::Duration;

use proptest::prelude::*;
use rustix::fs::{FallocateFlags, SealFlags};
use serde_json::json;
use zarrcam_camera::{CameraControl, Captured, Driver};

use crate::common::{
    Answer, FRAME_BYTES, Folder, Program, connect, description, record, running, sealed_file, send_with_file, until,
};

/// What is answered to a greeting with this file.
fn greeted_with(folder: &Folder, file: Option<&std::os::fd::OwnedFd>) -> Answer {
    let text = description("demo").to_string();
    let socket = connect(&folder.0);
    send_with_file(&socket, &[&record(1, text.len() as u32, 0, 0), text.as_bytes()].concat(), file);
    Program::unconnected(socket).answer()
}

#[test]
fn a_greeting_that_cannot_be_true_is_refused_with_its_reason() {
    let folder = Folder::new();
    let driver = folder.driver();
    let refused = |answer: Answer, says: &str| {
        let Answer::Refused(reason) = answer else { panic!("{answer:?} for {says}") };
        assert!(reason.contains(says), "{reason}");
    };
    for (field, wrong, says) in [
        ("shape", json!([0, 48]), "shape is [0, 48]"),
        ("slots", json!(65), "slots is 65, and must be 1 to 64"),
        ("slot_bytes", json!(100), "slot_bytes is 100, and must be 6144 (a frame)"),
        ("version", json!(7), "version is 7, and must be 1"),
    ] {
        let mut wrongly = description("demo");
        wrongly[field] = wrong;
        refused(Program::greet(&folder.0, &wrongly).1, says);
    }
    refused(greeted_with(&folder, None), "without a file");
    refused(greeted_with(&folder, Some(&sealed_file(4 * 8192, SealFlags::GROW))), "sealed by F_SEAL_SHRINK");
    refused(
        greeted_with(&folder, Some(&sealed_file(4 * 8192 - 1, SealFlags::SHRINK))),
        "it has 32767 bytes, and 4 slots take 32768",
    );
    let plain = std::fs::File::create_new(folder.0.join("plain")).unwrap();
    plain.set_len(1 << 20).unwrap();
    refused(greeted_with(&folder, Some(&plain.into())), "memfd_create");
    let (pipe, _) = rustix::pipe::pipe().unwrap();
    refused(greeted_with(&folder, Some(&pipe)), "memfd_create");
    for (bytes, says) in [
        (record(2, 0, 0, 0), "of another kind"),
        (record(9, 0, 0, 0), "no message of kind 9"),
        (record(1, 4097, 0, 0), "the description takes 4097 bytes, and may take 4096"),
        ([record(1, 4, 0, 0), b"true".to_vec()].concat(), "no JSON object of the documented form"),
    ] {
        let socket = connect(&folder.0);
        (&socket).write_all(&bytes).unwrap();
        refused(Program::unconnected(socket).answer(), says);
    }
    // One that says nothing is not waited for, and holds up nobody meanwhile.
    let silent = connect(&folder.0);
    let _program = Program::new(&folder.0, "honest");
    refused(Program::unconnected(silent).answer(), "connection ended");
    assert_eq!(driver.cameras().len(), 1);
}

#[test]
fn a_frame_that_breaks_the_rules_ends_the_run_with_its_reason() {
    let folder = Folder::new();
    let driver = folder.driver();
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(16 << 10));
    let deep = "[".repeat(10_000);
    for (name, pushes, says) in [
        ("slot", vec![(4, 0, "")], "slot 4 was given, and there are 4, counted from 0"),
        ("far", vec![(u32::MAX, 0, "")], "slot 4294967295 was given"),
        ("again", vec![(1, 0, ""), (1, 1, "")], "slot 1 was given again"),
        ("back", vec![(0, 7, ""), (1, 7, "")], "frame 7 came after frame 7: ids must rise"),
        ("long", vec![(0, 0, long.as_str())], "the metadata of a frame takes"),
        ("text", vec![(0, 0, "{\"a\": 1")], "the metadata of frame 0 is no JSON object"),
        ("list", vec![(0, 0, "[1]")], "it is another JSON value"),
        ("deep", vec![(0, 0, deep.as_str())], "EOF while parsing a list"),
    ] {
        let mut program = Program::new(&folder.0, name);
        let mut camera = running(&driver, &format!("push: {name}"));
        assert_eq!(program.answer(), Answer::Started);
        for (slot, id, metadata) in &pushes {
            program.push(*slot, *id, metadata);
        }
        let Answer::Refused(reason) = program.answer() else { panic!("{name}") };
        assert!(reason.contains(says), "{reason}");
        assert_eq!(program.answer(), Answer::Gone);
        let control = CameraControl::new();
        let ended = loop {
            if let Err(error) = camera.wait_exposure(&control) {
                break error.to_string();
            }
        };
        assert!(ended.contains("was disconnected") && ended.contains(&reason), "{ended}");
    }
    // A count that jumps by a million in one frame is broken.
    let mut program = Program::new(&folder.0, "jumps");
    let mut camera = running(&driver, "push: jumps");
    program.push(0, 0, "");
    program.push(1, u64::MAX, "");
    let control = CameraControl::new();
    assert!(matches!(camera.wait_exposure(&control), Ok(Captured::Frame(_))));
    let jumped = camera.wait_exposure(&control).unwrap_err().to_string();
    assert!(jumped.contains("counted from frame 0 to 18446744073709551615 at once"), "{jumped}");
}

#[test]
fn one_that_does_not_read_is_sent_away() {
    let folder = Folder::new();
    let driver = folder.driver();
    let mut program = Program::new(&folder.0, "deaf");
    program.socket.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    // At rest each frame is answered; the answers of some hundred have room.
    let mut id = 0;
    while program.socket.write_all(&record(2, 0, 0, id)).is_ok() {
        id += 1;
    }
    until("gone from the list", || driver.cameras().is_empty());
}

#[test]
fn the_file_may_become_anything() {
    let folder = Folder::new();
    let driver = folder.driver();
    let mut program = Program::new(&folder.0, "demo");
    let mut camera = running(&driver, "push: demo");
    assert!(program.file.set_len(100).is_err(), "the seal holds");
    program.push(0, 0, "");
    assert!(matches!(camera.wait_exposure(&CameraControl::new()), Ok(Captured::Frame(_))));
    program.fill(0, &[7; FRAME_BYTES]);
    let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    rustix::fs::fallocate(&program.file, hole, 0, 4 * 8192).unwrap();
    // A slot that was taken away, or that nobody has filled, is black.
    let mut pixels = vec![1; FRAME_BYTES];
    camera.read_into(&mut pixels).unwrap();
    assert_eq!(pixels, [0; FRAME_BYTES]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any bytes behind a greeting, cut anywhere: the program is refused or leaves, and the driver still listens.
    #[test]
    fn noise_harms_nobody(noise in prop::collection::vec(any::<u8>(), 0..300), kind in 0u8..5, cut in 0usize..300) {
        let folder = Folder::new();
        let driver = folder.driver();
        let mut program = Program::new(&folder.0, "noise");
        let mut camera = running(&driver, "push: noise");
        let mut bytes = noise;
        if let Some(first) = bytes.get_mut(..4) {
            first.copy_from_slice(&[kind, 0, 0, 0]);
        }
        let (one, two) = bytes.split_at(cut.min(bytes.len()));
        let _ = program.socket.write_all(one).and_then(|()| program.socket.write_all(two));
        drop(program);
        let control = CameraControl::new();
        let mut pixels = vec![0; FRAME_BYTES];
        while let Ok(Captured::Frame(_)) = camera.wait_exposure(&control) {
            camera.read_into(&mut pixels).unwrap();
        }
        let _honest = Program::new(&folder.0, "honest");
    }
}
