//! A file that is composed out of a spill, written in blocks by as many threads as there are to spare.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Scope, ScopedJoinHandle};

use zarrcam_zarr::{SEAL_BUFFER_BYTES, SEAL_THREADS};

use crate::StorageError;
use crate::targets::{AlignedBytes, DIRECT_ALIGNMENT, DirectFile, Target, TargetFile};

pub(crate) const BLOCK: u64 = SEAL_BUFFER_BYTES as u64;

/// What a caller steers and watches of a seal: how many threads it may take, and how far it is.
pub(crate) struct SealControl<'a> {
    /// Says how many threads may write now; asked again with every block.
    pub threads: &'a (dyn Fn() -> usize + Sync),
    /// Rises by the bytes of the layer's files as they are written.
    pub written: &'a AtomicU64,
}

/// Where a piece of a file comes from.
#[derive(Clone, Copy)]
enum From {
    /// So many bytes of [`Block::bytes`].
    Bytes(usize),
    Zeros,
    Spill(u64),
}

struct Placed {
    length: usize,
    from: From,
}

/// What one write takes: all pieces of a part of the file, ready to be fetched by any thread.
#[derive(Default)]
struct Block {
    start: u64,
    length: u64,
    pieces: Vec<Placed>,
    bytes: Vec<u8>,
}

/// The file, past the page cache where the file system can: sealed data is not read soon, and new pages cost more than the codec.
pub(crate) struct OutputFile<'a> {
    file: Box<dyn TargetFile>,
    direct: Option<Box<dyn DirectFile>>,
    direct_works: AtomicBool,
    /// Held to write through the page cache.
    turn: Mutex<()>,
    spill: &'a dyn TargetFile,
    control: &'a SealControl<'a>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// Blocks that wait for a thread.
#[derive(Default)]
struct Queue {
    blocks: VecDeque<Block>,
    closed: bool,
    /// Whoever fails ends the others as well.
    failed: Option<StorageError>,
}

impl<'a> OutputFile<'a> {
    pub fn create(
        target: &dyn Target,
        path: &Path,
        spill: &'a dyn TargetFile,
        control: &'a SealControl<'a>,
        upper_bound: u64,
    ) -> Result<Self, StorageError> {
        let file = target.create(path)?;
        let direct = target.open_direct(path);
        if direct.is_some() {
            // Direct writes beyond the end of a file wait for each other.
            file.set_len(upper_bound.next_multiple_of(BLOCK))?;
            file.allocate(0, upper_bound.next_multiple_of(DIRECT_ALIGNMENT as u64))?;
        }
        let (direct_works, turn) = (AtomicBool::new(true), Mutex::default());
        let (queue, changed) = (Mutex::default(), Condvar::new());
        Ok(Self { file, direct, direct_works, turn, spill, control, queue, changed })
    }

    /// After all blocks are written: the whole file.
    pub fn finish(self, length: u64, sync: bool) -> Result<Box<dyn TargetFile>, StorageError> {
        if self.direct.is_some() {
            self.file.set_len(length)?;
        }
        if sync {
            self.file.sync_data()?;
        }
        Ok(self.file)
    }

