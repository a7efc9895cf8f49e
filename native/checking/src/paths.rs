//! What stands where the streams would write.

use std::path::{Path, PathBuf};

use zarrcam_config::{Configuration, Fix, Problem, ProblemCode, Severity, UriPath, VideoStream, storage_capabilities};

use crate::Places;
use crate::places::{beside, outside, uri_field};

/// Streams that write files, with their names.
fn written(configuration: &Configuration) -> impl Iterator<Item = (usize, &VideoStream, &str)> {
    configuration.video.iter().enumerate().filter_map(|(index, video)| {
        let device = video.storage.identifier.as_ref().filter(|identifier| !identifier.is_none())?;
        let needs_uri = storage_capabilities(&device.name)?.needs_uri;
        let uri = video.storage.settings.uri.as_deref().filter(|uri| !uri.trim().is_empty())?;
        (video.is_active() && needs_uri).then_some((index, video, uri))
    })
}

/// Names that lead where they may not.
pub fn name_problems(configuration: &Configuration, places: &dyn Places) -> Vec<Problem> {
    written(configuration)
        // What cannot be a name at all is the document's own problem, and told there.
        .filter(|(_, _, uri)| UriPath::of(uri).is_ok())
        .filter_map(|(index, _, uri)| places.resolve(uri).err().map(|bad| outside(index, uri, bad, places)))
        .collect()
}

/// Streams that would write among the files of a dataset that is there.
pub fn dataset_problems(configuration: &Configuration, places: &dyn Places) -> Vec<Problem> {
    let paths = written(configuration).filter_map(|(index, _, uri)| Some((index, places.resolve(uri).ok()?)));
    paths.filter_map(|(index, path)| dataset_problem(index, &path, places)).collect()
}

fn dataset_problem(index: usize, path: &Path, places: &dyn Places) -> Option<Problem> {
    let dataset = places.dataset_around(path)?;
    let called = places.called(&dataset);
    let message = format!("{called} is a dataset, and none can lie in another; choose another name.");
    Some(Problem::error(uri_field(index), ProblemCode::InDataset, message))
}

/// What stands at the paths now: occupied, not writable, shared by two streams. `so_far`: of a name that is wrong already
/// nothing more is said.
pub fn path_problems(configuration: &Configuration, places: &dyn Places, so_far: &[Problem]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut taken: Vec<(usize, PathBuf)> = Vec::new();
    for (index, video, uri) in written(configuration) {
        let Ok(path) = places.resolve(uri) else { continue };
        let field = uri_field(index);
        if so_far.iter().any(|problem| problem.is_error() && problem.path == field) {
            continue;
        }
        let proposal = places.next_free(uri, &|path| taken.iter().any(|(_, other)| overlap(path, other)));
        let fix = proposal.map(|name| Fix { label: format!("Use {name}"), path: uri_field(index), value: name.into() });
        let mut problem = |severity, code: ProblemCode, message: String, fix: Option<Fix>| {
            problems.push(Problem { path: uri_field(index), code, severity, message, fix });
        };
        let occupied = occupant(video, &path, places);
        let real = places.real(&path);
        if let Some(inside) = dataset_problem(index, &path, places) {
            problems.push(inside);
        } else if let Some((other, _)) = taken.iter().find(|(_, other)| overlap(&real, other)) {
            let message = format!("Stream {} writes there already: two streams cannot write to one place.", other + 1);
            problem(Severity::Error, ProblemCode::Duplicate, message, fix);
        } else if let Some(occupied) = occupied {
            let shown = places.called(&occupied);
            if video.storage.settings.overwrite {
                match places.check_replaceable(video.storage_name(), &path) {
                    Err(obstacle) if obstacle.foreign_files => {
                        problem(Severity::Warning, ProblemCode::ForeignFiles, obstacle.message, fix);
                    }
                    Err(obstacle) => problem(Severity::Error, ProblemCode::Exists, obstacle.message, fix),
                    Ok(()) => {
                        let message = format!("{shown} exists and will be replaced.");
                        problem(Severity::Warning, ProblemCode::Overwrite, message, None);
                    }
                }
            } else {
                let message = format!("{shown} exists already; choose another name, or overwrite it.");
                problem(Severity::Error, ProblemCode::Exists, message, fix);
            }
        } else if let Some(file) = places.file_in_the_way(&path) {
            let message = format!("{} is a file, not a folder; choose another name.", file.display());
            problem(Severity::Error, ProblemCode::NotAFolder, message, None);
        } else if let Some(folder) = places.locked_folder(&path) {
            let message = format!("{} is not writable; choose another folder.", folder.display());
            problem(Severity::Error, ProblemCode::NotWritable, message, None);
        }
        taken.push((index, real));
    }
    problems
}

/// What stands where a stream wants to write.
fn occupant(video: &VideoStream, path: &Path, places: &dyn Places) -> Option<PathBuf> {
    let mut candidates = vec![path.to_owned()];
    if video.storage_name() == "raw" {
        candidates.push(beside(path));
    }
    candidates.into_iter().find(|candidate| places.stands(candidate))
}

fn overlap(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}
