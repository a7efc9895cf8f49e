//! What stands where the streams would write.

use std::path::{Path, PathBuf};

use zarrcam_config::{Configuration, Fix, Problem, ProblemCode, Severity, UriPath, VideoStream, storage_capabilities};
use zarrcam_files::existing_ancestor;
use zarrcam_storage::{StorageError, check_replaceable, dataset_info};

use crate::disk;
use crate::names::{NameSpace, lexically_normal, real_path};

/// The field that names where a stream writes.
pub fn uri_field(index: usize) -> String {
    format!("video[{index}].storage.settings.uri")
}

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
pub fn name_problems(configuration: &Configuration, names: &NameSpace) -> Vec<Problem> {
    written(configuration)
        // What cannot be a name at all is the document's own problem, and told there.
        .filter(|(_, _, uri)| UriPath::of(uri).is_ok())
        .filter_map(|(index, _, uri)| names.resolve(uri).err().map(|bad| (index, uri, bad)))
        .map(|(index, uri, bad)| {
            let problem = Problem::error(uri_field(index), ProblemCode::Outside, bad.0);
            match names.inside(uri) {
                Some(meant) => problem.fixed_by(format!("Use {meant}"), meant),
                None => problem,
            }
        })
        .collect()
}

/// Streams that would write among the files of a dataset that is there.
pub fn dataset_problems(configuration: &Configuration, names: &NameSpace) -> Vec<Problem> {
    let paths = written(configuration).filter_map(|(index, _, uri)| Some((index, names.resolve(uri).ok()?)));
    paths.filter_map(|(index, path)| dataset_problem(index, &path, names)).collect()
}

/// Looked for within the data folder, where there is one.
fn dataset_problem(index: usize, path: &Path, names: &NameSpace) -> Option<Problem> {
    let base = lexically_normal(&names.base);
    let mut around = path.ancestors().skip(1).take_while(|around| !names.confined || *around != base);
    let dataset = around.find(|around| around.is_dir() && dataset_info(None, around).is_ok())?;
    let message = format!("{} is a dataset, and none can lie in another; choose another name.", dataset.display());
    Some(Problem::error(uri_field(index), ProblemCode::InDataset, message))
}

/// What stands at the paths now: occupied, not writable, shared by two streams. `so_far`: of a name that is wrong already
/// nothing more is said.
pub fn path_problems(configuration: &Configuration, names: &NameSpace, so_far: &[Problem]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut taken: Vec<(usize, PathBuf)> = Vec::new();
    for (index, video, uri) in written(configuration) {
        let Ok(path) = names.resolve(uri) else { continue };
        let field = uri_field(index);
        if so_far.iter().any(|problem| problem.is_error() && problem.path == field) {
            continue;
        }
        let proposal = names.next_free(uri, &|path| taken.iter().any(|(_, other)| overlap(path, other)));
        let fix = proposal.map(|name| Fix { label: format!("Use {name}"), path: uri_field(index), value: name.into() });
        let mut problem = |severity, code: ProblemCode, message: String, fix: Option<Fix>| {
            problems.push(Problem { path: uri_field(index), code, severity, message, fix });
        };
        let occupied = occupant(video, &path);
        let real = real_path(&path).unwrap_or_else(|| path.clone());
        if let Some(inside) = dataset_problem(index, &path, names) {
            problems.push(inside);
        } else if let Some((other, _)) = taken.iter().find(|(_, other)| overlap(&real, other)) {
            let message = format!("Stream {} writes there already: two streams cannot write to one place.", other + 1);
            problem(Severity::Error, ProblemCode::Duplicate, message, fix);
        } else if let Some(occupied) = occupied {
            let shown = occupied.display();
            if video.storage.settings.overwrite {
                match check_replaceable(video.storage_name(), &path) {
                    Err(error @ StorageError::NotOurs { .. }) => {
                        problem(Severity::Error, ProblemCode::Exists, error.to_string(), fix);
                    }
                    // A start may be told to replace them.
                    Err(error @ StorageError::ForeignFiles { .. }) => {
                        problem(Severity::Warning, ProblemCode::ForeignFiles, error.to_string(), fix);
                    }
                    _ => {
                        let message = format!("{shown} exists and will be replaced.");
                        problem(Severity::Warning, ProblemCode::Overwrite, message, None);
                    }
                }
            } else {
                let message = format!("{shown} exists already; choose another name, or overwrite it.");
                problem(Severity::Error, ProblemCode::Exists, message, fix);
            }
        } else if let Some(file) = existing_ancestor(&path).filter(|ancestor| !ancestor.is_dir()) {
            let message = format!("{} is a file, not a folder; choose another name.", file.display());
            problem(Severity::Error, ProblemCode::NotAFolder, message, None);
        } else if !disk::can_write(&path) {
            let folder = existing_ancestor(&path).unwrap_or_default();
            let message = format!("{} is not writable; choose another folder.", folder.display());
            problem(Severity::Error, ProblemCode::NotWritable, message, None);
        }
        taken.push((index, real));
    }
    problems
}

/// What stands where a stream wants to write.
fn occupant(video: &VideoStream, path: &Path) -> Option<PathBuf> {
    let mut candidates = vec![path.to_owned()];
    if video.storage_name() == "raw" {
        let mut description = path.as_os_str().to_owned();
        description.push(".json");
        candidates.push(description.into());
    }
    candidates.into_iter().find(|candidate| candidate.symlink_metadata().is_ok())
}

fn overlap(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}
