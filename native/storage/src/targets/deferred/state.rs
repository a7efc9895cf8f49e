use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use super::content::{Change, Content, SyncHandle, write_all};
use crate::StorageError;

/// What the driver is to do next, which may take its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Open the file for reading and writing, and answer with `opened`. Folders on the way are made.
    Open {
        path: PathBuf,
        /// Whether it may be made. False: it exists.
        create: bool,
    },
    /// Give the file, which is not open, another path, and answer with `done`. What stands there is replaced; folders on the way are
    /// made.
    Move { from: PathBuf, to: PathBuf },
    /// Remove a file, or a folder with all that is in it, of which nothing is open, and answer with `done`. That there is none is no
    /// error.
    Remove { path: PathBuf },
}

/// A file of the target, wherever it stands.
pub(super) type FileId = u64;

enum Order {
    Open { file: FileId, path: PathBuf, create: bool },
    Change(FileId),
    Close(FileId),
    Move { from: PathBuf, to: PathBuf },
    Remove { path: PathBuf },
}

/// Names as they are once the queue is done, the files, and the queue.
#[derive(Default)]
pub(super) struct State {
    pub names: BTreeMap<PathBuf, FileId>,
    files: HashMap<FileId, Content>,
    last_id: FileId,
    queue: VecDeque<Order>,
    /// How many orders there ever were, and how many of them are done.
    ordered: u64,
    done: u64,
    /// Bytes that wait in memory.
    pub waiting_bytes: u64,
    pub locks: BTreeSet<PathBuf>,
    /// What was refused once; nothing is written after it.
    failed: Option<StorageError>,
    /// Some of the files are nowhere any more: a run has many files, and many steps.
    has_forgotten: bool,
}

impl State {
    pub fn check(&self) -> Result<(), StorageError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    pub fn fail(&mut self, error: StorageError) {
        self.failed.get_or_insert(error);
    }

    /// Stands for all that was ordered so far.
    pub fn mark(&self) -> u64 {
        self.ordered
    }

    /// Whether all has left that was ordered before the mark was taken.
    pub fn is_past(&self, mark: u64) -> bool {
        self.done >= mark
    }

    fn order(&mut self, order: Order) {
        self.ordered += 1;
        self.queue.push_back(order);
    }

    fn order_done(&mut self) -> Option<Order> {
        let order = self.queue.pop_front();
        self.done += u64::from(order.is_some());
        order
    }

    pub fn file(&self, id: FileId) -> Option<&Content> {
        self.files.get(&id)
    }

    fn content(&mut self, id: FileId) -> &mut Content {
        self.files.entry(id).or_default()
    }

    pub fn add(&mut self, path: &Path, bytes: u64) -> FileId {
        self.last_id += 1;
        self.files.insert(self.last_id, Content::existing(path.to_owned(), bytes));
        self.names.insert(path.to_owned(), self.last_id);
        self.last_id
    }

    pub fn is_folder(&self, path: &Path) -> bool {
        let mut below = self.names.range(path.to_owned()..).map(|(name, _)| name).filter(|name| *name != path);
        below.next().is_some_and(|name| name.starts_with(path))
    }

    /// One more that has it open.
    pub fn use_file(&mut self, id: FileId) {
        self.content(id).users += 1;
    }

    /// The last user closes the file, but for one that is wanted.
    pub fn leave_file(&mut self, id: FileId) {
        let content = self.content(id);
        content.users -= 1;
        self.close_unused(id);
    }

    pub fn set_wanted(&mut self, id: FileId, is_wanted: bool) {
        self.content(id).is_wanted = is_wanted;
        if is_wanted { self.keep_open(id) } else { self.close_unused(id) }
    }

    pub fn wanted(&self) -> Vec<FileId> {
        self.files.iter().filter(|(_, content)| content.is_wanted).map(|(id, _)| *id).collect()
    }

    /// Whether the next step was to open a file that is only wanted, which then is nobody's wish any more.
    pub fn give_up_reading(&mut self) -> bool {
        let Some(Order::Open { file, .. }) = self.queue.front() else { return false };
        let id = *file;
        let content = self.content(id);
        if !content.is_wanted || content.has_changes() {
            return false;
        }
        (content.is_wanted, content.stays_open) = (false, false);
        self.order_done();
        true
    }

    fn close_unused(&mut self, id: FileId) {
        let content = self.content(id);
        if content.users > 0 || content.is_wanted {
            return;
        }
        let (is_forgotten, is_open) = (content.path.is_none(), std::mem::take(&mut content.stays_open));
        self.has_forgotten |= is_forgotten;
        if is_open {
            self.order(Order::Close(id));
        }
    }

    fn keep_open(&mut self, id: FileId) {
        let content = self.content(id);
        if let (false, Some(path)) = (content.stays_open, content.path.clone()) {
            content.stays_open = true;
            let create = content.is_readable();
            self.order(Order::Open { file: id, path, create });
        }
    }

    /// Does it now where nothing waits and the file is open, else behind what waits.
    pub fn change(&mut self, id: FileId, change: Change) -> Result<(), StorageError> {
        let result = self.change_now(id, |handle| change.apply(handle));
        match result {
            Some(result) => {
                result?;
                let content = self.content(id);
                content.note_ordered(&change);
                content.note_done(&change);
            }
            None => {
                self.check()?;
                self.keep_open(id);
                let content = self.content(id);
                content.note_ordered(&change);
                let bytes = change.held_bytes();
                content.wait_for(change);
                self.waiting_bytes += bytes;
                self.order(Order::Change(id));
            }
        }
        Ok(())
    }

