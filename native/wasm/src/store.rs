//! Stores in the browser's own storage: JavaScript opens, moves and removes files between calls, and reads and writes them within
//! calls. Paths are `/`-separated.

use std::io::{self, ErrorKind};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use zarrcam_acquisition::DatasetState;
use zarrcam_storage::targets::{DeferredTarget, Step};
use zarrcam_storage::{StorageError, StorageErrorKind, recover_in};

use crate::files::File;
use crate::text::{Failure, answer, borrowed, parameters, short_answer, value};

/// A folder of stores, and what was written to it that has not left yet.
pub struct Store {
    pub target: DeferredTarget,
    /// Why what was handed over will never leave.
    pub failure: Option<Broken>,
    /// What the last step that was given asks for, in words.
    action: &'static str,
}

/// Why nothing more is stored.
#[derive(Clone)]
pub struct Broken {
    /// A whole sentence.
    pub message: String,
    /// A few words, without paths.
    pub reason: String,
}

impl From<&StorageError> for Broken {
    fn from(error: &StorageError) -> Self {
        let reason = match error {
            StorageError::DiskFull { .. } => "this browser's storage is full".to_owned(),
            error => error.reason(),
        };
        Self { message: error.to_string(), reason }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let code = match error.kind() {
            StorageErrorKind::Exists => "exists",
            StorageErrorKind::ForeignFiles => "foreign_files",
            StorageErrorKind::Locked => "locked",
            StorageErrorKind::NotFound => "not_found",
            StorageErrorKind::InvalidConfiguration => "invalid_configuration",
            StorageErrorKind::NotOpenYet => "not_open_yet",
            _ => "storage",
        };
        Self { code, message: error.to_string(), path: None, problems: Vec::new() }
    }
}

/// `[[path, bytes], …]`, the files that exist -> `{store}`.
///
/// # Safety
/// The listing lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn store_open(listing: *const u8, listing_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let listing = unsafe { parameters::<Vec<(String, u64)>>(listing, listing_bytes) };
    answer(listing.map(|listing| {
        let target = DeferredTarget::new(listing.into_iter().map(|(path, bytes)| (path.into(), bytes)));
        let store = Store { target, failure: None, action: "" };
        json!({ "store": Box::into_raw(Box::new(store)) as usize })
    }))
}

/// Lets it go; its files are closed.
///
/// # Safety
/// The store was given by [`store_open`], as for all that follow, and nothing is recorded to it any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn store_close(store: *mut Store) {
    // SAFETY: made by `Box::into_raw`, and given back once.
    let store = unsafe { Box::from_raw(store) };
    store.target.close();
}

/// Writes what can be written at once. What JavaScript has to do then: `{open: {path, create}}`, `{move: {from, to}}`,
/// `{remove: {path}}`; `false`: all has left.
///
/// # Safety
/// See [`store_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn store_next_step(store: &mut Store) -> u64 {
    let step = store.target.next_step().inspect_err(|error| store.failure = Some(error.into()));
    let (action, said) = match step {
        Ok(None) => return short_answer(Ok(false)),
        Err(error) => return answer(Err(error.into())),
        Ok(Some(Step::Open { path, create })) => ("open", json!({ "open": { "path": path, "create": create } })),
        Ok(Some(Step::Move { from, to })) => ("rename", json!({ "move": { "from": from, "to": to } })),
        Ok(Some(Step::Remove { path })) => ("remove", json!({ "remove": { "path": path } })),
    };
    store.action = action;
    answer(Ok(said))
}

/// The file of an `open` is there, by this number.
///
/// # Safety
/// See [`store_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn store_opened(store: &mut Store, file: u32) {
    store.target.opened(Box::new(File(file)));
}

/// A `move` or a `remove` is done.
///
/// # Safety
/// See [`store_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn store_done(store: &mut Store) {
    store.target.done();
}

/// Bytes that wait in memory until the steps before them are done.
///
/// # Safety
/// See [`store_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn store_waiting_bytes(store: &Store) -> f64 {
    store.target.waiting_bytes() as f64
}

#[derive(Deserialize)]
struct NotDone {
    path: String,
    message: String,
    quota: bool,
    missing: bool,
}

/// The step cannot be done: `{path, message, quota, missing}`.
///
/// # Safety
/// See [`store_close`]; the text lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn store_refused(store: &mut Store, failure: *const u8, failure_bytes: usize) {
    // SAFETY: as the caller says.
    let Ok(failure) = (unsafe { parameters::<NotDone>(failure, failure_bytes) }) else { return };
    store.target.refused(Path::new(&failure.path), store.action, failure.error());
}

impl NotDone {
    fn error(&self) -> io::Error {
        let kind = match self {
            Self { quota: true, .. } => ErrorKind::QuotaExceeded,
            Self { missing: true, .. } => ErrorKind::NotFound,
            _ => ErrorKind::Other,
        };
        io::Error::new(kind, self.message.clone())
    }
}

/// Closes what was opened to be read only.
///
/// # Safety
/// See [`store_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn store_let_go(store: &mut Store) {
    store.target.let_go();
}

/// Whether the dataset at a path was left open by a crash. `not_open_yet`: to be asked again when all steps are done.
///
/// # Safety
/// See [`store_close`]; the path lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn store_needs_recovery(store: &mut Store, path: *const u8, path_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let path = unsafe { path_of(path, path_bytes) };
    let state =
        zarrcam_storage::Store::open_in(&store.target.as_target(), Path::new(path)).and_then(|store| store.state());
    answer(state.map_err(|error| store.wants(error)).map(|state| Value::from(state == DatasetState::NeedsRecovery)))
}

/// Makes the dataset at a path whole that a crash left. `not_open_yet`: as above, and it begins anew.
///
/// # Safety
/// See [`store_close`]; the path lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn store_recover(store: &mut Store, path: *const u8, path_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let path = unsafe { path_of(path, path_bytes) };
    let recovery = recover_in(&store.target.as_target(), Path::new(path));
    answer(recovery.map_err(|error| store.wants(error)).and_then(value))
}

impl Store {
    /// What is asked for and not open is opened by the next steps.
    pub fn wants(&self, error: StorageError) -> Failure {
        let path = match &error {
            StorageError::NotOpenYet { path } => {
                self.target.want(path);
                Some(path.display().to_string())
            }
            _ => None,
        };
        Failure { path, ..Failure::from(error) }
    }
}

/// # Safety
/// So many bytes lie there, and stay while they are borrowed.
unsafe fn path_of<'a>(start: *const u8, bytes: usize) -> &'a str {
    // SAFETY: as the caller says.
    std::str::from_utf8(unsafe { borrowed(start, bytes) }).unwrap_or_default()
}
