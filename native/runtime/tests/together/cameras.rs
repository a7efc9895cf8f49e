//! Cameras of a driver of our own: each is opened once, asked while it is open, and changed as a whole or not at all.

use std::sync::{Arc, Mutex};

use crate::common::{Rig, document, stream, wait, with};
use crate::counting_driver::{CountingDriver, Record};
use serde_json::{Value, json};
use zarrcam_acquisition::{Event, RuntimeState};
use zarrcam_camera::{Camera, CameraError, CameraListing, Driver, ListChanged};
use zarrcam_config::DeviceKind;
use zarrcam_runtime::{Drivers, ErrorCode};

/// A runtime with two cameras, `counting: a` and `counting: b`, beside the simulated ones.
fn rig() -> (Rig, Arc<Record>) {
    let record = Arc::<Record>::default();
    let drivers = Drivers::built_in().with(CountingDriver(Arc::clone(&record)));
    (Rig::with_drivers(drivers, |_| {}), record)
}

/// A stream of one of the two cameras into nothing.
fn counted(name: &str, exposure_us: u32) -> Value {
    let camera = json!({
        "identifier": { "kind": "Camera", "name": format!("counting: {name}") },
        "settings": { "exposure_time_us": exposure_us, "pixel_type": "U16", "shape": [64, 48] }
    });
    with(with(stream("", 1), "/camera", camera), "/storage/identifier/name", json!("trash"))
}

/// What a page does with an edit: it asks what is wrong, applies it, and asks what can be set now.
fn edit(rig: &Rig, streams: &[Value]) {
    let document = document(streams);
    let problems = rig.runtime.validate(&document).problems;
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:#?}");
    rig.set(&document);
    rig.runtime.capabilities();
}

#[test]
fn they_are_listed_and_selected_beside_the_others() {
    let (rig, record) = rig();
    let cameras = rig.runtime.devices().into_iter().filter(|device| device.identifier.kind == DeviceKind::Camera);
    let cameras: Vec<_> = cameras.map(|device| (device.identifier.id, device.identifier.name)).collect();
    assert_eq!(cameras.len(), 6);
    assert_eq!(cameras[4..], [([77, 0], "counting: a".to_owned()), ([77, 1], "counting: b".to_owned())]);
    let found = rig.runtime.select(DeviceKind::Camera, Some("counting: .*")).unwrap().unwrap();
    assert_eq!(found.name, "counting: a");
    assert_eq!(record.opens(), [0, 0], "nobody opened one to list it");
}

#[test]
fn two_streams_of_one_camera_are_told_before_it_is_opened_twice() {
    let (rig, record) = rig();
    rig.set(&document(&[counted("a", 0)]));
    let both = document(&[counted("a", 0), counted("a", 100)]);
    let problems = rig.runtime.validate(&both).problems;
    assert_eq!(
        problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(),
        ["video[1].camera.identifier"]
    );
    let refused = rig.runtime.set_configuration(&both, None, "test").unwrap_err();
    assert_eq!((refused.code, refused.problems), (ErrorCode::InvalidConfiguration, problems));
    assert_eq!((record.tries(), record.open_now()), ([1, 0], [1, 0]));
    // A simulated one runs for as many as want it.
    let simulated = with(stream("", 1), "/storage/identifier/name", json!("trash"));
    rig.set(&document(&[simulated.clone(), simulated]));
}

#[test]
fn an_edit_opens_each_camera_at_most_once() {
    let (rig, record) = rig();
    edit(&rig, &[counted("a", 0)]);
    assert_eq!((record.opens(), record.open_now()), ([1, 0], [1, 0]));
    // Other settings of the same camera.
    for exposure_us in [100, 200, 300] {
        edit(&rig, &[counted("a", exposure_us)]);
    }
    assert_eq!(record.opens(), [1, 0]);
    // A second one, and both in the other order.
    edit(&rig, &[counted("a", 300), counted("b", 0)]);
    edit(&rig, &[counted("b", 400), counted("a", 500)]);
    assert_eq!((record.opens(), record.open_now()), ([1, 1], [1, 1]));
    let applied = rig.runtime.configuration().configuration;
    assert_eq!(applied.video[0].camera.settings.exposure_time_us, 400.0);
    // One goes, and is closed; it comes back, and is opened.
    edit(&rig, &[counted("b", 400)]);
    assert_eq!(record.open_now(), [0, 1]);
    edit(&rig, &[counted("b", 400), counted("a", 1)]);
    assert_eq!((record.opens(), record.open_now()), ([2, 1], [1, 1]));
    rig.runtime.close();
    assert_eq!(record.open_now(), [0, 0]);
}

#[test]
fn questions_and_runs_use_the_camera_that_is_open() {
    let (rig, record) = rig();
    edit(&rig, &[counted("a", 1000)]);
    rig.runtime.start(false).unwrap();
    // Asked while its thread waits for frames.
    for exposure_us in [1000, 2000] {
        let validation = rig.runtime.validate(&document(&[counted("a", exposure_us)]));
        assert!(validation.plans[0].is_some());
        assert_eq!(rig.runtime.capabilities().video[0].camera.as_ref().unwrap().binning, [1]);
    }
    // An edit reaches the preview, and the preview goes on.
    edit(&rig, &[counted("a", 3000)]);
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing);
    wait(|done| rig.runtime.next_frame(0, None, 0, done)).unwrap();
    rig.stop().unwrap();
    wait(|done| rig.runtime.snap(zarrcam_runtime::PreviewRequest { full: true, ..Default::default() }, done)).unwrap();
    rig.record(&document(&[counted("a", 3000)]));
    assert_eq!((record.opens(), record.open_now()), ([1, 0], [1, 0]));
}

