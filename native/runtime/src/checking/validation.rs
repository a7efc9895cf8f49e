//! What clients are told of a document.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_config::{Configuration, Problem, VideoStream, at_most_max_problems, check, validate};
use zarrcam_files::free_bytes;
use zarrcam_zarr::{Keeper, Plan, ResolvedSettings, Room, free_space_problems, resolved_settings};

use super::paths::{name_problems, path_problems};
use super::plans_of;
use crate::devices::Catalog;
use crate::disk;
use crate::error::ConfigurationRefusal;
use crate::names::NameSpace;

/// What is wrong with a document, and what it means.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Validation {
    /// Errors and warnings, each with the path of its field.
    pub problems: Vec<Problem>,
    /// How a recording of it would be refused; `null`: none of the problems is an error.
    pub refusal: Option<ConfigurationRefusal>,
    /// What each stream would write; `null` where there is no stream, or its problems leave no plan.
    pub plans: Vec<Option<Plan>>,
    /// Bytes that are free now where each stream would write; `null`: it writes nothing, or nobody knows.
    #[ts(type = "Array<number | null>")]
    pub disk_free_bytes: Vec<Option<u64>>,
    /// What the settings of each stream come to; `null` where there is no stream.
    pub resolved: Vec<Option<ResolvedSettings>>,
}

impl Validation {
    /// Checks a document as a client wrote it. `names`: where it is stored; `None`: nothing is, on this computer.
    pub fn of_document(document: &Value, catalog: &Catalog<'_>, names: Option<&NameSpace>) -> Self {
        let checked = check(document, catalog);
        Self::new(&checked.configuration, checked.problems, names)
    }

    /// Checks a configuration that is well formed, that in force for example.
    pub fn of_configuration(configuration: &Configuration, catalog: &Catalog<'_>, names: Option<&NameSpace>) -> Self {
        Self::new(configuration, validate(configuration, catalog), names)
    }

    /// `problems`: what is wrong with the document alone, its paths and the disk left out.
    fn new(configuration: &Configuration, mut problems: Vec<Problem>, names: Option<&NameSpace>) -> Self {
        problems.extend(names.iter().flat_map(|names| name_problems(configuration, names)));
        let (plans, of_plans) = plans_of(configuration, &problems);
        problems.extend(of_plans);
        if let Some(names) = names {
            problems.extend(path_problems(configuration, names, &problems));
        }
        let path_of = |video: &VideoStream| names?.path_of(video).ok().flatten();
        let paths: Vec<_> = configuration.video.iter().map(path_of).collect();
        let disk_free_bytes: Vec<_> = paths.iter().map(|path| free_bytes(path.as_deref()?)).collect();
        let room = |(path, free): (&Option<PathBuf>, &Option<u64>)| {
            let volume = path.as_deref().and_then(disk::volume);
            Some(Room { free_bytes: (*free)?, volume, keeper: Keeper::Disk })
        };
        let rooms: Vec<_> = paths.iter().zip(&disk_free_bytes).map(room).collect();
        problems.extend(free_space_problems(&plans, &rooms));
        let resolved = resolved_settings(configuration, &plans, &problems);
        let problems = at_most_max_problems(problems);
        Self { refusal: ConfigurationRefusal::of(&problems), problems, plans, disk_free_bytes, resolved }
    }
}
