//! The one configuration: applied as a whole or not at all.

use std::sync::{Arc, OnceLock, mpsc};

use crate::common::{PATIENCE, Rig, document, exists, stream, wait, with};
use serde_json::{Value, json};
use zarrcam_acquisition::{Event, RuntimeState};
use zarrcam_config::{Problem, ProblemCode, Severity};
use zarrcam_runtime::{Drivers, ErrorCode, Runtime, RuntimeOptions, StartOptions};

fn problem<'a>(problems: &'a [Problem], path: &str) -> &'a Problem {
    problems.iter().find(|problem| problem.path == path).unwrap_or_else(|| panic!("no {path} in {problems:#?}"))
}

const URI: &str = "video[0].storage.settings.uri";

#[test]
fn states_follow_the_configuration() {
    let rig = Rig::new();
    assert_eq!(rig.runtime.state(), RuntimeState::AwaitingConfiguration);
    assert_eq!(rig.runtime.start(true).unwrap_err().code, ErrorCode::NotConfigured);
    rig.set(&document(&[stream("a.zarr", 1)]));
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    rig.set(&document(&[]));
    assert_eq!(rig.runtime.state(), RuntimeState::AwaitingConfiguration);
    rig.runtime.close();
    assert_eq!(rig.runtime.state(), RuntimeState::Closed);
    assert_eq!(rig.runtime.start(true).unwrap_err().code, ErrorCode::Closed);
}

#[test]
fn a_misspelt_device_is_an_error_and_changes_nothing() {
    let rig = Rig::new();
    rig.set(&document(&[stream("a.zarr", 1)]));
    let before = rig.runtime.configuration();
    for (field, name, near) in
        [("camera", "simulated: uniform randon", "simulated: uniform random"), ("storage", "Zarrr", "Zarr")]
    {
        let wrong = with(stream("b.zarr", 5), &format!("/{field}/identifier/name"), json!(name));
        // One good stream does not make up for a bad one.
        let refused =
            rig.runtime.set_configuration(&document(&[stream("c.zarr", 1), wrong]), None, "test").unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidConfiguration);
        let told = problem(&refused.problems, &format!("video[1].{field}.identifier.name"));
        assert_eq!(told.fix.as_ref().unwrap().value, json!(near));
    }
    let after = rig.runtime.configuration();
    assert_eq!((after.configuration, after.revision), (before.configuration, before.revision));
}

