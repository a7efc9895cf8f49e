//! What lies in a dataset of ours that no writer of ours put there: it is not deleted with it unasked.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use zarrcam_zarr::ZarrVersion;

use super::image_path::{ImagePath, is_private};
use super::location::first_image;
use super::store::Store;
use crate::StorageError;
use crate::targets::{Entry, EntryKind, Target};

/// So many of them are named in the error.
const MAX_NAMED: usize = 8;
/// What file managers leave in every folder that is looked at: nobody's work.
const FILE_MANAGER_FILES: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
/// Names in the folder of our own files.
const PRIVATE: [&str; 6] = ["lock", "run.json", "stream.json", "frames.log", "frames.csv", "end.json"];
const PRIVATE_PARTIAL: [&str; 3] = ["seal.partial", "file.partial", "direct.partial"];

/// Files, links and folders in a dataset that no writer of ours made; a folder counts as one, whatever is in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ForeignFiles {
    /// The first of them by name, relative to the dataset; folders end with a slash.
    pub names: Vec<String>,
    /// How many there are in all.
    pub count: u64,
}

impl ForeignFiles {
    /// The error that names them; `Ok` where there are none.
    pub fn refuse(self, path: &Path) -> Result<(), StorageError> {
        let Self { names, count } = self;
        if count == 0 { Ok(()) } else { Err(StorageError::ForeignFiles { path: path.to_owned(), names, count }) }
    }

    /// A link stands where the dataset is to be: what it leads to is never touched, but the link would be gone.
    pub fn link(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self { names: vec![format!("the link {name}")], count: 1 }
    }
}

/// Lists what is foreign in a Zarr store of ours, after looking at `most` entries at most. Metadata count as ours, edited or not: they describe what is replaced. Links are foreign under any
/// name, since no writer makes any, and are not followed.
pub(crate) fn in_store(target: &Arc<dyn Target>, root: &Path, most: u64) -> Result<ForeignFiles, StorageError> {
    let known = Store::open_in(target, root).ok();
    let documents =
        known.as_ref().map_or_else(HashSet::new, |store| store.documents().into_iter().map(|(key, _)| key).collect());
    let image =
        known.as_ref().map(|store| store.image().clone()).or_else(|| first_image(&**target, root)).unwrap_or_default();
    let store = Ours { store: known.as_ref(), image, documents };
    let is_ours = |parts: &[String], is_folder: bool| store.has(parts, is_folder);
    let mut walk = Walk { target: &**target, is_ours: &is_ours, left: most, foreign: ForeignFiles::default() };
    walk.look_into(root, &mut Vec::new())?;
    Ok(walk.sorted())
}

/// Lists what is foreign in a folder of files, of which those called `ours` are ours.
#[cfg(unix)]
pub(crate) fn in_folder(root: &Path, ours: &[&str]) -> Result<ForeignFiles, StorageError> {
    let is_ours = |parts: &[String], is_folder: bool| !is_folder && ours.contains(&parts[0].as_str());
    let target = crate::targets::files();
    let mut walk = Walk { target: &*target, is_ours: &is_ours, left: u64::MAX, foreign: ForeignFiles::default() };
    walk.look_into(root, &mut Vec::new())?;
    Ok(walk.sorted())
}

struct Walk<'a> {
    target: &'a dyn Target,
    is_ours: &'a dyn Fn(&[String], bool) -> bool,
    left: u64,
    foreign: ForeignFiles,
}

