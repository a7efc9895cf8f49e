//! Where our own files are, found from a path that somebody names: a store's root, or an image's folder.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::image_path::ImagePath;
use crate::json::parse_json;
use crate::targets::Target;

/// The attribute of a root group that says where the first image is, and with it our files, in a store whose image lies deeper.
pub(super) const FIRST_IMAGE: &str = "first_image";

/// The folder of our own files. Where `path` is nothing of ours it is the folder where they would be.
#[cfg(unix)]
pub fn private_folder(path: &Path) -> PathBuf {
    private_folder_in(&*crate::targets::files(), path)
}

pub(crate) fn private_folder_in(target: &dyn Target, path: &Path) -> PathBuf {
    let own = ImagePath::default().private_folder(path);
    if target.is_folder(&own) {
        return own;
    }
    first_image(target, path).map_or(own, |image| image.private_folder(path))
}

/// Whether a folder was made by this writer: only such a one is ever removed.
#[cfg(unix)]
pub fn is_ours(path: &Path) -> bool {
    is_ours_in(&*crate::targets::files(), path)
}

/// As `is_ours`, on another target than the file system.
pub fn is_ours_in(target: &dyn Target, path: &Path) -> bool {
    target.is_folder(path) && has_files(target, &private_folder_in(target, path))
}

/// Whether an image of ours lies at this very path, and not deeper.
pub(crate) fn is_image(target: &dyn Target, path: &Path) -> bool {
    has_files(target, &ImagePath::default().private_folder(path))
}

fn has_files(target: &dyn Target, private: &Path) -> bool {
    target.is_file(&private.join("run.json")) || target.is_file(&private.join("frames.log"))
}

/// The folder of the image that a path means: its own, or that of the store's first image.
#[cfg(unix)]
pub(crate) fn image_folder_of(path: &Path) -> PathBuf {
    let target = crate::targets::files();
    if is_image(&*target, path) {
        return path.to_owned();
    }
    first_image(&*target, path).map_or_else(|| path.to_owned(), |image| image.folder(path))
}

/// Whether a writer holds the store now.
#[cfg(unix)]
pub fn is_being_written(path: &Path) -> bool {
    let target = crate::targets::files();
    target.is_locked(&private_folder_in(&*target, path).join("lock"))
}

/// Where the first image of a store is, as the root group's own document says. It is believed only where our files are.
pub(super) fn first_image(target: &dyn Target, root: &Path) -> Option<ImagePath> {
    let named = |document: Value, attributes: &str| -> Option<ImagePath> {
        let attributes = if attributes.is_empty() { &document } else { &document[attributes] };
        attributes["zarrcam"][FIRST_IMAGE].as_str()?.parse().ok()
    };
    let read = |name: &str| parse_json(&target.document(&root.join(name)).ok()??).ok();
    let of_v3 = read("zarr.json").and_then(|document| named(document, "attributes"));
    let image = of_v3.or_else(|| named(read(".zattrs")?, ""))?;
    target.is_folder(&image.private_folder(root)).then_some(image)
}
