//! Which files and folders of a data folder are datasets, and what of it is not looked at.

use std::collections::VecDeque;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use zarrcam_acquisition::{DatasetInfo, LeftOut, LeftOutCause};

use super::info::name;
use super::recognise::recognise;
use crate::StorageError;

/// A folder with more is no folder of datasets.
const MAX_DATASETS: usize = 10_000;
/// Files and folders that are looked at, the nearest first.
const MAX_ENTRIES: usize = 200_000;
/// How many are named of each cause.
const MAX_NAMED: usize = 20;

/// How many different reasons are listed.
const MAX_REASONS: usize = 100;

/// What is in a data folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// The datasets, by name.
    pub datasets: Vec<DatasetInfo>,
    /// What is not in the list, and why.
    pub left_out: Vec<LeftOut>,
}

pub(super) fn list(data_dir: &Path) -> Result<Listing, StorageError> {
    list_some(data_dir, MAX_ENTRIES)
}

fn list_some(data_dir: &Path, most_entries: usize) -> Result<Listing, StorageError> {
    let entries = match std::fs::read_dir(data_dir) {
        Ok(entries) => entries,
        // Made with the first recording.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Listing::default()),
        Err(error) => return Err(StorageError::io(data_dir, "list the folder", 0, error)),
    };
    let mut scan = Scan {
        data_dir,
        real_dir: data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned()),
        entries_left: most_entries,
        folders: VecDeque::new(),
        listing: Listing::default(),
    };
    scan.look_at(entries);
    while let Some(folder) = scan.folders.pop_front() {
        if scan.is_full() {
            scan.leave_out(LeftOutCause::TooMany, &folder);
            continue;
        }
        match std::fs::read_dir(&folder) {
            Ok(entries) => scan.look_at(entries),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => scan.leave_out(LeftOutCause::Unreadable, &folder),
        }
    }
    scan.listing.datasets.sort_by(|one, other| one.name.cmp(&other.name));
    scan.listing.left_out.sort_by_key(|left_out| left_out.cause);
    Ok(scan.listing)
}

struct Scan<'a> {
    data_dir: &'a Path,
    /// Links followed.
    real_dir: PathBuf,
    entries_left: usize,
    /// Folders that are still to be looked into, the nearest first.
    folders: VecDeque<PathBuf>,
    listing: Listing,
}

impl Scan<'_> {
    fn is_full(&self) -> bool {
        self.entries_left == 0 || self.listing.datasets.len() >= MAX_DATASETS
    }

    fn look_at(&mut self, entries: std::fs::ReadDir) {
        for entry in entries.flatten() {
            if self.is_full() {
                self.leave_out(LeftOutCause::TooMany, &entry.path());
                return;
            }
            self.entries_left -= 1;
            self.look_at_one(&entry);
        }
    }

    fn look_at_one(&mut self, entry: &DirEntry) {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { return };
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            // Its metadata could be read, but nobody could ask for it.
            if !matches!(recognise(&path), Ok(None)) {
                self.leave_out(LeftOutCause::Name, &path);
            }
            return;
        };
        if name.starts_with('.') {
            if kind.is_dir() && name != super::trash::TRASH_FOLDER {
                self.leave_out(LeftOutCause::Hidden, &path);
            }
            return;
        }
        if kind.is_symlink() && !self.leads_inside(&path) {
            self.leave_out(LeftOutCause::Link, &path);
            return;
        }
        match recognise(&path) {
            Ok(Some(info)) => self.found(&path, info),
            // What a link in the folder leads to is found where it really is: so no circle is walked.
            Ok(None) if kind.is_dir() => self.folders.push_back(path),
            Ok(None) => {}
            Err(error) => self.damaged(&path, &error),
        }
    }

    fn found(&mut self, path: &Path, info: DatasetInfo) {
        // An image may hold others, labels say. Its own levels are arrays, and are not looked into.
        let is_image =
            path.is_dir() && info.levels.iter().all(|level| !level.path.is_empty()) && !info.levels.is_empty();
        if is_image && !path.is_symlink() {
            let folders = std::fs::read_dir(path).into_iter().flatten().flatten();
            for entry in folders.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
                let name = entry.file_name().to_string_lossy().into_owned();
                let of_level = |level: &str| level == name || level.split('/').next() == Some(&name);
                if !name.starts_with('.') && !info.levels.iter().any(|level| of_level(&level.path)) {
                    self.folders.push_back(entry.path());
                }
            }
        }
        self.listing.datasets.push(DatasetInfo { name: name(Some(self.data_dir), path), ..info });
    }

    fn leads_inside(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|real| real.starts_with(&self.real_dir) && real != self.real_dir)
    }

    fn leave_out(&mut self, cause: LeftOutCause, path: &Path) {
        let reason = match cause {
            LeftOutCause::Name => "The name is no Unicode text; rename it.",
            LeftOutCause::Link => "The link leads out of the data folder, or nowhere.",
            LeftOutCause::Unreadable => "The folder may not be read.",
            LeftOutCause::Hidden => "The name begins with a dot; such folders are not looked into.",
            LeftOutCause::TooMany | LeftOutCause::Damaged => {
                "The data folder holds more than is looked at; use folders of less."
            }
        };
        self.note(cause, reason.to_owned(), path);
    }

    fn damaged(&mut self, path: &Path, error: &StorageError) {
        // The path stands beside it.
        let reason = match error {
            StorageError::NotADataset { reason, .. } | StorageError::Damaged { reason, .. } => reason.clone(),
            error => error.to_string(),
        };
        self.note(LeftOutCause::Damaged, reason, path);
    }

    fn note(&mut self, cause: LeftOutCause, reason: String, path: &Path) {
        let name = name(Some(self.data_dir), path);
        let left_out = &mut self.listing.left_out;
        let reasons = left_out.len();
        let same = left_out.iter_mut().find(|other| other.cause == cause && other.reason == reason);
        match same {
            Some(left_out) => {
                left_out.count += 1;
                if left_out.names.len() < MAX_NAMED {
                    left_out.names.push(name);
                }
            }
            None if reasons < MAX_REASONS => {
                left_out.push(LeftOut { cause, reason, count: 1, names: vec![name] });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_that_is_too_large_says_so_and_shows_the_nearest() {
        let folder = tempfile::tempdir().unwrap();
        let array = r#"{"zarr_format": 2, "shape": [4, 4], "chunks": [4, 4], "dtype": "|u1", "compressor": null, "filters": null}"#;
        let at = |name: &str| {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join(".zarray"), array).unwrap();
        };
        at("near.zarr");
        (0..50).for_each(|number| at(&format!("far/{number}/{number}.zarr")));
        let all = list(folder.path()).unwrap();
        assert_eq!((all.datasets.len(), all.left_out.len()), (51, 0));
        let some = list_some(folder.path(), 60).unwrap();
        assert!(some.datasets.iter().any(|info| info.name == "near.zarr"));
        assert!(some.datasets.len() < 51);
        assert_eq!(some.left_out.len(), 1);
        assert_eq!(some.left_out[0].cause, LeftOutCause::TooMany);
    }
}
