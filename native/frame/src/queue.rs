use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Frame;

/// A bounded first-in first-out queue between threads: any number on either side, nobody spins.
///
/// Close it, and what is in it can still be taken; who waits wakes up. It carries [`Frame`]s, or whatever a stream has
/// to keep in order with them (gaps, say).
pub struct FrameQueue<T = Frame> {
    capacity: usize,
    state: Mutex<State<T>>,
    /// An item came, or the queue was closed.
    filled: Condvar,
    /// An item went, or the queue was closed.
    emptied: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

/// Why an item was not taken; it is handed back.
#[derive(Debug, PartialEq, Eq)]
pub enum PushError<T> {
    Full(T),
    Closed(T),
}

/// What a wait with a timeout brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Popped<T> {
    Item(T),
    TimedOut,
    /// Closed and empty: nothing will ever come.
    Closed,
}

impl<T> FrameQueue<T> {
    /// A queue for `capacity` items, at least one.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self {
            capacity,
            state: Mutex::new(State { items: VecDeque::with_capacity(capacity), closed: false }),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        }
    }

    /// No code runs under the lock that could leave the queue half changed, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends, or hands the item back at once.
    pub fn try_push(&self, item: T) -> Result<(), PushError<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(PushError::Closed(item));
        }
        if state.items.len() == self.capacity {
            return Err(PushError::Full(item));
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Appends, waiting for room. The item comes back where the queue is closed.
    pub fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        while !state.closed && state.items.len() == self.capacity {
            state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(item);
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// The oldest item, waiting for one. `None`: closed and empty.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                drop(state);
                self.emptied.notify_one();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The oldest item, where there is one. Never waits.
    pub fn try_pop(&self) -> Option<T> {
        let item = self.lock().items.pop_front();
        if item.is_some() {
            self.emptied.notify_one();
        }
        item
    }

    /// The oldest item, waiting for one, but not longer than `timeout`.
    pub fn pop_timeout(&self, timeout: Duration) -> Popped<T> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                drop(state);
                self.emptied.notify_one();
                return Popped::Item(item);
            }
            if state.closed {
                return Popped::Closed;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Popped::TimedOut;
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes nothing more; what is in it can still be taken. Everyone who waits wakes up.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.emptied.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn keeps_the_order_and_its_bound() {
        let queue = FrameQueue::new(2);
        queue.try_push(1).unwrap();
        queue.try_push(2).unwrap();
        assert_eq!(queue.try_push(3), Err(PushError::Full(3)));
        assert_eq!((queue.len(), queue.capacity()), (2, 2));
        assert_eq!((queue.pop(), queue.try_pop(), queue.try_pop()), (Some(1), Some(2), None));
    }

    #[test]
    fn a_closed_queue_is_emptied_and_then_ends() {
        let queue = FrameQueue::new(2);
        queue.push(1).unwrap();
        queue.close();
        assert_eq!(queue.try_push(2), Err(PushError::Closed(2)));
        assert_eq!(queue.push(3), Err(3));
        assert_eq!(queue.pop_timeout(Duration::ZERO), Popped::Item(1));
        assert_eq!(queue.pop_timeout(Duration::from_secs(60)), Popped::Closed);
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn close_wakes_both_sides() {
        let full = Arc::new(FrameQueue::new(1));
        full.push(0).unwrap();
        let empty = Arc::new(FrameQueue::<i32>::new(1));
        let pusher = thread::spawn({
            let full = Arc::clone(&full);
            move || full.push(1)
        });
        let popper = thread::spawn({
            let empty = Arc::clone(&empty);
            move || empty.pop()
        });
        thread::sleep(Duration::from_millis(20));
        full.close();
        empty.close();
        assert_eq!(pusher.join().unwrap(), Err(1));
        assert_eq!(popper.join().unwrap(), None);
    }

    #[test]
    fn a_timeout_is_kept() {
        let queue = FrameQueue::<i32>::new(1);
        let before = Instant::now();
        assert_eq!(queue.pop_timeout(Duration::from_millis(30)), Popped::TimedOut);
        assert!(before.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn nothing_is_lost_between_many_threads() {
        let queue = Arc::new(FrameQueue::new(3));
        let pushers: Vec<_> = (0..3_u64)
            .map(|pusher| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || (0..2000).for_each(|item| queue.push(pusher * 2000 + item).unwrap()))
            })
            .collect();
        let poppers: Vec<_> = (0..2)
            .map(|_| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || std::iter::from_fn(|| queue.pop()).collect::<Vec<_>>())
            })
            .collect();
        pushers.into_iter().for_each(|pusher| pusher.join().unwrap());
        queue.close();
        let mut all: Vec<u64> = poppers.into_iter().flat_map(|popper| popper.join().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..6000).collect::<Vec<_>>());
    }
}
