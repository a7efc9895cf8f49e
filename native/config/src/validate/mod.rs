//! A document against the devices of the machine: everything that is wrong, at once.

mod camera;
mod channels;
mod dimensions;
mod exclusive_cameras;
mod layout;
mod metadata;
mod report;
mod scales;
mod storage;
mod texts;
mod timing;
mod triggers;
mod units;
mod uri;

use serde_json::Value;

pub use timing::MAX_FRAME_AVERAGE_COUNT;

use crate::parse::read;
use crate::{
    Configuration, DeviceCatalog, DeviceIdentifier, DeviceKind, Problem, ProblemCode, at_most_max_problems, nearest,
    shortened,
};
use report::{Report, StreamReport};

/// What a JSON value is worth as a document.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The document, with stand-ins at the paths of the problems where it has errors of form.
    pub configuration: Configuration,
    /// Errors and warnings, of form and of content.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// Whether the document is refused.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// `parse` and `validate` in one: what is wrong with the form of one field hides nothing about the others.
pub fn check(value: &Value, catalog: &dyn DeviceCatalog) -> Checked {
    let (configuration, mut problems) = read(value);
    let has_stand_in = |problem: &&Problem| problem.code != ProblemCode::UnknownField;
    let malformed: Vec<String> = problems.iter().filter(has_stand_in).map(|problem| problem.path.clone()).collect();
    let about_stand_in = |path: &str| malformed.iter().any(|bad| is_within(path, bad) || is_within(bad, path));
    problems.extend(validate(&configuration, catalog).into_iter().filter(|problem| !about_stand_in(&problem.path)));
    Checked { configuration, problems: at_most_max_problems(problems) }
}

/// `a.b[1]` is within `a.b`.
fn is_within(path: &str, owner: &str) -> bool {
    let rest = path.strip_prefix(owner);
    rest.is_some_and(|rest| owner.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Errors and warnings of a well-formed document. Streams without a camera are not looked at.
pub fn validate(configuration: &Configuration, catalog: &dyn DeviceCatalog) -> Vec<Problem> {
    let mut report = Report::default();
    for (index, stream) in configuration.video.iter().enumerate() {
        if !stream.is_active() {
            continue;
        }
        let mut report = report.of_stream(index);
        let camera = camera::validate(&mut report, &stream.camera, catalog);
        let resolved = stream.resolve();
        timing::validate(&mut report, stream, camera.as_ref());
        texts::validate(&mut report, stream);
        storage::validate(&mut report, stream, &resolved, catalog);
        channels::validate(&mut report, stream, camera.as_ref(), catalog);
    }
    if configuration.video.iter().any(|stream| stream.is_active()) {
        exclusive_cameras::validate_all(&mut report, configuration, catalog);
        uri::validate_all(&mut report, configuration, catalog);
    } else {
        report.error("video", ProblemCode::NoStream, "No stream has a camera. Choose a camera.");
    }
    report.problems
}

/// The part of `validate` that a preview needs: cameras and their timing, no storage.
pub fn validate_cameras(configuration: &Configuration, catalog: &dyn DeviceCatalog) -> Vec<Problem> {
    let about_cameras = |problem: &Problem| {
        let field = problem.path.split_once("].").map_or("", |(_, field)| field);
        problem.path == "video" || field.starts_with("camera") || field == "frame_period_us"
    };
    validate(configuration, catalog).into_iter().filter(about_cameras).collect()
}

/// The name of a device that exists; a wrong one is never replaced by another device.
fn known_device<'a>(
    report: &mut StreamReport,
    path: &str,
    identifier: &'a DeviceIdentifier,
    kind: DeviceKind,
    catalog: &dyn DeviceCatalog,
) -> Option<&'a str> {
    let word = if kind == DeviceKind::Camera { "camera" } else { "storage device" };
    if identifier.kind != kind {
        let message =
            format!("Must be a {word}, and \"{}\" is given as {:?}.", shortened(&identifier.name), identifier.kind);
        let value = serde_json::to_value(kind).unwrap_or_default();
        report.error(format!("{path}.kind"), ProblemCode::WrongKind, message).fixed_by(format!("Use {kind:?}"), value);
    }
    let devices = catalog.devices();
    let names: Vec<&str> = devices
        .iter()
        .filter(|device| device.identifier.kind == kind)
        .map(|device| device.identifier.name.as_str())
        .collect();
    let name = identifier.name.as_str();
    if names.contains(&name) {
        return Some(name);
    }
    let wrong = shortened(name);
    let path = format!("{path}.name");
    let way_back = if kind == DeviceKind::Camera { catalog.way_back(name) } else { None };
    match (nearest(name, names.iter().copied()), way_back) {
        (None, Some(way_back)) => {
            let message = format!("There is no {word} \"{wrong}\" now. {way_back}");
            report.error(path, ProblemCode::UnknownDevice, message);
        }
        (Some(near), way_back) => {
            let or = way_back.map_or_else(String::new, |way_back| format!(" {way_back}"));
            let message = format!("There is no {word} \"{wrong}\". Is \"{near}\" meant?{or}");
            report.error(path, ProblemCode::UnknownDevice, message).fixed_by(format!("Use {near}"), near);
        }
        (None, None) => {
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            report.error(
                path,
                ProblemCode::UnknownDevice,
                format!("There is no {word} \"{wrong}\". There are: {known}."),
            );
        }
    }
    None
}
