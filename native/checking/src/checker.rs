//! What is asked of a document before it is edited, validated or run: one answer to all of them.

use serde_json::Value;
use zarrcam_config::{
    Configuration, DeviceCatalog, Problem, ProblemCode, at_most_max_problems, check, validate, validate_cameras,
};
use zarrcam_zarr::{Plan, Recorder, plans};

use crate::Places;
use crate::paths::{name_problems, path_problems};

/// Who would record, with what, and where to.
pub struct Checker<'a> {
    /// The devices that there are.
    pub devices: &'a dyn DeviceCatalog,
    /// Where datasets are made; `None`: nothing is stored here.
    pub places: Option<&'a dyn Places>,
    /// Threads and buffers.
    pub recorder: Recorder<'a>,
}

impl Checker<'_> {
    /// What the streams without errors would write here, and what is to be said of it. `so_far`: what is wrong already.
    pub(crate) fn plans(&self, configuration: &Configuration, so_far: &[Problem]) -> (Vec<Option<Plan>>, Vec<Problem>) {
        plans(configuration, so_far, &self.recorder)
    }

    /// The document's configuration; its problems where it can never run. What is only missing yet is no error.
    pub fn judge(&self, document: &Value) -> Result<Configuration, Vec<Problem>> {
        let checked = check(document, self.devices);
        let configuration = checked.configuration;
        let mut problems = checked.problems;
        problems.retain(|problem| !may_be_missing_yet(problem));
        problems.extend(self.places.iter().flat_map(|places| name_problems(&configuration, *places)));
        // Layouts that cannot be, though each of their numbers can.
        let (_, of_plans) = self.plans(&configuration, &problems);
        problems.extend(of_plans.into_iter().filter(Problem::is_error));
        if problems.iter().any(Problem::is_error) { Err(problems) } else { Ok(configuration) }
    }

    /// All that stands against a recording of what is set, and all that should be known of it: the same as a validation says.
    pub fn recording_problems(&self, configuration: &Configuration) -> Vec<Problem> {
        let mut problems = validate(configuration, self.devices);
        problems.extend(self.places.iter().flat_map(|places| name_problems(configuration, *places)));
        let (_, of_plans) = self.plans(configuration, &problems);
        problems.extend(of_plans);
        if let Some(places) = self.places {
            problems.extend(path_problems(configuration, places, &problems));
        }
        at_most_max_problems(problems)
    }

    /// What keeps the cameras from running into the preview alone. What was set may be gone since, a file that is to be played say.
    pub fn camera_problems(&self, configuration: &Configuration) -> Vec<Problem> {
        let mut problems = validate_cameras(configuration, self.devices);
        problems.retain(Problem::is_error);
        problems
    }
}

/// No camera, no storage, no name: nothing is wrong with it until something is to run.
fn may_be_missing_yet(problem: &Problem) -> bool {
    problem.code == ProblemCode::NoStream
        || problem.code == ProblemCode::Missing
            && (problem.path.ends_with("storage.identifier") || problem.path.ends_with("storage.settings.uri"))
}