impl Walk<'_> {
    fn look_into(&mut self, folder: &Path, parts: &mut Vec<String>) -> Result<(), StorageError> {
        for entry in self.target.list(folder)? {
            let entry = entry?;
            if self.left == 0 {
                return Ok(());
            }
            self.left -= 1;
            let is_folder = entry.kind == EntryKind::Folder;
            parts.push(entry.name.to_string_lossy().into_owned());
            if !self.is_ours(&entry, parts) {
                self.note(parts.join("/") + if is_folder { "/" } else { "" });
            } else if is_folder {
                self.look_into(&folder.join(&entry.name), parts)?;
            }
            parts.pop();
        }
        Ok(())
    }

    fn is_ours(&self, entry: &Entry, parts: &[String]) -> bool {
        // What does not even have a name in Unicode is nothing of ours.
        let Some(name) = entry.name.to_str() else { return false };
        match entry.kind {
            EntryKind::File => FILE_MANAGER_FILES.contains(&name) || (self.is_ours)(parts, false),
            EntryKind::Folder => (self.is_ours)(parts, true),
            EntryKind::Link | EntryKind::Other => false,
        }
    }

    fn note(&mut self, name: String) {
        self.foreign.count += 1;
        let names = &mut self.foreign.names;
        names.push(name);
        // Folders are read in no order; the first by name are the same each time.
        if names.len() > 2 * MAX_NAMED {
            names.sort();
            names.truncate(MAX_NAMED);
        }
    }

    fn sorted(mut self) -> ForeignFiles {
        self.foreign.names.sort();
        self.foreign.names.truncate(MAX_NAMED);
        self.foreign
    }
}

struct Ours<'a> {
    /// `None`: its description is damaged, so that only names can be judged.
    store: Option<&'a Store>,
    image: ImagePath,
    /// Keys of the metadata documents, from the store's root on.
    documents: HashSet<String>,
}

impl Ours<'_> {
    fn has(&self, parts: &[String], is_folder: bool) -> bool {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if !is_folder && self.is_document(&parts) {
            return true;
        }
        if is_folder && self.image.leads_through(&parts) {
            return true;
        }
        match self.image.strip(&parts) {
            Some(["0", private]) if is_private(private) => is_folder,
            Some(["0", private, name]) if is_private(private) => !is_folder && is_private_file(name),
            Some([level, rest @ ..]) => index(level).is_some_and(|level| self.is_chunk(level, rest, is_folder)),
            Some([]) | None => false,
        }
    }

    fn is_document(&self, parts: &[&str]) -> bool {
        let key = parts.join("/");
        let key = key.strip_suffix(".partial").unwrap_or(&key);
        match self.store {
            Some(_) => self.documents.contains(key),
            None => {
                let [group @ .., name] = parts else { return false };
                let is_level = matches!(self.image.strip(group), Some([level]) if index(level).is_some());
                matches!(*name, "zarr.json" | ".zgroup" | ".zattrs" | ".zarray")
                    && (is_level || self.image.leads_through(group))
            }
        }
    }

    /// A chunk's or shard's file, or a folder on the way to one. `rest`: below the level's folder.
    fn is_chunk(&self, level: u64, rest: &[&str], is_folder: bool) -> bool {
        let by_key = |coordinates: &[&str]| coordinates.iter().all(|text| index(text).is_some());
        let Some(store) = self.store else {
            return by_key(rest.strip_prefix(&["c"]).unwrap_or(rest)) && (is_folder || !rest.is_empty());
        };
        let layout = store.layout();
        let Some(files) = usize::try_from(level).ok().and_then(|level| layout.levels().get(level)) else {
            return false;
        };
        let coordinates = match (store.version(), rest) {
            (_, []) => return is_folder,
            (ZarrVersion::V3, ["c", coordinates @ ..]) => coordinates,
            (ZarrVersion::V3, _) => return false,
            (ZarrVersion::V2, coordinates) => coordinates,
        };
        let inside = |(axis, text): (usize, &&str)| {
            index(text).is_some_and(|index| axis == layout.append_axis() || index < files.files[axis])
        };
        let count = files.files.len();
        let length_fits = if is_folder { coordinates.len() < count } else { coordinates.len() == count };
        length_fits && coordinates.iter().enumerate().all(inside)
    }
}

fn is_private_file(name: &str) -> bool {
    let whole = name.strip_suffix(".partial").unwrap_or(name);
    PRIVATE.contains(&whole)
        || PRIVATE_PARTIAL.contains(&name)
        || name.strip_prefix("spill-").is_some_and(|number| index(number).is_some())
}

/// A number as keys spell it.
fn index(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
