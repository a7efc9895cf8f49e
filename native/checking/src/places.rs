//! Where names lead, and what stands there.

use std::path::{Component, Path, PathBuf};

use zarrcam_config::{Problem, ProblemCode, VideoStream, following_names, storage_capabilities};
use zarrcam_zarr::Keeper;

/// Why nothing can be written to a `uri`; a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName(pub String);

/// Why a dataset is not overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What to say of it.
    pub message: String,
    /// A start may be told to replace it all the same: files lie in it that no writer of ours made.
    pub foreign_files: bool,
}

/// A place where datasets are made, and what stands there now.
pub trait Places {
    /// What keeps them.
    fn keeper(&self) -> Keeper;

    /// The path that a `uri` means. Fails where it is none, or where it may not lie.
    fn resolve(&self, uri: &str) -> Result<PathBuf, BadName>;

    /// The name within that a name leading out of it most likely means: `a/../b.zarr` -> `b.zarr`; `None`: nobody can tell.
    fn inside(&self, uri: &str) -> Option<String>;

    /// A path as people are told of it.
    fn called(&self, path: &Path) -> String {
        path.display().to_string()
    }

    /// Whether something stands at a path.
    fn stands(&self, path: &Path) -> bool;

    /// The path with what it leads through followed.
    fn real(&self, path: &Path) -> PathBuf;

    /// The dataset that a path lies in; `None`: in none.
    fn dataset_around(&self, path: &Path) -> Option<PathBuf>;

    /// Whether what stands at the path may be replaced by a run that overwrites.
    fn check_replaceable(&self, device: &str, path: &Path) -> Result<(), Obstacle>;

    /// What stands in the way of a folder: a file at the path, or above it.
    fn file_in_the_way(&self, path: &Path) -> Option<PathBuf>;

    /// The folder that lets nobody write, where a path is to be made in one.
    fn locked_folder(&self, path: &Path) -> Option<PathBuf>;

    /// Bytes that are free where the path lies; `None`: nobody knows.
    fn free_bytes(&self, path: &Path) -> Option<u64>;

    /// Paths with the same number share their free bytes; `None`: nobody knows.
    fn volume(&self, path: &Path) -> Option<u64>;

    /// The first name that counts on from `uri` and is free: `embryo.zarr` -> `embryo_002.zarr`. `taken`: by another stream.
    fn next_free(&self, uri: &str, taken: &dyn Fn(&Path) -> bool) -> Option<String> {
        let is_free = |path: &Path| !self.stands(path) && !self.stands(&beside(path)) && !taken(path);
        following_names(uri).find(|name| self.resolve(name).is_ok_and(|path| is_free(&path)))
    }

    /// Where a stream writes; `None`: its storage writes no files.
    fn path_of(&self, video: &VideoStream) -> Result<Option<PathBuf>, BadName> {
        match storage_capabilities(video.storage_name()) {
            Some(can) if can.needs_uri => {
                self.resolve(video.storage.settings.uri.as_deref().unwrap_or_default()).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// The name itself where nothing stands there and it is none of `taken`, else the first that counts on from it and is free:
/// `embryo.zarr`, `embryo_002.zarr`. One that leads nowhere is given back as it is.
pub fn next_name(places: &dyn Places, uri: &str, taken: &[String]) -> String {
    let taken: Vec<_> = taken.iter().filter_map(|name| places.resolve(name).ok()).collect();
    let is_free = places.resolve(uri).is_ok_and(|path| !places.stands(&path) && !taken.contains(&path));
    let next = || places.next_free(uri, &|path| taken.iter().any(|other| other == path));
    if is_free { uri.to_owned() } else { next().unwrap_or_else(|| uri.to_owned()) }
}

/// `raw` writes `NAME.json` beside `NAME`.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".json");
    beside.into()
}

/// The path of a name within a folder that nothing may leave, by its text alone. `called`: what people call the folder.
pub fn inside_folder(folder: &Path, called: &str, given: &Path) -> Result<PathBuf, BadName> {
    if given.components().any(|part| part == Component::ParentDir) {
        return Err(BadName(format!("\"..\" leads out of {called}; give a name inside it.")));
    }
    let path = lexically_normal(&folder.join(given));
    let folder = lexically_normal(folder);
    if path == folder {
        return Err(BadName(format!("That is {called} itself; give a name inside it.")));
    }
    if !path.starts_with(&folder) {
        return Err(BadName(format!("{} is outside {called} {}.", path.display(), folder.display())));
    }
    Ok(path)
}

/// Nothing is recorded that the list of datasets would not show.
pub fn hidden_name(folder: &Path, path: &Path) -> Option<BadName> {
    let inside = path.strip_prefix(lexically_normal(folder)).unwrap_or(path);
    let name = inside.components().map(|part| part.as_os_str().to_string_lossy()).find(|name| name.starts_with('.'))?;
    Some(BadName(format!(
        "\"{name}\" begins with a dot, which hides it: Datasets would not list it. Choose another name."
    )))
}

/// `a/./b/../c` -> `a/c`, without looking at the disk.
pub fn lexically_normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// The field that names where a stream writes.
pub(crate) fn uri_field(index: usize) -> String {
    format!("video[{index}].storage.settings.uri")
}

/// A name that leads where it may not.
pub(crate) fn outside(index: usize, uri: &str, bad: BadName, places: &dyn Places) -> Problem {
    let problem = Problem::error(uri_field(index), ProblemCode::Outside, bad.0);
    match places.inside(uri) {
        Some(meant) => problem.fixed_by(format!("Use {meant}"), meant),
        None => problem,
    }
}
