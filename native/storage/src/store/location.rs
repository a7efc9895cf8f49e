//! Where our own files are, found from a path that somebody names: a store's root, or an image's folder.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::image_path::ImagePath;
use crate::disk::{is_locked, read_json};

/// The attribute of a root group that says where the first image is, and with it our files, in a store whose image lies deeper.
pub(super) const FIRST_IMAGE: &str = "first_image";

/// The folder of our own files. Where `path` is nothing of ours it is the folder where they would be.
pub fn private_folder(path: &Path) -> PathBuf {
    let own = ImagePath::default().private_folder(path);
    if own.is_dir() {
        return own;
    }
    first_image(path).map_or(own, |image| image.private_folder(path))
}

/// Whether a folder was made by this writer: only such a one is ever removed.
pub fn is_ours(path: &Path) -> bool {
    path.is_dir() && has_files(&private_folder(path))
}

/// Whether an image of ours lies at this very path, and not deeper.
pub(crate) fn is_image(path: &Path) -> bool {
    has_files(&ImagePath::default().private_folder(path))
}

fn has_files(private: &Path) -> bool {
    private.join("run.json").is_file() || private.join("frames.log").is_file()
}

/// The folder of the image that a path means: its own, or that of the store's first image.
pub(crate) fn image_folder_of(path: &Path) -> PathBuf {
    if is_image(path) {
        return path.to_owned();
    }
    first_image(path).map_or_else(|| path.to_owned(), |image| image.folder(path))
}

/// Whether a writer holds the store now.
pub fn is_being_written(path: &Path) -> bool {
    is_locked(&private_folder(path).join("lock"))
}

/// Where the first image of a store is, as the root group's own document says. It is believed only where our files are.
pub(super) fn first_image(root: &Path) -> Option<ImagePath> {
    let named = |document: Value, attributes: &str| -> Option<ImagePath> {
        let attributes = if attributes.is_empty() { &document } else { &document[attributes] };
        attributes["zarrcam"][FIRST_IMAGE].as_str()?.parse().ok()
    };
    let of_v3 = read_json(&root.join("zarr.json")).ok().and_then(|document| named(document, "attributes"));
    let image = of_v3.or_else(|| named(read_json(&root.join(".zattrs")).ok()?, ""))?;
    image.private_folder(root).is_dir().then_some(image)
}