#[test]
fn a_camera_that_is_only_asked_about_is_opened_once_and_closed() {
    let (rig, record) = rig();
    edit(&rig, &[counted("a", 0)]);
    for exposure_us in [100, 200, 300] {
        let asked = document(&[counted("b", exposure_us)]);
        assert!(rig.runtime.validate(&asked).plans[0].is_some());
    }
    assert_eq!((record.opens(), record.open_now()), ([1, 1], [1, 1]));
    // Applying it takes the camera over that was opened for the question.
    edit(&rig, &[counted("b", 300)]);
    assert_eq!((record.opens(), record.open_now()), ([1, 1], [0, 1]));
    // What is applied has no use for the other one.
    rig.runtime.validate(&document(&[counted("a", 0)]));
    assert_eq!(record.open_now(), [1, 1]);
    edit(&rig, &[counted("b", 400)]);
    assert_eq!((record.opens(), record.open_now()), ([2, 1], [0, 1]));
}

#[test]
fn a_camera_that_does_not_open_is_named_and_tried_once_a_question() {
    let (rig, record) = rig();
    edit(&rig, &[counted("a", 0)]);
    record.fail_to_open(true);
    let problems = rig.runtime.validate(&document(&[counted("b", 0)])).problems;
    let errors: Vec<_> = problems.into_iter().filter(|problem| problem.is_error()).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0].path, "video[0].camera");
    assert_eq!(errors[0].message, "counting: b: the cable is not plugged in");
    assert_eq!(record.tries(), [1, 1]);
    let refused = rig.runtime.set_configuration(&document(&[counted("b", 0)]), None, "test").unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidConfiguration);
    assert_eq!(record.tries(), [1, 2]);
    // The one that is in force needs not be opened.
    edit(&rig, &[counted("a", 100)]);
}

#[test]
fn settings_that_one_camera_refuses_leave_all_as_they_were() {
    let (rig, record) = rig();
    edit(&rig, &[counted("a", 1000), counted("b", 1000)]);
    rig.runtime.start(false).unwrap();
    let before = rig.runtime.configuration();
    record.refuse_settings("counting: b");
    // Nobody could know before it was tried.
    let both = document(&[counted("a", 2000), counted("b", 2000)]);
    assert!(rig.runtime.validate(&both).plans.iter().all(Option::is_some));
    let refused = rig.runtime.set_configuration(&both, None, "test").unwrap_err();
    assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some("video[1].camera")));
    assert!(refused.message.contains("it took 0 instead"), "{}", refused.message);
    let after = rig.runtime.configuration();
    assert_eq!((after.configuration, after.revision), (before.configuration, before.revision));
    assert_eq!(record.exposures_us(), [1000.0, 1000.0]);
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing, "the preview came back");
    assert_eq!((record.opens(), record.open_now()), ([1, 1], [1, 1]));
    rig.stop().unwrap();
}

/// Finds one more camera at each search, and says what it cannot.
#[derive(Default)]
struct Searching {
    found: Mutex<u32>,
    changed: Mutex<Option<ListChanged>>,
}

impl Driver for Searching {
    fn id(&self) -> u32 {
        79
    }

    fn cameras(&self) -> Vec<CameraListing> {
        (0..*self.found.lock().unwrap()).map(|n| CameraListing::new(format!("searched: {n}"), n, "Found.")).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        Drivers::built_in().open("simulated: empty").map_err(|_| CameraError::unknown(name, &self.cameras()))
    }

    fn refresh(&self) {
        *self.found.lock().unwrap() += 1;
        self.changed.lock().unwrap().as_ref().expect("it is watched from the beginning")();
    }

    fn watch(&self, changed: ListChanged) {
        *self.changed.lock().unwrap() = Some(changed);
    }

    fn advice(&self) -> Option<String> {
        Some("Only every second socket was looked at.".to_owned())
    }
}

#[test]
fn everybody_is_told_of_a_camera_that_a_search_finds() {
    let rig = Rig::with_drivers(Drivers::built_in().with(Searching::default()), |_| {});
    let names = |devices: &[zarrcam_config::DeviceInfo]| -> Vec<String> {
        devices
            .iter()
            .map(|device| device.identifier.name.clone())
            .filter(|name| name.starts_with("searched"))
            .collect()
    };
    assert_eq!(names(&rig.runtime.devices()), [""; 0]);
    let refreshed = rig.runtime.refresh_devices();
    assert_eq!(names(&refreshed.devices), ["searched: 0"]);
    assert_eq!(refreshed.advice, ["Only every second socket was looked at."]);
    let events = rig.events.lock().unwrap();
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Devices(change) => Some(names(&change.devices)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [["searched: 0"]]);
}

#[test]
fn features_that_a_camera_does_not_have_are_a_warning_and_nothing_is_listed() {
    let rig = Rig::new();
    let camera = json!({
        "identifier": { "kind": "Camera", "name": "simulated: empty" },
        "settings": { "shape": [64, 48], "features": { "Gain": 3 } }
    });
    let document = document(&[with(stream("", 1), "/camera", camera)]);
    let problems = rig.runtime.validate(&document).problems;
    let problem = problems.iter().find(|problem| problem.path == "video[0].camera.settings.features");
    assert_eq!(problem.map(|problem| problem.is_error()), Some(false), "{problems:#?}");
    rig.set(&document);
    assert_eq!(rig.runtime.camera_features(0).unwrap(), []);
    assert_eq!(rig.runtime.camera_features(7).unwrap_err().code, ErrorCode::UnknownStream);
}
