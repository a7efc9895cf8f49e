//! The browser's own storage as a place for datasets, which lie side by side in it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use zarrcam_checking::{BadName, Obstacle, Places, hidden_name, inside_folder};
use zarrcam_config::UriPath;
use zarrcam_zarr::Keeper;

const ROOT: &str = "/";
const CALLED: &str = "this browser's storage";

/// What is known of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserShelf {
    /// Of what lies there.
    pub names: Vec<String>,
    /// `null`: the browser does not say.
    pub free_bytes: Option<u64>,
}

impl BrowserShelf {
    /// Of which only the room is known.
    pub fn of_room(free_bytes: u64) -> Self {
        Self { names: Vec::new(), free_bytes: Some(free_bytes) }
    }
}

/// The name at a `uri`'s end; `None`: it has none.
pub fn file_name(uri: &str) -> Option<String> {
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
        if path.parent() != Some(root) {
            return Err(BadName(format!("Datasets lie side by side in {CALLED}, not in folders; give a name alone.")));
        }
        hidden_name(root, &path).map_or(Ok(path), Err)
    }

    fn inside(&self, uri: &str) -> Option<String> {
        file_name(uri).filter(|name| name != uri && self.resolve(name).is_ok())
    }

    fn stands(&self, path: &Path) -> bool {
        self.names.iter().any(|name| path.strip_prefix(ROOT).is_ok_and(|path| path == Path::new(name)))
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }

    fn dataset_around(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    /// Whether it is one of ours shows when its files are open: at the start.
    fn check_replaceable(&self, _device: &str, _path: &Path) -> Result<(), Obstacle> {
        Ok(())
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
