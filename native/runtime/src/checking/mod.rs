//! What can be said of a document before it runs: its problems, those of its paths included, and its plans.
//!
//! - [`Validation`] (`validation`): all of it at once, as clients are told.
//! - `plans`: what each stream would write. `pace`: how its frames follow each other, and what they cost.
//! - `paths`: what stands where the streams would write. `free_space`: whether the disk has room for it.

mod free_space;
mod pace;
mod paths;
mod plans;
mod validation;

pub use paths::{dataset_problems, name_problems};
pub use plans::layout_problems;
pub use validation::{Cost, Meaning, Validation};

use zarrcam_config::{Configuration, Problem, at_most_max_problems, validate};

use crate::devices::Catalog;
use crate::names::NameSpace;

/// All that stands against a recording of what is set, and all that should be known of it: the same as `validate` says.
pub fn recording_problems(configuration: &Configuration, catalog: &Catalog<'_>, names: &NameSpace) -> Vec<Problem> {
    let mut problems = validate(configuration, catalog);
    problems.extend(name_problems(configuration, names));
    let (_, of_plans) = plans::plans(configuration, &problems);
    problems.extend(of_plans);
    problems.extend(paths::path_problems(configuration, names, &problems));
    at_most_max_problems(problems)
}
