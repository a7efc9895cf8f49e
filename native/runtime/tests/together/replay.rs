//! The replay camera in the whole runtime: a file is looked at once, and what is no file is refused at once, by what it is.

use std::path::Path;
use std::sync::mpsc;

use crate::common::{PATIENCE, Rig, document, stream, wait, with};
use crate::stack::write_stack;
use serde_json::{Value, json};
use zarrcam_acquisition::RuntimeState;
use zarrcam_config::Problem;
use zarrcam_runtime::{ErrorCode, FileReach, PreviewRequest, Runtime, RuntimeError};

const FIELD: &str = "video[0].camera.settings.replay.path";
const SIZE: [u32; 2] = [64, 48];

fn replaying(path: &Path) -> Value {
    let camera = json!({
        "identifier": { "kind": "Camera", "name": "replay" },
        "settings": { "exposure_time_us": 1000, "pixel_type": "U8", "shape": SIZE, "replay": { "path": path } }
    });
    document(&[with(stream("out.zarr", 3), "/camera", camera)])
}

/// An answer, or the test fails: nobody may wait for ever.
fn answered<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(ask()));
    told.recv_timeout(PATIENCE).expect("an answer")
}

fn errors(runtime: &Runtime, document: &Value) -> Vec<Problem> {
    let (runtime, document) = (runtime.clone(), document.clone());
    let problems = answered(move || runtime.validate(&document)).problems;
    problems.into_iter().filter(Problem::is_error).collect()
}

fn set(runtime: &Runtime, document: &Value) -> Result<(), RuntimeError> {
    let (runtime, document) = (runtime.clone(), document.clone());
    answered(move || runtime.set_configuration(&document, None, "test")).map(|_| ())
}

fn snap(runtime: &Runtime) -> Result<(), RuntimeError> {
    let runtime = runtime.clone();
    answered(move || wait(|done| runtime.snap(PreviewRequest::default(), done))).map(|_| ())
}

#[test]
fn what_is_no_plain_file_is_refused_by_what_it_is() {
    let rig = Rig::new();
    rig.set(&document(&[stream("before.zarr", 1)]));
    let before = rig.runtime.configuration();
    let at = |name: &str| rig.folder.join(name);
    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    std::fs::File::create(at("sparse")).unwrap().set_len(1 << 40).unwrap();
    for (path, what) in [
        (at("pipe"), "it is a pipe, no file; give the path of a TIFF stack on the camera computer."),
        (at("socket"), "it is a socket, no file"),
        (at("folder"), "it is a folder, no file"),
        (at("none"), "there is no such file"),
        (at("sparse"), "it is no TIFF file"),
        (Path::new("/dev/zero").to_owned(), "it is a device, no file"),
    ] {
        let document = replaying(&path);
        let problems = errors(&rig.runtime, &document);
        assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), [FIELD], "{problems:#?}");
        let message = &problems[0].message;
        assert!(message.starts_with(path.to_str().unwrap()) && message.contains(what), "{message}");
        // One check, one answer.
        let refused = set(&rig.runtime, &document).unwrap_err();
        assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some(FIELD)));
        assert_eq!(refused.problems.iter().filter(|problem| problem.is_error()).collect::<Vec<_>>(), [&problems[0]]);
        // What was in force still is.
        assert_eq!(rig.runtime.configuration().configuration, before.configuration);
    }
    // And whoever comes after is answered.
    rig.set(&document(&[stream("after.zarr", 1)]));
    let runtime = rig.runtime.clone();
    answered(move || runtime.start(true)).unwrap();
    rig.stop().unwrap();
    let runtime = rig.runtime.clone();
    answered(move || runtime.close());
}

#[test]
fn replay_without_a_file_is_one_problem() {
    let rig = Rig::new();
    let unset = replaying(Path::new(""));
    let problems = errors(&rig.runtime, &unset);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), (FIELD, "missing"));
    assert_eq!(set(&rig.runtime, &unset).unwrap_err().path.as_deref(), Some(FIELD));
}

