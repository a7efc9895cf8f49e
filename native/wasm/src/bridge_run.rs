//! What storing a bridge's run in the browser would be: its document, judged for another place. The bridge judges the cameras.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_checking::{ConfigurationRefusal, Places, Validation};
use zarrcam_config::{Configuration, Problem, ProblemCode, Severity, VideoStream, check, storage_device};
use zarrcam_zarr::Codec;

use crate::catalog::Catalog;
use crate::document::checker;
use crate::shelf::BrowserShelf;
use crate::text::{Failure, value};

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeRun {
    configuration: Value,
    shelf: BrowserShelf,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    validation: Validation,
    /// Of the dataset that each stream would make; `null`: it makes none, or its name is wrong already.
    names: Vec<Option<String>>,
}

pub fn check_run(BridgeRun { configuration: document, shelf }: BridgeRun) -> Result<Value, Failure> {
    let (there, problems) = checked(&document);
    let mut here = there.clone();
    here.video.iter_mut().for_each(|video| settle_here(video, &shelf));
    let mut validation = Validation::of_checked(&here, problems, &checker(Some(&shelf)));
    for problem in &mut validation.problems {
        mend_there(problem, &there, &here);
    }
    refuse_what_cannot_fit(&here, &mut validation.problems);
    validation.refusal = ConfigurationRefusal::of(&validation.problems);
    let names = here.video.iter().map(|video| {
        let path = shelf.path_of(video).ok().flatten().filter(|_| video.is_active())?;
        Some(BrowserShelf::name_at(&path))
    });
    let names = names.collect();
    value(Answer { validation, names })
}

/// A bridge's document, with what is wrong with it but for its cameras.
pub fn checked(document: &Value) -> (Configuration, Vec<Problem>) {
    let checked = check(document, &Catalog);
    let mut problems = checked.problems;
    problems.retain(|problem| !is_about_camera(problem));
    (checked.configuration, problems)
}

fn is_about_camera(problem: &Problem) -> bool {
    let field = problem.path.split_once("].").map_or("", |(_, field)| field);
    field.starts_with("camera") || field == "frame_period_us"
}

/// What it makes here; what is no Zarr is not stored here.
fn settle_here(video: &mut VideoStream, shelf: &BrowserShelf) {
    if storage_device(video.storage_name()).is_some_and(|device| device.format.is_zarr()) {
        let uri = &mut video.storage.settings.uri;
        *uri = uri.as_deref().map(|given| shelf.name_of_bridge(given).unwrap_or_else(|| given.to_owned()));
    } else {
        video.storage.identifier = None;
    }
}

/// A name that is proposed here is one for the document: in the folder that it names.
fn mend_there(problem: &mut Problem, there: &Configuration, here: &Configuration) {
    let Some(fix) = &mut problem.fix else { return };
    let of_name = |index: &usize| fix.path == format!("video[{index}].storage.settings.uri");
    let Some(index) = (0..there.video.len()).find(of_name) else { return };
    let uri =
        |configuration: &Configuration| configuration.video[index].storage.settings.uri.clone().unwrap_or_default();
    let (given, name) = (uri(there), uri(here));
    if let (Some(folder), Some(proposed)) = (given.trim_end_matches('/').strip_suffix(&name), fix.value.as_str()) {
        let whole = format!("{folder}{proposed}");
        fix.label = format!("Use {whole}");
        fix.value = whole.into();
    }
}

/// Of what does not fit, that which nothing makes smaller: a browser grants no more than its quota. All streams share the room.
fn refuse_what_cannot_fit(configuration: &Configuration, problems: &mut [Problem]) {
    for (index, video) in configuration.video.iter().enumerate() {
        if video.storage.identifier.is_none() {
            continue;
        }
        if Codec::from(video.resolve().storage.compression) != Codec::Raw {
            return;
        }
        let path = format!("video[{index}].storage.settings.uri");
        let full = problems.iter_mut().filter(|problem| problem.code == ProblemCode::DiskFull && problem.path == path);
        full.for_each(|problem| problem.severity = Severity::Error);
    }
}
