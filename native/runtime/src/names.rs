//! Where a dataset is made: from the document's `uri` to a path, and the next name that is free.

use std::path::{Path, PathBuf};

use zarrcam_checking::{BadName, Obstacle, Places, hidden_name, inside_folder, lexically_normal};
use zarrcam_config::UriPath;
use zarrcam_files::{below_home, existing_ancestor, free_bytes};
use zarrcam_storage::{StorageError, check_replaceable, dataset_info};
use zarrcam_zarr::Keeper;

use crate::disk;

/// What people call the folder that nothing may leave.
const FOLDER: &str = "the data folder";

/// Where the names of datasets lead.
#[derive(Clone, Debug)]
pub struct NameSpace {
    /// The folder under which relative names resolve.
    pub base: PathBuf,
    /// Whether nothing may lie outside of it.
    pub confined: bool,
}

impl Places for NameSpace {
    fn keeper(&self) -> Keeper {
        Keeper::Disk
    }

    fn resolve(&self, uri: &str) -> Result<PathBuf, BadName> {
        let given = match UriPath::of(uri).map_err(|bad| BadName(bad.message))? {
            UriPath::Path(text) => PathBuf::from(text),
            UriPath::InHome(rest) => below_home(&rest)
                .map_err(|_| BadName("The home folder is not known here; write the whole path.".to_owned()))?,
        };
        if !self.confined {
            return Ok(lexically_normal(&self.base.join(&given)));
        }
        let path = inside_folder(&self.base, FOLDER, &given)?;
        self.refuse_links_out(&path)?;
        hidden_name(&self.base, &path).map_or(Ok(path), Err)
    }

    fn inside(&self, uri: &str) -> Option<String> {
        let Ok(UriPath::Path(text)) = UriPath::of(uri) else { return None };
        let path = lexically_normal(&self.base.join(&text));
        let rest = path.strip_prefix(lexically_normal(&self.base)).ok();
        let meant = match rest.filter(|rest| !rest.as_os_str().is_empty()) {
            Some(rest) => rest.to_str()?,
            None => path.file_name()?.to_str()?,
        };
        (meant != uri && self.resolve(meant).is_ok()).then(|| meant.to_owned())
    }

    fn stands(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn real(&self, path: &Path) -> PathBuf {
        real_path(path).unwrap_or_else(|| path.to_owned())
    }

    /// Looked for within the data folder, where there is one.
    fn dataset_around(&self, path: &Path) -> Option<PathBuf> {
        let base = lexically_normal(&self.base);
        let mut around = path.ancestors().skip(1).take_while(|around| !self.confined || *around != base);
        around.find(|around| around.is_dir() && dataset_info(None, around).is_ok()).map(Path::to_owned)
    }

    fn check_replaceable(&self, device: &str, path: &Path) -> Result<(), Obstacle> {
        match check_replaceable(device, path) {
            Err(error @ StorageError::NotOurs { .. }) => {
                Err(Obstacle { message: error.to_string(), foreign_files: false })
            }
            Err(error @ StorageError::ForeignFiles { .. }) => {
                Err(Obstacle { message: error.to_string(), foreign_files: true })
            }
            _ => Ok(()),
        }
    }

    fn file_in_the_way(&self, path: &Path) -> Option<PathBuf> {
        existing_ancestor(path).filter(|ancestor| !ancestor.is_dir())
    }

    fn locked_folder(&self, path: &Path) -> Option<PathBuf> {
        (!disk::can_write(path)).then(|| existing_ancestor(path).unwrap_or_default())
    }

    fn free_bytes(&self, path: &Path) -> Option<u64> {
        free_bytes(path)
    }

    fn volume(&self, path: &Path) -> Option<u64> {
        disk::volume(path)
    }
}

impl NameSpace {
    /// Where something stands already, whoever named it.
    pub fn existing(&self, name: &str) -> Result<PathBuf, BadName> {
        let path = lexically_normal(&self.base.join(name));
        let missing = || BadName(format!("There is no dataset \"{name}\"."));
        if name.is_empty() || name.contains('\0') {
            return Err(missing());
        }
        if self.confined {
            // Not said why: what lies outside is nobody's business.
            let base = lexically_normal(&self.base);
            if path == base || !path.starts_with(&base) || self.refuse_links_out(&path).is_err() {
                return Err(missing());
            }
        }
        if path.exists() { Ok(path) } else { Err(missing()) }
    }

    /// Whether a path leads to something within the folder, links followed.
    pub fn leads_inside(&self, path: &Path) -> bool {
        self.refuse_links_out(path).is_ok()
    }

    /// Links are followed as far as anything exists: what they lead to must lie in the data folder as well.
    fn refuse_links_out(&self, path: &Path) -> Result<(), BadName> {
        let base = lexically_normal(&self.base);
        let outside = || BadName(format!("{} is outside {FOLDER} {}.", path.display(), self.base.display()));
        let real_base = real_path(&base).ok_or_else(outside)?;
        let real = real_path(path).ok_or_else(outside)?;
        if real.starts_with(&real_base) && real != real_base { Ok(()) } else { Err(outside()) }
    }

