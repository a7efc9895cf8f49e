//! What can be said of a document before it runs: its problems, those of its paths included, and its plans.
//!
//! - [`Validation`] (`validation`): all of it at once, as clients are told.
//! - `paths`: what stands where the streams would write.

mod paths;
mod validation;

pub use paths::{dataset_problems, name_problems};
pub use validation::Validation;

use zarrcam_config::{Configuration, Problem, ResolvedStream, at_most_max_problems, validate};
use zarrcam_zarr::{Plan, Recorder, plans};

use crate::devices::Catalog;
use crate::names::NameSpace;
use crate::stream::sizing::memory_bytes;

/// What the streams without errors would write here, and what is to be said of it. `so_far`: what is wrong already.
fn plans_of(configuration: &Configuration, so_far: &[Problem]) -> (Vec<Option<Plan>>, Vec<Problem>) {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let buffer_bytes = |stream: &ResolvedStream| {
        memory_bytes(stream.camera_frame_bytes(), stream.camera_frames(), stream.mean_bytes())
    };
    plans(configuration, so_far, &Recorder { workers, buffer_bytes: &buffer_bytes })
}

/// Layouts that cannot be, though each of their numbers can.
pub fn layout_problems(configuration: &Configuration, so_far: &[Problem]) -> Vec<Problem> {
    plans_of(configuration, so_far).1.into_iter().filter(Problem::is_error).collect()
}

/// All that stands against a recording of what is set, and all that should be known of it: the same as `validate` says. `names`:
/// where it is stored; `None`: nothing is, on this computer.
pub fn recording_problems(
    configuration: &Configuration,
    catalog: &Catalog<'_>,
    names: Option<&NameSpace>,
) -> Vec<Problem> {
    let mut problems = validate(configuration, catalog);
    problems.extend(names.iter().flat_map(|names| name_problems(configuration, names)));
    let (_, of_plans) = plans_of(configuration, &problems);
    problems.extend(of_plans);
    if let Some(names) = names {
        problems.extend(paths::path_problems(configuration, names, &problems));
    }
    at_most_max_problems(problems)
}
