//! Where a dataset is made: from the document's `uri` to a path, and the next name that is free.

use std::path::{Component, Path, PathBuf};

use zarrcam_config::{UriPath, VideoStream, following_names, storage_capabilities};
use zarrcam_files::{below_home, existing_ancestor};

/// Where the names of datasets lead.
#[derive(Clone, Debug)]
pub struct NameSpace {
    /// The folder under which relative names resolve.
    pub base: PathBuf,
    /// Whether nothing may lie outside of it.
    pub confined: bool,
}

/// Why nothing can be written to a `uri`; a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName(pub String);

impl NameSpace {
    /// The path that a `uri` means. Fails where it is none, or where it may not lie.
    pub fn resolve(&self, uri: &str) -> Result<PathBuf, BadName> {
        let bad = |message: String| Err(BadName(message));
        let given = match UriPath::of(uri).map_err(|bad| BadName(bad.message))? {
            UriPath::Path(text) => PathBuf::from(text),
            UriPath::InHome(rest) => match below_home(&rest) {
                Ok(path) => path,
                Err(_) => return bad("The home folder is not known here; write the whole path.".to_owned()),
            },
        };
        if self.confined && given.components().any(|part| part == Component::ParentDir) {
            return bad("\"..\" leads out of the data folder; give a name inside it.".to_owned());
        }
        let path = lexically_normal(&self.base.join(&given));
        if self.confined {
            self.confine(&path)?;
            self.refuse_hidden(&path)?;
        }
        Ok(path)
    }

    /// Where a stream writes; `None`: its storage writes no files.
    pub fn path_of(&self, video: &VideoStream) -> Result<Option<PathBuf>, BadName> {
        match storage_capabilities(video.storage_name()) {
            Some(can) if can.needs_uri => {
                self.resolve(video.storage.settings.uri.as_deref().unwrap_or_default()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Nothing is recorded that the list of datasets would not show.
    fn refuse_hidden(&self, path: &Path) -> Result<(), BadName> {
        let inside = path.strip_prefix(lexically_normal(&self.base)).unwrap_or(path);
        let names = inside.components().map(|part| part.as_os_str().to_string_lossy());
        match names.into_iter().find(|name| name.starts_with('.')) {
            Some(name) => Err(BadName(format!(
                "\"{name}\" begins with a dot, which hides it: Datasets would not list it. Choose another name."
            ))),
            None => Ok(()),
        }
    }

    /// The name in the data folder that a name leading out of it most likely means: `a/../b.zarr` -> `b.zarr`.
    pub fn inside(&self, uri: &str) -> Option<String> {
        let Ok(UriPath::Path(text)) = UriPath::of(uri) else { return None };
        let path = lexically_normal(&self.base.join(&text));
        let rest = path.strip_prefix(lexically_normal(&self.base)).ok();
        let meant = match rest.filter(|rest| !rest.as_os_str().is_empty()) {
            Some(rest) => rest.to_str()?,
            None => path.file_name()?.to_str()?,
        };
        (meant != uri && self.resolve(meant).is_ok()).then(|| meant.to_owned())
    }

    /// Where something stands already, whoever named it.
    pub fn existing(&self, name: &str) -> Result<PathBuf, BadName> {
        let path = lexically_normal(&self.base.join(name));
        let missing = || BadName(format!("There is no dataset \"{name}\"."));
        if name.is_empty() || name.contains('\0') {
            return Err(missing());
        }
        if self.confined {
            // Not said why: what lies outside is nobody's business.
            self.confine(&path).map_err(|_| missing())?;
        }
        if path.exists() { Ok(path) } else { Err(missing()) }
    }

    /// Links are followed as far as anything exists: what they lead to must lie in the data folder as well.
    fn confine(&self, path: &Path) -> Result<(), BadName> {
        let outside = || BadName(format!("{} is outside the data folder {}.", path.display(), self.base.display()));
        let base = lexically_normal(&self.base);
        if path == base {
            return Err(BadName("That is the data folder itself; give a name inside it.".to_owned()));
        }
        if !path.starts_with(&base) {
            return Err(outside());
        }
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

    /// The first name that counts on from `uri` and is free: `embryo.zarr` -> `embryo_002.zarr`. `taken`: by another stream.
    pub fn next_free(&self, uri: &str, taken: &dyn Fn(&Path) -> bool) -> Option<String> {
        following_names(uri).find(|name| {
            self.resolve(name)
                .is_ok_and(|path| path.symlink_metadata().is_err() && !occupied_beside(&path) && !taken(&path))
        })
    }
}

/// `raw` writes `NAME.json` beside `NAME`.
fn occupied_beside(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".json");
    Path::new(&beside).exists()
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