    /// As [`Self::change`], of bytes that are copied only if they must wait.
    pub fn write(&mut self, id: FileId, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        match self.change_now(id, |handle| write_all(handle, bytes, offset)) {
            Some(result) => {
                result?;
                let content = self.content(id);
                content.bytes = content.bytes.max(offset + bytes.len() as u64);
                content.note_written(offset, bytes.len());
                Ok(())
            }
            None => self.change(id, Change::Write { offset, bytes: bytes.to_vec() }),
        }
    }

    /// Whether what is written has left when the call returns.
    pub fn writes_at_once(&self, id: FileId) -> bool {
        let is_open = self.files.get(&id).is_some_and(|content| content.handle.is_some());
        self.failed.is_none() && self.queue.is_empty() && is_open
    }

    /// `None`: it must wait.
    fn change_now(
        &mut self,
        id: FileId,
        change: impl FnOnce(&dyn SyncHandle) -> Result<(), (&'static str, u64, io::Error)>,
    ) -> Option<Result<(), StorageError>> {
        if !self.writes_at_once(id) {
            return None;
        }
        let content = self.files.get(&id)?;
        let done = change(&**content.handle.as_ref()?);
        let path = content.path.clone().unwrap_or_default();
        Some(done.map_err(|(action, needed, error)| StorageError::io(&path, action, needed, error)))
    }

    /// An empty file at a path; what stood there is cut.
    pub fn create(&mut self, path: &Path) -> Result<FileId, StorageError> {
        self.check()?;
        let id = match self.names.get(path) {
            Some(&id) => id,
            None => self.add(path, 0),
        };
        self.change(id, Change::SetLen(0))?;
        Ok(id)
    }

    pub fn move_file(&mut self, id: FileId, to: &Path) -> Result<(), StorageError> {
        self.check()?;
        let content = self.content(id);
        let Some(from) = content.path.clone() else {
            return Err(StorageError::io(to, "put the file in its place", 0, io::ErrorKind::NotFound.into()));
        };
        if from == to {
            return Ok(());
        }
        self.forget_name(to);
        self.close(id);
        self.names.remove(&from);
        self.names.insert(to.to_owned(), id);
        self.content(id).path = Some(to.to_owned());
        self.order(Order::Move { from, to: to.to_owned() });
        Ok(())
    }

    fn close(&mut self, id: FileId) {
        let content = self.content(id);
        if content.stays_open {
            content.stays_open = false;
            self.order(Order::Close(id));
        }
    }

    /// What stands at the path is nowhere any more.
    fn forget_name(&mut self, path: &Path) {
        if let Some(id) = self.names.remove(path) {
            self.close(id);
            let content = self.content(id);
            (content.path, content.is_wanted) = (None, false);
            self.has_forgotten = true;
        }
    }

    /// Removes a file, or a folder with all that is in it.
    pub fn remove(&mut self, path: &Path) {
        let below: Vec<PathBuf> = self
            .names
            .range(path.to_owned()..)
            .map(|(name, _)| name.clone())
            .take_while(|name| name.starts_with(path))
            .collect();
        below.iter().for_each(|name| self.forget_name(name));
        self.order(Order::Remove { path: path.to_owned() });
    }

    /// Does what can be done at once; the next step that takes its time, or `None` where nothing is left.
    pub fn next_step(&mut self) -> Result<Option<Step>, StorageError> {
        loop {
            self.check()?;
            match self.queue.front() {
                None => {
                    if std::mem::take(&mut self.has_forgotten) {
                        self.files.retain(|_, content| content.path.is_some() || content.users > 0);
                    }
                    return Ok(None);
                }
                Some(Order::Open { path, create, .. }) => {
                    return Ok(Some(Step::Open { path: path.clone(), create: *create }));
                }
                Some(Order::Move { from, to }) => return Ok(Some(Step::Move { from: from.clone(), to: to.clone() })),
                Some(Order::Remove { path }) => return Ok(Some(Step::Remove { path: path.clone() })),
                Some(Order::Change(id)) => {
                    let id = *id;
                    // Done is only what succeeded.
                    match self.do_change(id) {
                        Ok(()) => drop(self.order_done()),
                        Err(error) => self.fail(error),
                    }
                }
                Some(Order::Close(id)) => {
                    let id = *id;
                    self.order_done();
                    if let Some(handle) = self.content(id).handle.take() {
                        handle.close();
                    }
                }
            }
        }
    }

    fn do_change(&mut self, id: FileId) -> Result<(), StorageError> {
        let content = self.content(id);
        let Some(change) = content.next_change() else { return Ok(()) };
        let bytes = change.held_bytes();
        let path = content.path.clone().unwrap_or_default();
        let Some(handle) = &content.handle else {
            return Err(StorageError::Internal(format!("{} was closed before it was written", path.display())));
        };
        change.apply(&**handle).map_err(|(action, needed, error)| StorageError::io(&path, action, needed, error))?;
        content.note_done(&change);
        self.waiting_bytes -= bytes;
        Ok(())
    }

    /// The answer to [`Step::Open`].
    pub fn opened(&mut self, handle: Box<dyn SyncHandle>) {
        if let Some(Order::Open { file, .. }) = self.queue.front() {
            let file = *file;
            self.content(file).handle = Some(handle);
            self.order_done();
        }
    }

    /// The answer to the other steps.
    pub fn done(&mut self) {
        if matches!(self.queue.front(), Some(Order::Move { .. } | Order::Remove { .. })) {
            self.order_done();
        }
    }

    /// Closes all that is open; what waits is lost.
    pub fn close_all(&mut self) {
        self.queue.clear();
        self.waiting_bytes = 0;
        self.files.values_mut().filter_map(|content| content.handle.take()).for_each(|handle| handle.close());
    }
}
