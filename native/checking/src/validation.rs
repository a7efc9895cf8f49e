//! What clients are told of a document.

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_config::{Configuration, Problem, at_most_max_problems, check, validate};
use zarrcam_zarr::{Plan, ResolvedSettings, Room, free_space_problems, resolved_settings};

use crate::paths::{name_problems, path_problems};
use crate::{Checker, ConfigurationRefusal};

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
    /// Checks a document as a client wrote it.
    pub fn of_document(document: &Value, checker: &Checker<'_>) -> Self {
        let checked = check(document, checker.devices);
        Self::of_checked(&checked.configuration, checked.problems, checker)
    }

    /// Checks a configuration that is well formed, that in force for example.
    pub fn of_configuration(configuration: &Configuration, checker: &Checker<'_>) -> Self {
        Self::of_checked(configuration, validate(configuration, checker.devices), checker)
    }

    /// What is said of a configuration besides `problems`: those of the document alone, its paths and the disk left out.
    pub fn of_checked(configuration: &Configuration, mut problems: Vec<Problem>, checker: &Checker<'_>) -> Self {
        problems.extend(checker.places.iter().flat_map(|places| name_problems(configuration, *places)));
        let (plans, of_plans) = checker.plans(configuration, &problems);
        problems.extend(of_plans);
        let mut disk_free_bytes = vec![None; plans.len()];
        if let Some(places) = checker.places {
            problems.extend(path_problems(configuration, places, &problems));
            let mut rooms = Vec::with_capacity(plans.len());
            for (video, free) in configuration.video.iter().zip(&mut disk_free_bytes) {
                let path = places.path_of(video).ok().flatten();
                *free = path.as_deref().and_then(|path| places.free_bytes(path));
                let volume = path.as_deref().and_then(|path| places.volume(path));
                rooms.push(free.map(|free_bytes| Room { free_bytes, volume, keeper: places.keeper() }));
            }
            problems.extend(free_space_problems(&plans, &rooms));
        }
        let resolved = resolved_settings(configuration, &plans, &problems);
        let problems = at_most_max_problems(problems);
        Self { refusal: ConfigurationRefusal::of(&problems), problems, plans, disk_free_bytes, resolved }
    }
}
