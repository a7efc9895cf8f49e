use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A folder of our own files. It lies in the array of full resolution, because readers list groups and never the folder of
/// an array: none of them meets it.
const PRIVATE: &str = ".zarrcam";

/// Which image of a store: the path of the group that holds its zoom levels, from the store's root, with `/` between names.
///
/// Empty where the store is one image. In a plate it is `A/1/0`, and the array of full resolution is `A/1/0/0` then. All that
/// lies in a store is reached through this type, so that nothing else fixes where an image is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImagePath(Vec<String>);

/// Why a text is not the path of an image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not the path of an image in a store: names without dots in front, one / between two of them")]
pub struct ImagePathError(String);

impl ImagePath {
    /// Whether the store is this image and holds no other.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The names from the store's root on.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The key of what stands at `key` below the image.
    pub fn key(&self, key: &str) -> String {
        self.0.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join("/")
    }

    /// The keys of the groups above the image, the store's root (an empty key) first.
    pub(crate) fn groups_above(&self) -> impl Iterator<Item = Self> + '_ {
        (0..self.0.len()).map(|names| Self(self.0[..names].to_vec()))
    }

    /// The folder of the image's group in a store at `root`.
    pub fn folder(&self, root: &Path) -> PathBuf {
        self.0.iter().fold(root.to_owned(), |folder, name| folder.join(name))
    }

    /// The folder of one of its zoom levels; 0 is the full resolution.
    pub fn level_folder(&self, root: &Path, level: usize) -> PathBuf {
        self.folder(root).join(level.to_string())
    }

    /// The folder of our own files in a store whose first image this is.
    pub fn private_folder(&self, root: &Path) -> PathBuf {
        self.level_folder(root, 0).join(PRIVATE)
    }

    /// What of a path below the store's root comes behind the image's own; `None`: it is not in the image.
    pub(crate) fn strip<'a>(&self, names: &'a [&'a str]) -> Option<&'a [&'a str]> {
        let (own, rest) = names.split_at_checked(self.0.len())?;
        own.iter().zip(&self.0).all(|(one, other)| *one == *other).then_some(rest)
    }

    /// Whether these names lead from the store's root to the image, or a part of the way.
    pub(crate) fn leads_through(&self, names: &[&str]) -> bool {
        names.len() <= self.0.len() && names.iter().zip(&self.0).all(|(one, other)| *one == *other)
    }

    /// The store's root, where `folder` is the image's own; `None`: it is not, since its path ends otherwise.
    pub(crate) fn root_of(&self, folder: &Path) -> Option<PathBuf> {
        let mut root = folder.to_owned();
        for name in self.0.iter().rev() {
            if root.file_name()? != OsStr::new(name) || !root.pop() {
                return None;
            }
        }
        Some(root)
    }
}

/// Whether our own files lie in a folder of this name.
pub(super) fn is_private(name: &str) -> bool {
    name == PRIVATE
}

impl fmt::Display for ImagePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join("/"))
    }
}

impl FromStr for ImagePath {
    type Err = ImagePathError;

    /// Takes names that every reader and file system takes: a node of Zarr V3 does not begin with two underscores, and what
    /// begins with a dot is hidden.
    fn from_str(text: &str) -> Result<Self, ImagePathError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let is_good = |name: &str| {
            let is_named = !name.is_empty() && !name.starts_with('.') && !name.starts_with("__");
            is_named && !name.contains(['\\', '\0'])
        };
        if text.split('/').all(is_good) {
            Ok(Self(text.split('/').map(str::to_owned).collect()))
        } else {
            Err(ImagePathError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ImagePath {
    type Error = ImagePathError;

    fn try_from(text: String) -> Result<Self, ImagePathError> {
        text.parse()
    }
}

impl From<ImagePath> for String {
    fn from(path: ImagePath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_keys_follow_from_it() {
        let root = Path::new("/data/plate.zarr");
        let image: ImagePath = "A/1/0".parse().unwrap();
        assert_eq!(image.level_folder(root, 2), Path::new("/data/plate.zarr/A/1/0/2"));
        assert_eq!(image.private_folder(root), Path::new("/data/plate.zarr/A/1/0/0/.zarrcam"));
        assert_eq!(image.key("0/zarr.json"), "A/1/0/0/zarr.json");
        assert_eq!(image.groups_above().map(|group| group.to_string()).collect::<Vec<_>>(), ["", "A", "A/1"]);
        assert_eq!(image.root_of(&image.folder(root)).unwrap(), root);
        assert_eq!(image.root_of(Path::new("/data/copied.zarr")), None);
        assert_eq!(image.strip(&["A", "1", "0", "0", "c"]), Some(&["0", "c"][..]));
        assert_eq!(image.strip(&["A", "2", "0"]), None);
        assert!(image.leads_through(&["A", "1"]) && !image.leads_through(&["A", "2"]));
        let only = ImagePath::default();
        assert!(only.is_root());
        assert_eq!(only.private_folder(root), Path::new("/data/plate.zarr/0/.zarrcam"));
        assert_eq!(only.key("zarr.json"), "zarr.json");
        assert_eq!(only.root_of(root).unwrap(), root);
        assert_eq!(only.groups_above().count(), 0);
    }

    #[test]
    fn names_that_lead_out_or_hide_are_none() {
        for wrong in ["/", "A/", "/A", "A//1", ".", "..", "A/../B", ".hidden", "__reserved", "A\\B", "A\0"] {
            assert!(wrong.parse::<ImagePath>().is_err(), "{wrong:?}");
        }
        for good in ["A", "A/1/0", "0", "run 3/position_2"] {
            assert_eq!(good.parse::<ImagePath>().unwrap().to_string(), good);
        }
        assert!(serde_json::from_str::<ImagePath>("\"../A\"").is_err());
    }
}
