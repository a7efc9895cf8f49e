//! The browser's own storage as a place for datasets, in folders or not.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use zarrcam_checking::{BadName, Obstacle, Places, hidden_name, inside_folder};
use zarrcam_config::UriPath;
use zarrcam_zarr::Keeper;

const ROOT: &str = "/";
const CALLED: &str = "this browser's storage";
/// Parts of a name: the list of datasets looks no deeper (`web/src/recorder/shelf.ts`).
const MOST_DEEP: usize = 4;

/// What is known of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserShelf {
    /// Of what stands there, with slashes where it lies in folders.
    pub names: Vec<String>,
    /// `null`: the browser does not say.
    pub free_bytes: Option<u64>,
}

impl BrowserShelf {
    /// Of which only the room is known.
    pub fn of_room(free_bytes: u64) -> Self {
        Self { names: Vec::new(), free_bytes: Some(free_bytes) }
    }

    /// The name of a dataset at a path, as it is listed.
    pub fn name_at(path: &Path) -> String {
        path.strip_prefix(ROOT).unwrap_or(path).display().to_string()
    }

    /// The name here of a dataset that a camera computer makes at `uri`: the same, in the same folders, where it is one in its data folder;
    /// else the last part of its path. `None`: it has none.
    pub fn name_of_bridge(&self, uri: &str) -> Option<String> {
        let UriPath::Path(path) = UriPath::of(uri).ok()? else { return file_name(uri) };
        let is_inside = !path.starts_with(['/', '\\']) && !path.contains(':') && self.resolve(&path).is_ok();
        if is_inside { Some(path) } else { file_name(uri) }
    }

    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.names.iter().map(|name| Path::new(ROOT).join(name))
    }
}

/// The name at a `uri`'s end; `None`: it has none.
fn file_name(uri: &str) -> Option<String> {
    let (UriPath::Path(path) | UriPath::InHome(path)) = UriPath::of(uri).ok()?;
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next()?.to_owned();
    (!matches!(name.as_str(), "" | "." | "..")).then_some(name)
}

impl Places for BrowserShelf {
    fn keeper(&self) -> Keeper {
        Keeper::Browser
    }

    fn resolve(&self, uri: &str) -> Result<PathBuf, BadName> {
        let root = Path::new(ROOT);
        let UriPath::Path(given) = UriPath::of(uri).map_err(|bad| BadName(bad.message))? else {
            return Err(BadName(format!("There is no home folder in {CALLED}; give a name alone.")));
        };
        let path = inside_folder(root, CALLED, Path::new(&given))?;
        if path.components().filter(|part| matches!(part, Component::Normal(_))).count() > MOST_DEEP {
            let folders = MOST_DEEP - 1;
            return Err(BadName(format!(
                "Datasets lie in {folders} folders at most in {CALLED}; give a shorter name."
            )));
        }
        hidden_name(root, &path).map_or(Ok(path), Err)
    }

    fn inside(&self, uri: &str) -> Option<String> {
        file_name(uri).filter(|name| name != uri && self.resolve(name).is_ok())
    }

    fn called(&self, path: &Path) -> String {
        format!("{} in this browser", Self::name_at(path))
    }

    /// Also a folder of datasets.
    fn stands(&self, path: &Path) -> bool {
        self.paths().any(|other| other.starts_with(path))
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }

    fn dataset_around(&self, path: &Path) -> Option<PathBuf> {
        self.paths().find(|other| other != path && path.starts_with(other))
    }

    /// Whether it is one of ours shows when its files are open: at the start.
    fn check_replaceable(&self, _device: &str, path: &Path) -> Result<(), Obstacle> {
        match self.paths().find(|other| other != path && other.starts_with(path)) {
            None => Ok(()),
            Some(other) => {
                let (folder, within) = (Self::name_at(path), self.called(&other));
                let message = format!("{folder} is a folder that holds {within}; choose another name.");
                Err(Obstacle { message, foreign_files: false })
            }
        }
    }

    fn file_in_the_way(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    fn locked_folder(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    fn free_bytes(&self, _path: &Path) -> Option<u64> {
        self.free_bytes
    }

    fn volume(&self, _path: &Path) -> Option<u64> {
        Some(0)
    }
}
