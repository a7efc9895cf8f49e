use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::FrameError;
use crate::memory::Block;

/// Buffers start at multiples of this: what O_DIRECT and SIMD both like.
const BUFFER_ALIGNMENT: usize = 4096;

/// A fixed number of equal frame buffers, touched before the start where a run may not fault.
///
/// A clone is the same pool. Buffers may outlive it: the memory goes back to the system with the last of them.
#[derive(Clone)]
pub struct FramePool {
    shared: Arc<Shared>,
}

struct Shared {
    block: Block,
    frame_bytes: usize,
    stride: usize,
    capacity: usize,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    /// Last in, first out: the buffer returned last is the one still in cache.
    free: Vec<u32>,
    closed: bool,
}

impl Shared {
    /// A panic elsewhere leaves the list of numbers whole, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, index: u32) {
        self.lock().free.push(index);
        self.returned.notify_one();
    }
}

/// The right to one buffer of the pool; gives it back when dropped.
struct Lease {
    shared: Arc<Shared>,
    index: u32,
}

impl Lease {
    fn start(&self) -> *mut u8 {
        // SAFETY: `index < capacity`, and the block is `capacity * stride` bytes long.
        unsafe { self.shared.block.base().as_ptr().add(self.index as usize * self.shared.stride) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.give_back(self.index);
    }
}

impl FramePool {
    /// `count` buffers of `frame_bytes` each, zeroed and resident when this returns.
    pub fn new(frame_bytes: usize, count: usize) -> Result<Self, FrameError> {
        Self::in_memory(frame_bytes, count, Block::new)
    }

    /// The same, but a buffer becomes resident when it is first filled. The one that was returned last is taken first: a
    /// pool of which few buffers are in use at a time takes no more memory than they do.
    pub fn untouched(frame_bytes: usize, count: usize) -> Result<Self, FrameError> {
        Self::in_memory(frame_bytes, count, Block::untouched)
    }

    fn in_memory(
        frame_bytes: usize,
        count: usize,
        block: impl FnOnce(usize) -> Result<Block, FrameError>,
    ) -> Result<Self, FrameError> {
        let capacity = u32::try_from(count).ok().filter(|count| *count > 0);
        let (Some(capacity), true) = (capacity, frame_bytes > 0) else {
            return Err(FrameError::EmptyPool { frame_bytes, count });
        };
        let stride = frame_bytes.checked_next_multiple_of(BUFFER_ALIGNMENT);
        let Some((stride, bytes)) = stride.and_then(|s| Some((s, s.checked_mul(count)?))) else {
            return Err(FrameError::OutOfMemory { bytes: u64::MAX });
        };
        let free = (0..capacity).rev().collect();
        Ok(Self {
            shared: Arc::new(Shared {
                block: block(bytes)?,
                frame_bytes,
                stride,
                capacity: count,
                state: Mutex::new(State { free, closed: false }),
                returned: Condvar::new(),
            }),
        })
    }

    /// A free buffer, or `None` where every one is in use (or the pool is closed). Never waits.
    pub fn try_take(&self) -> Option<FrameBufferMut> {
        let mut state = self.shared.lock();
        if state.closed { None } else { state.free.pop().map(|index| self.lease(index)) }
    }

    /// Waits for a free buffer. `None`: the pool was closed.
    pub fn take(&self) -> Option<FrameBufferMut> {
        let mut state = self.shared.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(index) = state.free.pop() {
                return Some(self.lease(index));
            }
            state = self.shared.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for a free buffer, but not longer than `timeout`. `None`: time is up, or the pool was closed.
    pub fn take_timeout(&self, timeout: Duration) -> Option<FrameBufferMut> {
        let deadline = Instant::now() + timeout;
        let mut state = self.shared.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(index) = state.free.pop() {
                return Some(self.lease(index));
            }
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            state = self.shared.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends every wait for a buffer, now and later. Buffers in use stay valid.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.returned.notify_all();
    }

    /// Whether every wait for a buffer has ended.
    pub fn is_closed(&self) -> bool {
        self.shared.lock().closed
    }

    /// Buffers that nobody holds.
    pub fn available(&self) -> usize {
        self.shared.lock().free.len()
    }

    /// Buffers in all.
    pub fn capacity(&self) -> usize {
        self.shared.capacity
    }

    /// Bytes of one buffer, as it was asked for.
    pub fn frame_bytes(&self) -> usize {
        self.shared.frame_bytes
    }

    /// What the pool takes of the machine's memory, rounding to pages included.
    pub fn memory_bytes(&self) -> usize {
        self.shared.stride * self.shared.capacity
    }

    fn lease(&self, index: u32) -> FrameBufferMut {
        FrameBufferMut { lease: Lease { shared: Arc::clone(&self.shared), index } }
    }
}

/// A buffer being filled, by its one owner. Dropped unfrozen, it goes back to the pool. Holds what its last user left.
pub struct FrameBufferMut {
    lease: Lease,
}

/// A filled buffer that any number of threads read; goes back to the pool with the last `Arc`.
pub struct FrameBuffer {
    lease: Lease,
}

impl FrameBufferMut {
    /// Ends the filling: from now on any number of threads may read the buffer, and nobody writes it.
    pub fn freeze(self) -> Arc<FrameBuffer> {
        Arc::new(FrameBuffer { lease: self.lease })
    }
}

impl Deref for FrameBufferMut {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the lease is for `frame_bytes <= stride` initialised bytes that no other lease covers; the lease
        // keeps the block alive.
        unsafe { std::slice::from_raw_parts(self.lease.start(), self.lease.shared.frame_bytes) }
    }
}

impl DerefMut for FrameBufferMut {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `&mut self` is the only way to the bytes until the buffer is frozen.
        unsafe { std::slice::from_raw_parts_mut(self.lease.start(), self.lease.shared.frame_bytes) }
    }
}