#[test]
fn a_stale_edit_is_refused_and_told_what_changed() {
    let rig = Rig::new();
    let edit = |runtime: &Runtime, exposure: f64, revision: Option<u64>, who: &str| {
        let video = with(stream("a.zarr", 1), "/camera/settings/exposure_time_us", json!(exposure));
        runtime.set_configuration(&document(&[video]), revision, who)
    };
    let first = edit(&rig.runtime, 1000.0, None, "page 1").unwrap();
    edit(&rig.runtime, 2000.0, Some(first.revision), "page 2").unwrap();
    let refused = edit(&rig.runtime, 3000.0, Some(first.revision), "page 1").unwrap_err();
    assert_eq!(refused.code, ErrorCode::StaleRevision);
    assert_eq!(refused.problems[0].path, "video[0].camera.settings.exposure_time_us");
    assert!(refused.message.contains("page 2"), "{}", refused.message);
    let events = rig.events.lock().unwrap();
    let who: Vec<_> = events
        .iter()
        .filter_map(|event| {
            if let Event::Configuration(change) = event {
                Some((change.revision, change.changed_by.as_str()))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(who, [(1, "page 1"), (2, "page 2")]);
}

#[test]
fn what_is_applied_again_changes_no_revision() {
    let rig = Rig::new();
    rig.set(&document(&[stream("a.zarr", 1)]));
    rig.set(&document(&[stream("a.zarr", 1)]));
    assert_eq!(rig.runtime.configuration().revision, 1);
}

#[test]
fn names_may_not_leave_the_data_folder() {
    let rig = Rig::new();
    std::os::unix::fs::symlink("/tmp", rig.folder.join("way-out")).unwrap();
    for name in ["../x.zarr", "/tmp/x.zarr", "way-out/x.zarr", "a/../../x.zarr"] {
        let refused = rig.runtime.set_configuration(&document(&[stream(name, 1)]), None, "test").unwrap_err();
        assert_eq!(problem(&refused.problems, URI).severity, Severity::Error, "{name}");
    }
    rig.record(&document(&[stream("deep/er/x.zarr", 1)]));
    assert!(exists(&rig.folder.join("deep/er/x.zarr")));
}

#[test]
fn an_existing_name_is_refused_with_the_next_free_one() {
    let rig = Rig::new();
    rig.record(&document(&[stream("out.zarr", 2)]));
    rig.set(&document(&[stream("out.zarr", 2)]));
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Exists);
    assert_eq!(problem(&refused.problems, URI).fix.as_ref().unwrap().value, json!("out_002.zarr"));
    assert_eq!(rig.shape("out.zarr"), [2, 48, 64], "what was there is untouched");
    let validation = rig.runtime.validate(&document(&[stream("out.zarr", 2)]));
    assert_eq!(problem(&validation.problems, URI).code, ProblemCode::Exists);
    assert!(validation.plans[0].is_some(), "a taken name leaves the plan as it is");

    let over = with(stream("out.zarr", 3), "/storage/settings/overwrite", json!(true));
    rig.record(&document(&[over]));
    assert_eq!(rig.shape("out.zarr"), [3, 48, 64]);
}

#[test]
fn overwriting_takes_only_what_is_ours() {
    let rig = Rig::new();
    std::fs::create_dir(rig.folder.join("thesis.zarr")).unwrap();
    std::fs::write(rig.folder.join("thesis.zarr/chapter-1.txt"), "years of work").unwrap();
    let over = with(stream("thesis.zarr", 3), "/storage/settings/overwrite", json!(true));
    rig.set(&document(&[over]));
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Exists);
    assert!(exists(&rig.folder.join("thesis.zarr/chapter-1.txt")));
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
}

#[test]
fn a_start_that_fails_leaves_nothing_behind() {
    let rig = Rig::new();
    std::fs::create_dir(rig.folder.join("b.zarr")).unwrap();
    std::fs::write(rig.folder.join("b.zarr/mine.txt"), "keep").unwrap();
    let second = with(stream("b.zarr", 3), "/storage/settings/overwrite", json!(true));
    rig.set(&document(&[stream("a.zarr", 3), second]));
    rig.runtime.start(true).unwrap_err();
    assert!(!exists(&rig.folder.join("a.zarr")), "the first stream's store is taken back");
    assert!(exists(&rig.folder.join("b.zarr/mine.txt")));
}

#[test]
fn two_streams_cannot_share_a_place_by_a_link() {
    let rig = Rig::new();
    std::fs::create_dir(rig.folder.join("real")).unwrap();
    std::os::unix::fs::symlink(rig.folder.join("real"), rig.folder.join("link")).unwrap();
    let validation = rig.runtime.validate(&document(&[stream("real/a.zarr", 1), stream("link/a.zarr", 1)]));
    assert_eq!(problem(&validation.problems, "video[1].storage.settings.uri").code, ProblemCode::Duplicate);
}

#[test]
fn the_next_name_is_set_after_a_recording() {
    let rig = Rig::new();
    let again_and_again = StartOptions { record: true, next_names: true, ..StartOptions::default() };
    rig.set(&document(&[stream("embryo.zarr", 2), stream("embryo_b.zarr", 2)]));
    rig.runtime.start_with(again_and_again).unwrap();
    rig.stop().unwrap();
    let uris = || -> Vec<String> {
        rig.runtime.configuration().configuration.video.into_iter().map(|v| v.storage.settings.uri.unwrap()).collect()
    };
    assert_eq!(uris(), ["embryo_002.zarr", "embryo_b_002.zarr"]);
    // Run again, as it stands.
    rig.runtime.start_with(again_and_again).unwrap();
    rig.stop().unwrap();
    assert_eq!(uris(), ["embryo_003.zarr", "embryo_b_003.zarr"]);
    assert_eq!(rig.shape("embryo_002.zarr")[0], 2);
    rig.runtime.start(false).unwrap();
    rig.stop().unwrap();
    assert_eq!(uris()[0], "embryo_003.zarr", "a preview uses no name");
    // A script finds its data by the name that it set, and is refused where it would record over it.
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    assert_eq!(uris(), ["embryo_003.zarr", "embryo_b_003.zarr"]);
    let refused = rig.runtime.start(true).unwrap_err();
    assert!(refused.problems.iter().all(|problem| problem.code == ProblemCode::Exists), "{refused:#?}");
    assert_eq!(rig.shape("embryo_003.zarr")[0], 2);
}

#[test]
fn a_preview_needs_no_place_to_save_to() {
    let rig = Rig::new();
    let video = with(stream("a.zarr", 1), "/storage/settings/uri", Value::Null);
    rig.set(&document(&[video]));
    rig.runtime.start(false).unwrap();
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some(URI)));
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing, "the preview goes on");
    rig.stop().unwrap();
}

