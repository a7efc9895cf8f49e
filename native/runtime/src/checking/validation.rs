//! All that clients are told of a document.

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;
use zarrcam_config::{Configuration, Problem, VideoStream, at_most_max_problems, check, validate};
use zarrcam_files::free_bytes;
use zarrcam_zarr::{Meaning, Plan, meanings};

use super::free_space::free_space_problems;
use super::paths::{name_problems, path_problems};
use super::plans_of;
use crate::devices::Catalog;
use crate::error::Refusal;
use crate::names::NameSpace;

/// What is wrong with a document, and what it means.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Validation {
    pub problems: Vec<Problem>,
    /// How a recording of it would be refused; `null`: none of the problems is an error.
    pub refusal: Option<Refusal>,
    /// One a stream; `null` where there is no stream, or its problems leave no plan.
    pub plans: Vec<Option<Plan>>,
    /// One a stream: what is free now where it would write; `null`: it writes nothing, or nobody knows.
    #[ts(type = "Array<number | null>")]
    pub disk_free_bytes: Vec<Option<u64>>,
    /// One a stream; `null` where there is no stream.
    pub meanings: Vec<Option<Meaning>>,
}

impl Validation {
    /// Of a document as a client wrote it.
    pub fn of_document(document: &Value, catalog: &Catalog<'_>, names: &NameSpace) -> Self {
        let checked = check(document, catalog);
        Self::new(&checked.configuration, checked.problems, names)
    }

    /// Of a configuration that is in force.
    pub fn of_configuration(configuration: &Configuration, catalog: &Catalog<'_>, names: &NameSpace) -> Self {
        Self::new(configuration, validate(configuration, catalog), names)
    }

    /// `problems`: of the document alone.
    fn new(configuration: &Configuration, mut problems: Vec<Problem>, names: &NameSpace) -> Self {
        problems.extend(name_problems(configuration, names));
        let (plans, of_plans) = plans_of(configuration, &problems);
        problems.extend(of_plans);
        problems.extend(path_problems(configuration, names, &problems));
        let path_of = |video: &VideoStream| names.path_of(video).ok().flatten();
        let paths: Vec<_> = configuration.video.iter().map(path_of).collect();
        let disk_free_bytes: Vec<_> = paths.iter().map(|path| free_bytes(path.as_deref()?)).collect();
        problems.extend(free_space_problems(&paths, &plans, &disk_free_bytes));
        let meanings = meanings(configuration, &plans, &problems);
        let problems = at_most_max_problems(problems);
        Self { refusal: Refusal::of(&problems), problems, plans, disk_free_bytes, meanings }
    }
}