impl Deref for FrameBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: as in `FrameBufferMut`; a frozen buffer is never written again before its lease has ended.
        unsafe { std::slice::from_raw_parts(self.lease.start(), self.lease.shared.frame_bytes) }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_buffer_returns_with_its_last_owner() {
        let pool = FramePool::new(100, 2).unwrap();
        let mut first = pool.try_take().unwrap();
        first.fill(7);
        let second = pool.try_take().unwrap();
        assert!(pool.try_take().is_none());
        let shared = first.freeze();
        let again = Arc::clone(&shared);
        drop(shared);
        assert_eq!(pool.available(), 0);
        assert!(again.iter().all(|byte| *byte == 7));
        drop(again);
        drop(second);
        assert_eq!(pool.available(), 2);
    }

    #[test]
    fn buffers_do_not_overlap_and_are_aligned() {
        let pool = FramePool::new(4097, 5).unwrap();
        let mut all: Vec<_> = (0..5).map(|_| pool.try_take().unwrap()).collect();
        for (number, buffer) in all.iter_mut().enumerate() {
            assert_eq!(buffer.len(), 4097);
            assert_eq!(buffer.as_ptr().align_offset(BUFFER_ALIGNMENT), 0);
            assert!(buffer.iter().all(|byte| *byte == 0), "fresh buffers are zeroed");
            buffer.fill(number as u8 + 1);
        }
        for (number, buffer) in all.iter().enumerate() {
            assert!(buffer.iter().all(|byte| *byte == number as u8 + 1));
        }
    }

    #[test]
    fn buffers_outlive_their_pool() {
        let pool = FramePool::new(3 << 20, 2).unwrap();
        let mut buffer = pool.take().unwrap();
        drop(pool);
        buffer.fill(9);
        let frozen = buffer.freeze();
        assert_eq!((frozen[0], frozen[(3 << 20) - 1]), (9, 9));
    }

    #[test]
    fn an_untouched_pool_gives_zeroed_buffers_and_the_same_ones_again() {
        let pool = FramePool::untouched(3 << 20, 3).unwrap();
        for round in 0..5 {
            let mut buffer = pool.try_take().unwrap();
            assert!(buffer.iter().all(|byte| *byte == if round == 0 { 0 } else { 7 }));
            buffer.fill(7);
        }
        assert!(!pool.is_closed());
        pool.close();
        assert!(pool.is_closed() && pool.try_take().is_none());
    }

    #[test]
    fn a_waiting_take_gets_the_returned_buffer() {
        let pool = FramePool::new(16, 1).unwrap();
        let held = pool.take().unwrap();
        let waiter = thread::spawn({
            let pool = pool.clone();
            move || pool.take().is_some()
        });
        thread::sleep(Duration::from_millis(20));
        drop(held);
        assert!(waiter.join().unwrap());
    }

    #[test]
    fn close_ends_a_wait() {
        let pool = FramePool::new(16, 1).unwrap();
        let held = pool.take().unwrap();
        let waiter = thread::spawn({
            let pool = pool.clone();
            move || (pool.take().is_none(), pool.take_timeout(Duration::from_secs(60)).is_none())
        });
        thread::sleep(Duration::from_millis(20));
        pool.close();
        assert_eq!(waiter.join().unwrap(), (true, true));
        drop(held);
        assert!(pool.try_take().is_none());
    }

    #[test]
    fn a_timeout_is_kept() {
        let pool = FramePool::new(16, 1).unwrap();
        let _held = pool.take().unwrap();
        let before = Instant::now();
        assert!(pool.take_timeout(Duration::from_millis(30)).is_none());
        assert!(before.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn impossible_pools_are_refused() {
        assert_eq!(FramePool::new(0, 1).err(), Some(FrameError::EmptyPool { frame_bytes: 0, count: 1 }));
        assert_eq!(FramePool::new(1, 0).err(), Some(FrameError::EmptyPool { frame_bytes: 1, count: 0 }));
        assert!(matches!(FramePool::new(usize::MAX, 2).err(), Some(FrameError::OutOfMemory { .. })));
        assert!(matches!(FramePool::new(1 << 60, 4).err(), Some(FrameError::OutOfMemory { .. })));
    }
}