    /// The dataset's name in the data folder; its whole path where it lies outside, or where there is no such folder.
    pub fn dataset_name(&self, path: &Path) -> String {
        let inside = if self.confined { path.strip_prefix(lexically_normal(&self.base)).ok() } else { None };
        let name = inside.unwrap_or(path).to_string_lossy();
        // Elsewhere a backslash is a letter of a name like any other.
        if cfg!(windows) { name.replace('\\', "/") } else { name.into_owned() }
    }
}

/// Links followed as far as the path exists, the rest as it is.
pub fn real_path(path: &Path) -> Option<PathBuf> {
    let ancestor = existing_ancestor(path)?;
    let rest = path.strip_prefix(&ancestor).ok()?;
    // A dangling link does not "exist", but writing to it would make what it points to.
    let mut dangling = ancestor.clone();
    for part in rest.components() {
        dangling.push(part);
        if dangling.symlink_metadata().is_ok() {
            return None;
        }
    }
    Some(ancestor.canonicalize().ok()?.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("zarrcam-names-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn names_stay_in_the_data_folder() {
        let base = folder("confined");
        let outside = folder("outside");
        std::os::unix::fs::symlink(&outside, base.join("link")).unwrap();
        std::os::unix::fs::symlink(outside.join("nothing"), base.join("dangling")).unwrap();
        let names = NameSpace { base: base.clone(), confined: true };
        assert_eq!(names.resolve("a/b.zarr").unwrap(), base.join("a/b.zarr"));
        assert_eq!(names.resolve(base.join("c.zarr").to_str().unwrap()).unwrap(), base.join("c.zarr"));
        for wrong in
            ["../x.zarr", "a/../../x", "/etc/x.zarr", "link/x.zarr", "dangling", "dangling/x", ".", "", "s3://bucket/x"]
        {
            assert!(names.resolve(wrong).is_err(), "{wrong}");
        }
        std::fs::create_dir(base.join("here.zarr")).unwrap();
        assert_eq!(names.existing("here.zarr").unwrap(), base.join("here.zarr"));
        for wrong in ["there.zarr", "link", "..", "", "/etc", "here.zarr/../..", "here.zarr\0"] {
            assert!(names.existing(wrong).is_err(), "{wrong}");
        }
        let free = NameSpace { base: base.clone(), confined: false };
        assert_eq!(free.resolve("../x.zarr").unwrap(), base.parent().unwrap().join("x.zarr"));
        assert_eq!(free.resolve("file:///tmp/x.zarr").unwrap(), Path::new("/tmp/x.zarr"));
        assert_eq!(free.resolve("file:///tmp/my%20x.zarr").unwrap(), Path::new("/tmp/my x.zarr"));
        let home = std::env::home_dir().unwrap();
        assert_eq!(free.resolve("~/x.zarr").unwrap(), home.join("x.zarr"));
        assert!(names.resolve("~/x.zarr").is_err_and(|bad| bad.0.contains("outside the data folder")));
        for wrong in ["~", "~anna/x.zarr", "a/~/x.zarr", "$HOME/x.zarr"] {
            assert!(free.resolve(wrong).is_err() && names.resolve(wrong).is_err(), "{wrong}");
        }
        let at_home = NameSpace { base: home.clone(), confined: true };
        assert_eq!(at_home.resolve("~/x.zarr").unwrap(), home.join("x.zarr"));
        assert_eq!(names.inside("a/../b.zarr").as_deref(), Some("b.zarr"));
        assert_eq!(names.inside("../../b.zarr").as_deref(), Some("b.zarr"));
        assert_eq!(names.inside("/etc/b.zarr").as_deref(), Some("b.zarr"));
        assert_eq!(names.inside(".."), None);
    }

    #[test]
    fn names_are_valid_on_windows() {
        let names = NameSpace { base: folder("portable"), confined: true };
        for wrong in [".hidden.zarr", "a/.b/c.zarr"] {
            assert!(names.resolve(wrong).unwrap_err().0.contains("begins with a dot"), "{wrong}");
        }
        assert_eq!(names.dataset_name(&names.base.join("a\\b.zarr")), "a\\b.zarr");
        for wrong in ["a:b", "what?.zarr", "nul", "COM1.zarr", "dot.", "space ", "tab\t", "a/aux.zarr/b", "@live"] {
            assert!(names.resolve(wrong).is_err(), "{wrong}");
        }
        for right in ["com0", "null.zarr", "über.zarr", "a b.zarr", "console", "a//b"] {
            assert!(names.resolve(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn the_next_name_counts_on() {
        let base = folder("next");
        let names = NameSpace { base: base.clone(), confined: true };
        let next = |uri: &str| names.next_free(uri, &|_| false).unwrap();
        assert_eq!(next("out.zarr"), "out_002.zarr");
        assert_eq!(next("a/embryo_009.ome.zarr"), "a/embryo_010.ome.zarr");
        assert_eq!(next("stack"), "stack_002");
        assert_eq!(next("run1.5.zarr"), "run1.5_002.zarr");
        assert_eq!(next("plate_7.zarr"), "plate_7_002.zarr");
        std::fs::create_dir(base.join("out_002.zarr")).unwrap();
        std::fs::write(base.join("out_003.zarr.json"), "").unwrap();
        assert_eq!(next("out.zarr"), "out_004.zarr");
        assert_eq!(names.next_free("out.zarr", &|path| path.ends_with("out_004.zarr")).unwrap(), "out_005.zarr");
    }
}
