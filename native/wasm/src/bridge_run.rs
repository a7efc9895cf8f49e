//! What storing a bridge's run in the browser would be. The bridge judges the cameras; datasets lie side by side here, whatever folders
//! the document names.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_config::{
    Configuration, Fix, Problem, ProblemCode, Severity, VideoStream, following_names, storage_device,
};
use zarrcam_zarr::Codec;

use crate::calls::StorageValidation;
use crate::shelf::{BrowserShelf, file_name};
use crate::text::{Failure, value};

const ENDING: &str = ".zarr";

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
    validation: StorageValidation,
    disk_free_bytes: Vec<Option<u64>>,
    /// Of the dataset that each stream would make; `null`: it makes none, or its name is wrong already.
    names: Vec<Option<String>>,
}

pub fn check(BridgeRun { configuration: document, shelf }: BridgeRun) -> Result<Value, Failure> {
    let (mut validation, configuration) = StorageValidation::new(&document, shelf.free_bytes);
    let names: Vec<_> = configuration.video.iter().map(dataset_name).collect();
    validation.problems.extend(name_problems(&configuration, &names, &shelf.names));
    refuse_what_cannot_fit(&configuration, &mut validation.problems);
    let disk_free_bytes = names.iter().map(|name| name.as_ref().and(shelf.free_bytes)).collect();
    value(Answer { validation, disk_free_bytes, names })
}

fn dataset_name(video: &VideoStream) -> Option<String> {
    let writes = storage_device(video.storage_name()).is_some_and(|device| device.format.is_zarr());
    let uri = video.storage.settings.uri.as_deref().filter(|_| video.is_active() && writes)?;
    name_of(uri)
}

fn name_of(uri: &str) -> Option<String> {
    let name = file_name(uri)?;
    Some(if name.ends_with(ENDING) { name } else { format!("{name}{ENDING}") })
}

/// What stands under the names now. Names that two streams give are the document's own problem, unless they differ in their folders.
fn name_problems(configuration: &Configuration, names: &[Option<String>], there: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, (video, name)) in configuration.video.iter().zip(names).enumerate() {
        let (Some(name), Some(uri)) = (name, &video.storage.settings.uri) else { continue };
        let path = format!("video[{index}].storage.settings.uri");
        let before = &names[..index];
        let is_free =
            |uri: &String| name_of(uri).is_some_and(|name| !there.contains(&name) && !before.contains(&Some(name)));
        let fix = following_names(uri).find(is_free);
        let fix = fix.map(|name| Fix { label: format!("Use {name}"), path: path.clone(), value: name.into() });
        if let Some(other) = before.iter().position(|other| other.as_ref() == Some(name)) {
            let message = format!("Stream {} writes there already: two streams cannot write to one place.", other + 1);
            problems.push(Problem { fix, ..Problem::error(path, ProblemCode::Duplicate, message) });
        } else if there.contains(name) && video.storage.settings.overwrite {
            let message = format!("{name} exists in this browser and will be replaced.");
            problems.push(Problem::warning(path, ProblemCode::Overwrite, message));
        } else if there.contains(name) {
            let message = format!("{name} exists in this browser already; choose another name, or overwrite it.");
            problems.push(Problem { fix, ..Problem::error(path, ProblemCode::Exists, message) });
        }
    }
    problems
}

/// Of what does not fit, that which nothing makes smaller: a browser grants no more than its quota. All streams share the room.
fn refuse_what_cannot_fit(configuration: &Configuration, problems: &mut [Problem]) {
    for (index, video) in configuration.video.iter().enumerate() {
        if dataset_name(video).is_none() {
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