#[test]
fn edits_reach_a_running_preview() {
    let rig = Rig::new();
    let video = with(stream("a.zarr", 1), "/camera/settings/exposure_time_us", json!(2000));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(false).unwrap();
    let before = wait(|done| rig.runtime.next_frame(0, None, 0, done)).unwrap();
    assert_eq!((before.width, before.height), (64, 48));

    // What is no camera's leaves the camera alone.
    rig.set(&document(&[with(video.clone(), "/storage/settings/uri", json!("b.zarr"))]));
    let after = wait(|done| rig.runtime.next_frame(0, Some(before.sequence), 0, done)).unwrap();
    assert!(after.stamp.hardware_id > before.stamp.hardware_id, "the same run of the camera");

    let small = with(video, "/camera/settings/shape", json!([32, 24]));
    let small = with(small, "/storage/settings/acquisition_dimensions/0/array_size_px", json!(32));
    let small = with(small, "/storage/settings/acquisition_dimensions/0/chunk_size_px", json!(32));
    let small = with(small, "/storage/settings/acquisition_dimensions/1/array_size_px", json!(24));
    let small = with(small, "/storage/settings/acquisition_dimensions/1/chunk_size_px", json!(24));
    rig.set(&document(&[small]));
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing);
    let sequence = after.sequence;
    let mut seen = wait(|done| rig.runtime.next_frame(0, Some(sequence), 0, done)).unwrap();
    while seen.width != 32 {
        seen = wait(|done| rig.runtime.next_frame(0, Some(seen.sequence), 0, done)).unwrap();
    }
    rig.set(&document(&[]));
    assert_eq!(rig.runtime.state(), RuntimeState::AwaitingConfiguration);
}

#[test]
fn a_stop_while_the_preview_makes_room_for_an_edit_is_heeded() {
    let runtime: Arc<OnceLock<Runtime>> = Arc::default();
    let of_events = Arc::clone(&runtime);
    let (sender, receiver) = mpsc::channel();
    // The edit is told when the preview has ended and not come back yet.
    let events = move |event: Event| {
        let sender = sender.clone();
        if matches!(event, Event::Configuration(change) if change.revision == 2) {
            of_events.get().unwrap().stop(Box::new(move |outcome| sender.send(outcome.is_ok()).unwrap()));
        }
    };
    let made = runtime.get_or_init(|| Runtime::new(RuntimeOptions::default(), Drivers::built_in(), Arc::new(events)));
    let video = with(stream("a.zarr", 1), "/storage/identifier/name", json!("trash"));
    let set = |exposure_us: u32| {
        let video = with(video.clone(), "/camera/settings/exposure_time_us", json!(exposure_us));
        made.set_configuration(&document(&[video]), None, "test").unwrap()
    };
    assert_eq!(set(2000).revision, 1);
    made.start(false).unwrap();
    assert_eq!(set(3000).revision, 2);
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok(true));
    assert_eq!(made.state(), RuntimeState::Armed);
    // And one more edit wakes nobody.
    set(4000);
    assert_eq!(made.state(), RuntimeState::Armed);
    made.close();
}

#[test]
fn all_problems_are_told_at_once_with_the_plan_of_the_sound_stream() {
    let rig = Rig::new();
    let bad = with(stream("b.zarr", 1), "/camera/settings/exposure_time_us", json!(2e6));
    let bad = with(bad, "/camera/settings/pixel_typ", json!("U8"));
    let validation = rig.runtime.validate(&document(&[stream("a.zarr", 10), bad]));
    problem(&validation.problems, "video[1].camera.settings.exposure_time_us");
    problem(&validation.problems, "video[1].camera.settings.pixel_typ");
    assert!(validation.plans[1].is_none());
    let plan = validation.plans[0].as_ref().unwrap();
    assert_eq!(plan.shape, [Some(10), Some(48), Some(64)]);
    assert_eq!((plan.frames, plan.files), (Some(10), Some(10)));
    assert_eq!(plan.total_bytes, Some(10 * 64 * 48 * 2));
    assert!(plan.memory_bound_bytes >= 12 * 64 * 48 * 2, "the queue is part of it");
    assert!(validation.disk_free_bytes[0].unwrap() > 0);
    assert_eq!(rig.runtime.configuration().revision, 0, "validate applies nothing");
}

#[test]
fn devices_are_listed_and_selected() {
    let rig = Rig::new();
    use zarrcam_config::DeviceKind::{Camera, Storage};
    assert_eq!(rig.runtime.devices().iter().filter(|device| device.identifier.kind == Storage).count(), 10);
    assert_eq!(rig.runtime.select(Camera, Some(".*RADIAL.*")).unwrap().unwrap().name, "simulated: radial sin");
    assert!(rig.runtime.select(Storage, Some("zar")).unwrap().is_none());
    let capabilities = {
        rig.set(&document(&[stream("a.zarr", 1)]));
        rig.runtime.capabilities()
    };
    assert_eq!(capabilities.video[0].camera.as_ref().unwrap().binning, [1, 2, 4, 8]);
    assert!(capabilities.video[0].storage.as_ref().unwrap().chunking);
}