/// A file that goes after it was set up: live view and snap refuse, and name it.
#[test]
fn a_file_that_is_gone_is_refused_by_live_view_snap_and_recording() {
    let rig = Rig::new();
    let path = rig.folder.join("stack.tif");
    write_stack(&path, SIZE, 5);
    rig.set(&replaying(&path));
    snap(&rig.runtime).unwrap();
    std::fs::remove_file(&path).unwrap();
    for record in [false, true] {
        let runtime = rig.runtime.clone();
        let refused = answered(move || runtime.start(record)).unwrap_err();
        assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some(FIELD)));
        assert!(refused.message.contains("there is no such file"), "{}", refused.message);
        assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    }
    let refused = snap(&rig.runtime).unwrap_err();
    assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some(FIELD)));
    // It comes back, larger: what is set is a part of it, and plays.
    write_stack(&path, [80, 50], 7);
    snap(&rig.runtime).unwrap();
    // Smaller it cannot be what was set.
    write_stack(&path, [8, 5], 7);
    let refused = snap(&rig.runtime).unwrap_err();
    assert!(refused.path.is_some_and(|path| path.starts_with("video[0].camera.settings.")), "{}", refused.message);
}

/// Who may name files of the data folder alone is refused any other before it is looked at, by one answer to both questions.
#[test]
fn who_may_name_files_of_the_data_folder_alone_plays_no_other() {
    let rig = Rig::new();
    let outside = rig.folder.with_extension("elsewhere");
    std::fs::create_dir_all(&outside).unwrap();
    let secret = outside.join("secret.tif");
    write_stack(&secret, SIZE, 2);
    write_stack(&rig.folder.join("stack.tif"), SIZE, 3);
    std::os::unix::fs::symlink(&secret, rig.folder.join("link.tif")).unwrap();
    std::os::unix::fs::symlink(&outside, rig.folder.join("folder")).unwrap();
    std::os::unix::fs::symlink(rig.folder.join("stack.tif"), rig.folder.join("own-link.tif")).unwrap();
    let told = |document: &Value| {
        let mut problems = rig.runtime.validate_for(document, true, FileReach::DataFolder).problems;
        problems.retain(Problem::is_error);
        let elsewhere = rig.runtime.validate_for(document, false, FileReach::DataFolder).problems;
        assert_eq!(elsewhere.iter().any(Problem::is_error), !problems.is_empty());
        problems
    };
    let set = |document: &Value| rig.runtime.set_configuration_for(document, None, "test", FileReach::DataFolder);

    for path in [
        secret.clone(),
        outside.join("none.tif"),
        rig.folder.join("link.tif"),
        rig.folder.join("folder/secret.tif"),
        rig.folder.join("../").join(secret.strip_prefix(rig.folder.parent().unwrap()).unwrap()),
        Path::new("/etc/passwd").to_owned(),
        Path::new("/dev/zero").to_owned(),
        Path::new("~/stack.tif").to_owned(),
        Path::new("stack.tif").to_owned(),
    ] {
        let document = replaying(&path);
        let problems = told(&document);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), (FIELD, "outside"));
        // By the same words, whether anything is there or not.
        let name = format!("{:?}", path.to_str().unwrap());
        let words = "lies outside the data folder";
        assert!(problems[0].message.starts_with(&format!("{name} {words} {}", rig.folder.display())), "{problems:?}");
        let refused = set(&document).unwrap_err();
        assert_eq!((refused.code, refused.path.as_deref()), (ErrorCode::InvalidConfiguration, Some(FIELD)));
        assert_eq!(refused.problems.iter().filter(|problem| problem.is_error()).collect::<Vec<_>>(), [&problems[0]]);
    }
    for name in ["stack.tif", "own-link.tif"] {
        let document = replaying(&rig.folder.join(name));
        assert!(told(&document).is_empty(), "{:?}", told(&document));
        set(&document).unwrap();
    }
    // What somebody set who might stays, whoever edits something else; and goes with the next document.
    rig.set(&replaying(&secret));
    let mut edited = replaying(&secret);
    edited["video"][0]["camera"]["settings"]["exposure_time_us"] = json!(2000);
    assert!(told(&edited).is_empty());
    set(&edited).unwrap();
    set(&replaying(&rig.folder.join("stack.tif"))).unwrap();
    assert_eq!(told(&edited).len(), 1);
    std::fs::remove_dir_all(&outside).unwrap();
}
