//! The configuration of a page that records by itself: judged, kept with its revision, and counted on after a run.

use std::cell::RefCell;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_checking::{Checker, Places, Validation, counted_on, first_configuration, next_name};
use zarrcam_config::{
    AppliedConfiguration, Capabilities, Configuration, DeviceCatalog, DeviceKind, Problem, ResolvedStream, Revisions,
    StaleRevision, select, select_one_of,
};
use zarrcam_zarr::Recorder;

use crate::calls::{read, refused};
use crate::catalog::Catalog;
use crate::shelf::BrowserShelf;
use crate::text::{Failure, value};

thread_local! {
    static DOCUMENT: RefCell<Revisions> = RefCell::new(Revisions::default());
}

/// Who would record here.
pub fn checker(shelf: Option<&BrowserShelf>) -> Checker<'_> {
    let places = shelf.map(|shelf| shelf as &dyn Places);
    Checker { devices: &Catalog, places, recorder: Recorder { workers: 1, buffer_bytes: &buffer_bytes } }
}

/// The one frame that is made, or has just come.
fn buffer_bytes(stream: &ResolvedStream) -> u64 {
    stream.camera_frame_bytes() as u64
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetConfiguration {
    configuration: Value,
    revision: Option<u64>,
    changed_by: String,
    shelf: BrowserShelf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restore {
    /// What was kept; `null`: nothing was.
    configuration: Option<Value>,
    shelf: BrowserShelf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfShelf {
    shelf: BrowserShelf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountOn {
    streams: Vec<usize>,
    shelf: BrowserShelf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NextName {
    uri: String,
    taken: Vec<String>,
    shelf: BrowserShelf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Select {
    kind: DeviceKind,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SelectOneOf {
    kind: DeviceKind,
    names: Vec<String>,
}

/// What `set_configuration` answers, and whether anything is another.
#[derive(Serialize)]
struct Applied {
    configuration: Configuration,
    revision: u64,
    capabilities: Capabilities,
    validation: Validation,
    changed: bool,
}

/// Nothing stands against a recording.
#[derive(Serialize)]
struct Cleared {
    /// What should be known of it.
    problems: Vec<Problem>,
    /// Where each stream writes; `null`: it writes nothing.
    paths: Vec<Option<PathBuf>>,
}

impl From<StaleRevision> for Failure {
    fn from(StaleRevision { message, changes }: StaleRevision) -> Self {
        Self { code: "stale_revision", message, path: None, problems: changes }
    }
}

/// The calls of this file; `None`: it is another's.
pub fn carry_out(name: &str, params: &[u8]) -> Option<Result<Value, Failure>> {
    Some(match name {
        "get_configuration" => value(applied()),
        "get_capabilities" => value(Capabilities::of(&current(), &Catalog)),
        "restore_configuration" => read(params).and_then(restore),
        "set_configuration" => read(params).and_then(set),
        "count_names_on" => read(params).and_then(|CountOn { streams, shelf }| {
            let configuration = counted_on(&current(), streams, &shelf);
            value(replace(configuration, "runtime").then(applied))
        }),
        "recording_problems" => read(params).and_then(|OfShelf { shelf }| {
            let problems = checker(Some(&shelf)).recording_problems(&current());
            if problems.iter().any(Problem::is_error) {
                return Err(refused(problems));
            }
            let path_of = |video| shelf.path_of(video).ok().flatten();
            let paths = current().video.iter().map(path_of).collect();
            value(Cleared { problems, paths })
        }),
        "camera_problems" => {
            let problems = checker(None).camera_problems(&current());
            if problems.is_empty() { Ok(Value::Null) } else { Err(refused(problems)) }
        }
        "next_name" => read(params).map(|NextName { uri, taken, shelf }| Value::from(next_name(&shelf, &uri, &taken))),
        "select" => read(params).and_then(|Select { kind, name }| {
            value(select(&Catalog.devices(), kind, name.as_deref()).map_err(Failure::from)?)
        }),
        "select_one_of" => read(params).and_then(|SelectOneOf { kind, names }| {
            value(select_one_of(&Catalog.devices(), kind, &names).map_err(Failure::from)?)
        }),
        _ => return None,
    })
}

fn current() -> Configuration {
    DOCUMENT.with_borrow(|document| document.current().clone())
}

fn applied() -> AppliedConfiguration {
    DOCUMENT.with_borrow(Revisions::applied)
}

/// Whether it is another.
fn replace(configuration: Configuration, changed_by: &str) -> bool {
    DOCUMENT.with_borrow_mut(|document| {
        let changed = *document.current() != configuration;
        if changed {
            document.replace(configuration, changed_by);
        }
        changed
    })
}

/// What was kept, where it can still be; else what a page begins with.
fn restore(Restore { configuration, shelf }: Restore) -> Result<Value, Failure> {
    let kept = configuration.and_then(|document| checker(Some(&shelf)).judge(&document).ok());
    replace(kept.unwrap_or_else(|| first_configuration(&shelf)), "zarrcam");
    value(applied())
}

fn set(SetConfiguration { configuration, revision, changed_by, shelf }: SetConfiguration) -> Result<Value, Failure> {
    DOCUMENT.with_borrow(|document| document.check(revision))?;
    let checker = checker(Some(&shelf));
    let configuration = checker.judge(&configuration).map_err(refused)?;
    let changed = replace(configuration, &changed_by);
    let AppliedConfiguration { configuration, revision } = applied();
    let capabilities = Capabilities::of(&configuration, &Catalog);
    let validation = Validation::of_configuration(&configuration, &checker);
    value(Applied { configuration, revision, capabilities, validation, changed })
}
