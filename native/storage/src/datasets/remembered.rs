use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many things are remembered at most; then all are forgotten, and found out again.
const MAX_REMEMBERED: usize = 10_000;

/// What was found out about files and folders, by their path.
pub(super) struct Remembered<T>(Mutex<HashMap<PathBuf, T>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Remembered<T> {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out what is remembered.
    pub fn take(&self, path: &Path) -> Option<T> {
        self.lock().remove(path)
    }

    /// Looks at what is remembered.
    pub fn get<R>(&self, path: &Path, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.lock().get(path).map(look)
    }

    pub fn keep(&self, path: &Path, found: T) {
        insert(&mut self.lock(), path, found);
    }

    /// Renews what is remembered, while all others wait: what several ask for at once is found out once.
    pub fn renew<R>(&self, path: &Path, renew: impl FnOnce(Option<T>) -> (Option<T>, R)) -> R {
        let mut all = self.lock();
        let known = all.remove(path);
        let (found, answer) = renew(known);
        if let Some(found) = found {
            insert(&mut all, path, found);
        }
        answer
    }
}

fn insert<T>(all: &mut HashMap<PathBuf, T>, path: &Path, found: T) {
    if all.len() >= MAX_REMEMBERED {
        all.clear();
    }
    all.insert(path.to_owned(), found);
}
