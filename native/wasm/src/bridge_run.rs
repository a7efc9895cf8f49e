//! What storing a bridge's run in the browser would be. The bridge judges the cameras; datasets lie side by side here, whatever folders
//! the document names.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_config::{
    Configuration, Fix, Problem, ProblemCode, Severity, UriPath, VideoStream, following_names, storage_device,
};
use zarrcam_zarr::{Codec, Plan};

use crate::calls::StorageValidation;
use crate::text::{Failure, value};

const ENDING: &str = ".zarr";

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeRun {
    configuration: Value,
    shelf: BrowserShelf,
}

/// The browser's own storage.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BrowserShelf {
    /// Of what lies there.
    names: Vec<String>,
    /// `null`: the browser does not say.
    free_bytes: Option<u64>,
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
    let fits = room_problems(&configuration, &validation.plans, shelf.free_bytes);
    validation.problems.extend(fits);
    let disk_free_bytes = names.iter().map(|name| name.as_ref().and(shelf.free_bytes)).collect();
    value(Answer { validation, disk_free_bytes, names })
}

fn dataset_name(video: &VideoStream) -> Option<String> {
    let writes = storage_device(video.storage_name()).is_some_and(|device| device.format.is_zarr());
    let uri = video.storage.settings.uri.as_deref().filter(|_| video.is_active() && writes)?;
    name_of(uri)
}

fn name_of(uri: &str) -> Option<String> {
    let (UriPath::Path(path) | UriPath::InHome(path)) = UriPath::of(uri).ok()?;
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next()?;
    if matches!(name, "" | "." | "..") {
        return None;
    }
    Some(if name.ends_with(ENDING) { name.to_owned() } else { format!("{name}{ENDING}") })
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

/// What does not fit; all streams share the room. What is sure not to fit is refused: a browser grants no more than its quota.
fn room_problems(configuration: &Configuration, plans: &[Option<Plan>], free: Option<u64>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (Some(free), mut needed, mut compresses) = (free, 0_u64, false) else { return problems };
    for (index, (video, plan)) in configuration.video.iter().zip(plans).enumerate() {
        let Some((plan, total)) = plan.as_ref().and_then(|plan| Some((plan, plan.total_bytes?))) else { continue };
        if dataset_name(video).is_none() {
            continue;
        }
        needed = needed.saturating_add(total).saturating_add(plan.temporary_disk_bytes);
        compresses |= Codec::from(video.resolve().storage.compression) != Codec::Raw;
        if needed > free {
            let unless = if compresses { ", unless the data compresses well" } else { "" };
            let message = format!(
                "This browser's storage is full before the end{unless}: {} are to be written, {} are free.",
                bytes_text(needed),
                bytes_text(free)
            );
            let path = format!("video[{index}].storage.settings.uri");
            let severity = if compresses { Severity::Warning } else { Severity::Error };
            problems.push(Problem { severity, ..Problem::error(path, ProblemCode::DiskFull, message) });
        }
    }
    problems
}

fn bytes_text(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}