    /// Threads that may be at the file now, the one that composes included. Past the page cache they wait for the disk and take no
    /// core, so all of them may: with fewer the disk stands still in between. Writes through the page cache take turns at the
    /// inode; a second thread reads meanwhile, a third would only wait.
    fn threads(&self) -> usize {
        if self.direct.is_some() { SEAL_THREADS } else { (self.control.threads)().min(2) }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes blocks until none will come.
    fn serve(&self, buffer: &mut AlignedBytes) {
        let mut queue = self.queue();
        loop {
            if queue.failed.is_some() {
                return;
            }
            match queue.blocks.pop_front() {
                Some(block) => {
                    drop(queue);
                    let written = self.write(&block, buffer);
                    queue = self.queue();
                    if let Err(error) = written {
                        queue.failed.get_or_insert(error);
                    }
                }
                None if queue.closed => return,
                None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn write(&self, block: &Block, buffer: &mut AlignedBytes) -> Result<(), StorageError> {
        let mut at = 0;
        for piece in &block.pieces {
            let out = &mut buffer[at..][..piece.length];
            match piece.from {
                From::Bytes(start) => out.copy_from_slice(&block.bytes[start..][..piece.length]),
                From::Zeros => out.fill(0),
                From::Spill(offset) => self.spill.read_exact_at(out, offset)?,
            }
            at += piece.length;
        }
        self.write_bytes(buffer, at, block.start)?;
        self.control.written.fetch_add(block.length, Ordering::Relaxed);
        Ok(())
    }

    fn write_bytes(&self, buffer: &mut AlignedBytes, used: usize, start: u64) -> Result<(), StorageError> {
        if let Some(direct) = self.direct.as_ref().filter(|_| self.direct_works.load(Ordering::Relaxed)) {
            let padded = used.next_multiple_of(DIRECT_ALIGNMENT);
            buffer[used..padded].fill(0);
            match direct.write_all_at(&buffer[..padded], start) {
                Ok(()) => return Ok(()),
                // It opens for direct writing and then refuses it, or wants another alignment.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    self.direct_works.store(false, Ordering::Relaxed);
                }
                Err(error) => return Err(StorageError::io(self.file.path(), "write", padded as u64, error)),
            }
        }
        // A lock that sleeps: at the inode's own the other thread would spin.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.write_all_at(&buffer[..used], start)
    }
}

/// Takes the pieces of a file one behind the other, and has them written: by threads of the scope, and by its own where those
/// have enough to do.
pub(crate) struct Output<'scope, 'env> {
    file: &'scope OutputFile<'env>,
    scope: &'scope Scope<'scope, 'env>,
    own: &'env mut AlignedBytes,
    /// Buffers for threads that are not started yet.
    spare: std::slice::IterMut<'env, AlignedBytes>,
    started: Vec<ScopedJoinHandle<'scope, ()>>,
    block: Block,
}

impl<'scope, 'env> Output<'scope, 'env> {
    /// Begins with one buffer of the caller's; with spare ones more threads can write.
    pub fn new(
        file: &'scope OutputFile<'env>,
        scope: &'scope Scope<'scope, 'env>,
        own: &'env mut AlignedBytes,
        spare: &'env mut [AlignedBytes],
    ) -> Self {
        Self { file, scope, own, spare: spare.iter_mut(), started: Vec::new(), block: Block::default() }
    }

    /// How long the file is so far.
    pub fn end(&self) -> u64 {
        self.block.start + self.block.length
    }

    pub fn push_zeros(&mut self, length: u64) -> Result<(), StorageError> {
        self.push(length, |_, _, _| From::Zeros)
    }

    pub fn push_spilled(&mut self, offset: u64, length: u64) -> Result<(), StorageError> {
        self.push(length, |_, skip, _| From::Spill(offset + skip))
    }

    pub fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.push(bytes.len() as u64, |block, skip, count| {
            let start = block.bytes.len();
            block.bytes.extend_from_slice(&bytes[skip as usize..][..count]);
            From::Bytes(start)
        })
    }

    /// Cuts a piece where a block is full; `from` says where the part begins that so many bytes of it come before.
    fn push(&mut self, length: u64, mut from: impl FnMut(&mut Block, u64, usize) -> From) -> Result<(), StorageError> {
        let mut done = 0;
        while done < length {
            let count = (length - done).min(BLOCK - self.block.length);
            let from = from(&mut self.block, done, count as usize);
            self.block.pieces.push(Placed { length: count as usize, from });
            self.block.length += count;
            done += count;
            if self.block.length == BLOCK {
                self.submit()?;
            }
        }
        Ok(())
    }

    /// Leaves the block to another thread if one is free, or will be soon; else writes one.
    fn submit(&mut self) -> Result<(), StorageError> {
        let next = Block { start: self.end(), ..Block::default() };
        let block = std::mem::replace(&mut self.block, next);
        let mut queue = self.file.queue();
        queue.blocks.push_back(block);
        let waiting = queue.blocks.len();
        drop(queue);
        if self.started.len() + 1 < self.file.threads()
            && let Some(buffer) = self.spare.next()
        {
            let file = self.file;
            self.started.push(self.scope.spawn(move || file.serve(buffer)));
            return Ok(());
        }
        self.file.changed.notify_one();
        if waiting > self.started.len() { self.write_one() } else { Ok(()) }
    }

    fn write_one(&mut self) -> Result<(), StorageError> {
        let next = {
            let mut queue = self.file.queue();
            match &queue.failed {
                Some(error) => return Err(error.clone()),
                None => queue.blocks.pop_front(),
            }
        };
        next.map_or(Ok(()), |block| self.file.write(&block, self.own))
    }

    /// Writes what is left, and waits for the other threads. The file's length.
    pub fn finish(mut self) -> Result<u64, StorageError> {
        let length = self.end();
        let last = std::mem::take(&mut self.block);
        if last.length > 0 {
            self.file.queue().blocks.push_back(last);
        }
        self.close();
        self.file.serve(self.own);
        for thread in self.started.drain(..) {
            thread.join().map_err(|panic| StorageError::of_panic(&*panic))?;
        }
        self.file.queue().failed.take().map_or(Ok(length), Err)
    }

    fn close(&self) {
        self.file.queue().closed = true;
        self.file.changed.notify_all();
    }
}

impl Drop for Output<'_, '_> {
    /// However composing ends, nobody may wait for blocks any more.
    fn drop(&mut self) {
        self.close();
    }
}