#[test]
fn a_disk_that_will_be_full_is_foretold_with_when() {
    let rig = Rig::new();
    // 110 TB are on no disk here.
    let mut video = stream("out.zarr", 18_000_000_000);
    video["camera"]["settings"]["exposure_time_us"] = json!(100);
    let validation = rig.runtime.validate(&document(&[video]));
    let problem = validation.problems.iter().find(|problem| problem.code == ProblemCode::DiskFull).expect("it is said");
    assert_eq!(problem.path, "video[0].storage.settings.uri");
    assert!(problem.message.starts_with("Disk full after ") && problem.message.contains(" of 21 days,"), "{problem:?}");
}

#[test]
fn streams_on_one_disk_share_its_room() {
    let rig = Rig::new();
    let free = rig.runtime.validate(&document(&[stream("a.zarr", 1)])).disk_free_bytes[0].unwrap();
    let part = |name: &str, share: f64| stream(name, (free as f64 * share) as u64 / (64 * 48 * 2));
    let full = |streams: &[serde_json::Value]| {
        let problems = rig.runtime.validate(&document(streams)).problems;
        problems.into_iter().filter(|problem| problem.code == ProblemCode::DiskFull).collect::<Vec<_>>()
    };
    assert_eq!(full(&[part("a.zarr", 0.6)]), []);
    assert_eq!(full(&[part("a.zarr", 0.3), part("b.zarr", 0.3)]), []);
    let two = full(&[part("a.zarr", 0.6), part("b.zarr", 0.6)]);
    assert_eq!(two.len(), 1, "{two:?}");
    assert_eq!(two[0].path, "video[1].storage.settings.uri");
    assert!(two[0].message.contains("2 streams write"), "{two:?}");
}

#[test]
fn a_users_files_in_a_dataset_stay_unless_asked_twice() {
    let rig = Rig::new();
    rig.record(&document(&[stream("a.zarr", 3)]));
    rig.record(&document(&[stream("b.zarr", 3)]));
    let over = |name: &str| with(stream(name, 2), "/storage/settings/overwrite", json!(true));
    std::fs::write(rig.folder.join("b.zarr/mine.txt"), "keep").unwrap();
    let both = document(&[over("a.zarr"), over("b.zarr")]);
    let problems = rig.runtime.validate(&both).problems;
    assert_eq!(problem(&problems, "video[1].storage.settings.uri").code, ProblemCode::ForeignFiles);
    rig.set(&both);
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!(refused.code, ErrorCode::ForeignFiles);
    assert_eq!(refused.path.as_deref(), Some("video[1].storage.settings.uri"));
    assert!(refused.message.contains("mine.txt"), "{}", refused.message);
    assert!(exists(&rig.folder.join("b.zarr/mine.txt")));
    assert_eq!(rig.shape("a.zarr")[0], 3, "what the first stream would replace is back");
    rig.runtime
        .start_with(StartOptions { record: true, replace_foreign_files: true, ..StartOptions::default() })
        .unwrap();
    rig.stop().unwrap();
    assert_eq!((rig.shape("a.zarr")[0], rig.shape("b.zarr")[0]), (2, 2));
    assert!(!exists(&rig.folder.join("b.zarr/mine.txt")));
    let left: Vec<_> = std::fs::read_dir(&rig.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn one_answer_has_all_that_a_client_shows_after_an_edit() {
    let rig = Rig::new();
    let video = with(stream("a.zarr", 5), "/storage/settings/pixel_scale_um", json!([0.5, 0.25]));
    let answer = rig.runtime.set_configuration(&document(&[video]), None, "test").unwrap();
    let in_force = rig.runtime.configuration();
    assert_eq!((&answer.configuration, answer.revision), (&in_force.configuration, in_force.revision));
    assert_eq!(answer.capabilities, rig.runtime.capabilities());
    let validation = rig.runtime.validate(&serde_json::to_value(&in_force.configuration).unwrap());
    assert_eq!(answer.validation.problems, validation.problems);
    assert_eq!(answer.validation.plans.len(), 1);
    assert_eq!(answer.validation.refusal, None);
    let resolved = answer.validation.resolved[0].as_ref().unwrap();
    assert_eq!(resolved.pixel_size_um, Some([0.5, 0.25]));

    // What is only missing yet is applied, and the answer says how a recording would be refused.
    let unnamed = with(stream("", 5), "/storage/settings/pixel_scale_um", json!([0.5, 0.25]));
    let answer = rig.runtime.set_configuration(&document(&[unnamed]), None, "test").unwrap();
    let refusal = answer.validation.refusal.expect("there is no name");
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!(
        (ErrorCode::from(refusal.code), refusal.message, refusal.path),
        (refused.code, refused.message, refused.path)
    );
}
