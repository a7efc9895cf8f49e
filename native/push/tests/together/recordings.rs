//! Recordings with pushed cameras, by the runtime.

use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use zarrcam_acquisition::{Event, Ledger};
use zarrcam_runtime::Drivers;

use crate::common::{Answer, FRAME_BYTES, Folder, Program, until};
use crate::rig::{Rig, document, stream, with};

fn rig(folder: &Folder) -> Rig {
    Rig::with_drivers(Drivers::built_in().with(folder.driver()), |_| {})
}

fn pushed(camera: &str, name: &str, frames: u64) -> Value {
    with(stream(name, frames), "/camera/identifier/name", json!(camera))
}

/// Frame `id` holds `id` in every byte.
fn push_ids(program: &mut Program, ids: impl IntoIterator<Item = u64>) {
    let mut free = vec![0, 1, 2, 3];
    assert_eq!(program.answer(), Answer::Started);
    for id in ids {
        while free.is_empty() {
            match program.answer() {
                Answer::Free(slot) => free.push(slot),
                Answer::Stopped | Answer::Gone => return,
                other => panic!("{other:?}"),
            }
        }
        let slot = free.pop().unwrap();
        program.fill(slot, &[id as u8; FRAME_BYTES]);
        program.push(slot, id, "");
    }
}

#[test]
fn two_at_once_are_stored_and_what_one_lost_is_counted_in_its_place() {
    let folder = Folder::new();
    let rig = rig(&folder);
    let (mut whole, mut lossy) = (Program::new(&folder.0, "whole"), Program::new(&folder.0, "lossy"));
    rig.set(&document(&[pushed("push: whole", "whole.zarr", 50), pushed("push: lossy", "lossy.zarr", 50)]));
    rig.runtime.start(true).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| push_ids(&mut whole, 1..61));
        scope.spawn(|| push_ids(&mut lossy, (100..200).filter(|id| !(110..117).contains(id))));
        rig.until(0, "whole", |stats| stats.ledger.stored == 50);
        rig.until(1, "lossy", |stats| stats.ledger.stored == 43);
        let summary = rig.stop().unwrap();
        let ledgers: Vec<&Ledger> = summary.streams.iter().map(|stream| &stream.ledger).collect();
        assert_eq!((ledgers[0].stored, ledgers[0].dropped), (50, 0));
        assert_eq!((ledgers[1].captured, ledgers[1].stored, ledgers[1].dropped_camera), (50, 43, 7));
    });
    for frame in [0, 9, 17, 49] {
        assert_eq!(rig.chunk("whole.zarr", &format!("{frame}/0/0")), [frame as u8 + 1; FRAME_BYTES]);
        assert_eq!(rig.chunk("lossy.zarr", &format!("{frame}/0/0")), [frame as u8 + 100; FRAME_BYTES]);
    }
    assert!(!rig.folder.join("lossy.zarr/0/12/0/0").exists(), "the place of a lost frame is empty");
}

/// Ends with the test, whatever comes.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_program_that_is_killed_ends_the_recording_and_what_came_is_kept() {
    let folder = Folder::new();
    let rig = rig(&folder);
    // This very program, started once more: what it runs is below.
    let own = std::env::current_exe().unwrap();
    let arguments = ["--exact", "--nocapture", "recordings::pushes_until_it_is_killed"];
    let mut program = Process(Command::new(own).args(arguments).env("PUSH_INTO", &folder.0).spawn().unwrap());
    until("listed", || rig.runtime.devices().iter().any(|device| device.identifier.name == "push: victim"));
    rig.set(&document(&[pushed("push: victim", "victim.zarr", u64::MAX)]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "stored", |stats| stats.ledger.stored >= 20);
    program.0.kill().unwrap();
    let ended = rig.until(0, "ended", |stats| stats.error.is_some());
    let message = ended.error.unwrap().message;
    assert!(message.contains("push: victim: the program that pushes it has ended (process"), "{message}");
    assert!(rig.stop().unwrap_err().message.contains("has ended"), "who waits for the end is told, too");
    let ledger = rig.stream(0).ledger;
    assert!(ledger.stored >= 20 && ledger.dropped == 0, "{ledger:?}");
    assert_eq!(rig.chunk("victim.zarr", "19/0/0"), [20; FRAME_BYTES]);
    assert_eq!(rig.shape("victim.zarr")[0], ledger.stored);
    // The document still names it; a start says what is missing.
    let refused = rig.runtime.start(true).unwrap_err();
    let said = format!("{refused} {:?}", refused.problems);
    assert!(said.contains("There is no camera") && said.contains("Start the program that pushes its frames"), "{said}");
    // Everybody was told when it came, and when it went.
    let events = rig.events.lock().unwrap();
    let told = events.iter().filter_map(|event| match event {
        Event::Devices(change) => Some(change.devices.iter().any(|device| device.identifier.name == "push: victim")),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn pushes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("PUSH_INTO") else { return };
    let mut program = Program::new(folder.as_ref(), "victim");
    push_ids(&mut program, 1..);
}

#[test]
fn a_slow_program_holds_up_neither_stop_nor_who_starts_again() {
    let folder = Folder::new();
    let rig = rig(&folder);
    let mut program = Program::new(&folder.0, "slow");
    rig.set(&document(&[pushed("push: slow", "slow.zarr", 10)]));
    rig.runtime.start(true).unwrap();
    assert_eq!(program.answer(), Answer::Started);
    program.push(0, 0, "");
    rig.until(0, "stored", |stats| stats.ledger.stored == 1);
    thread::sleep(Duration::from_millis(50));
    let summary = rig.abort().unwrap();
    assert_eq!(summary.streams[0].ledger.stored, 1);
    assert_eq!([program.answer(), program.answer()], [Answer::Free(0), Answer::Stopped]);
    // A preview sees its next frame.
    rig.runtime.start(false).unwrap();
    assert_eq!(program.answer(), Answer::Started);
    program.push(2, 1, "");
    assert_eq!(program.answer(), Answer::Free(2));
    rig.abort().unwrap();
    assert_eq!(program.answer(), Answer::Stopped);
}
