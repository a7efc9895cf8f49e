//! A folder for data that nobody wants.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{FlockOperation, flock};
use zarrcam_files::existing_ancestor;

use crate::error::{ErrorCode, RuntimeError};
use crate::run_id::new_run_id;

/// Hidden: no list shows it, and `/data` does not serve it.
const PREFIX: &str = ".zarrcam-speed-";
const LOCK: &str = "lock";
/// Between the folder and its lock a process may be slow; one without a lock for longer was killed there.
const LOCK_COMES_WITHIN: Duration = Duration::from_secs(60);
/// A start waits for its sweep. In a large folder on a slow disk it does not get to the end, and what is left costs no more than room.
const SWEEP_TIME: Duration = Duration::from_secs(2);

/// A hidden folder beside a target, on its disk. It is removed with this value; a process that is killed leaves it to the next
/// sweep.
pub struct TemporaryFolder {
    folder: PathBuf,
    target: PathBuf,
    /// Held as long as the folder is in use.
    _lock: File,
}

impl TemporaryFolder {
    /// Makes one in the folder of the target, or in the nearest one above that exists. Fails where nothing can be written.
    pub fn beside(target: &Path) -> Result<Self, RuntimeError> {
        let around = target.parent().and_then(existing_ancestor).unwrap_or_default();
        sweep(&around);
        let folder = around.join(format!("{PREFIX}{}", new_run_id()));
        let refused = |error: io::Error| {
            let message = format!("{}: {error}; the speed of storage cannot be measured there.", around.display());
            RuntimeError::new(ErrorCode::Storage, message).caused_by(error)
        };
        fs::create_dir(&folder).map_err(refused)?;
        let lock = lock_in(&folder).map_err(|error| {
            let _ = fs::remove_dir_all(&folder);
            refused(error)
        })?;
        let target = folder.join(target.file_name().unwrap_or_default());
        Ok(Self { folder, target, _lock: lock })
    }

    /// Where to write in it: a path of the target's own name.
    pub fn target(&self) -> PathBuf {
        self.target.clone()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed now is left to the next sweep.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Under its name it is locked from the first moment: a sweep beside it never sees it free.
fn lock_in(folder: &Path) -> io::Result<File> {
    let made = folder.join("lock.new");
    let lock = File::create(&made)?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
    fs::rename(made, folder.join(LOCK))?;
    Ok(lock)
}

/// Removes what killed processes left in the data folder and below.
pub fn sweep_below(data_dir: &Path) {
    sweep_until(data_dir, Instant::now() + SWEEP_TIME);
}

fn sweep_until(folder: &Path, until: Instant) {
    sweep(folder);
    for path in folders_in(folder).take_while(|_| Instant::now() < until) {
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        // Nobody records into a dataset, and it may hold millions of files.
        let dataset = ["zarr.json", ".zgroup", ".zarray", "metadata.json"].iter().any(|name| path.join(name).exists());
        if !hidden && !dataset {
            sweep_until(&path, until);
        }
    }
}

/// Removes what killed processes left in one folder.
fn sweep(folder: &Path) {
    let ours = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    for path in folders_in(folder).filter(|path| ours(path)) {
        if is_abandoned(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Links are not followed.
fn folders_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

fn is_abandoned(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok(),
        Err(_) => {
            let changed = folder.metadata().and_then(|metadata| metadata.modified());
            changed.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > LOCK_COMES_WITHIN))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("zarrcam-temporary-folder-{}", new_run_id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn hidden(&self) -> usize {
            folders_in(&self.0).filter(|path| path.to_string_lossy().contains(PREFIX)).count()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn it_goes_away_with_all_that_is_in_it() {
        let folder = Folder::new();
        let temporary = TemporaryFolder::beside(&folder.0.join("not/yet/out.zarr")).unwrap();
        assert_eq!(temporary.target().file_name().unwrap(), "out.zarr");
        fs::create_dir_all(temporary.target().join("0/c")).unwrap();
        assert_eq!(folder.hidden(), 1, "in the nearest folder that there is");
        drop(temporary);
        assert_eq!(folder.hidden(), 0);
    }

    #[test]
    fn a_sweep_takes_what_nobody_holds_and_only_that() {
        let folder = Folder::new();
        let killed = folder.0.join(format!("{PREFIX}killed"));
        fs::create_dir_all(killed.join("out.zarr")).unwrap();
        fs::write(killed.join(LOCK), "").unwrap();
        let deep = folder.0.join("monday").join(format!("{PREFIX}killed"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join(LOCK), "").unwrap();
        let just_made = folder.0.join(format!("{PREFIX}young"));
        fs::create_dir(&just_made).unwrap();
        let in_use = TemporaryFolder::beside(&folder.0.join("out.zarr")).unwrap();
        assert!(!killed.exists(), "a new measurement sweeps its folder");
        assert!(deep.exists());
        sweep_below(&folder.0);
        assert!(!deep.exists());
        assert!(just_made.exists() && in_use.folder.exists());
    }

    #[test]
    fn a_sweep_leaves_alone_what_begins_beside_it() {
        let folder = Folder::new();
        let target = folder.0.join("out.zarr");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let temporary = TemporaryFolder::beside(&target).unwrap();
                        assert!(temporary.folder.join(LOCK).exists());
                    }
                });
            }
        });
        assert_eq!(folder.hidden(), 0);
    }

    #[test]
    fn a_sweep_that_takes_too_long_goes_no_deeper() {
        let folder = Folder::new();
        let deep = folder.0.join("monday").join(format!("{PREFIX}killed"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join(LOCK), "").unwrap();
        sweep_until(&folder.0, Instant::now());
        assert!(deep.exists());
    }
}
