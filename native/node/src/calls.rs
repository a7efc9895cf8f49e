//! The threads that answer calls: a few of each kind, so that calls of one kind never wait for those of another.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Calls that may wait for a thread, of each kind. A caller with more of them open is not waiting for answers.
pub const MOST_WAITING: usize = 10_000;

/// A thread that has nothing to do ends after so long.
const IDLE: Duration = Duration::from_secs(5);

/// The bytes of datasets, for the page and for readers: short, and many at once.
pub static READS: CallPool = CallPool::new("zarrcam read", 8);

/// Frames of a recording, for programs that take all of them: a copy each, and several readers at once.
pub static FRAMES: CallPool = CallPool::new("zarrcam frames", 4);

/// What is asked of a document or a dataset: as long as a disk takes.
pub static QUESTIONS: CallPool = CallPool::new("zarrcam ask", 4);

/// What takes the cameras for itself, one after the other: up to a few seconds each. More than one thread, since a call
/// that wants the cameras ends a measurement that has them.
pub static OPERATIONS: CallPool = CallPool::new("zarrcam do", 4);

/// Repairs of datasets: minutes.
pub static REPAIRS: CallPool = CallPool::new("zarrcam repair", 2);

/// Ends of runtimes: they wait for what was captured to be stored, and nothing may keep them from beginning.
pub static ENDS: CallPool = CallPool::new("zarrcam end", 2);

/// Told why, where no thread will do it.
type Job = Box<dyn FnOnce(Result<(), Refused>) + Send>;

/// Threads for calls of one kind: made when they are needed, never more than stated.
pub struct CallPool {
    name: &'static str,
    most_threads: usize,
    state: Mutex<State>,
    job_came: Condvar,
}

struct State {
    waiting: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

/// Why a call was not taken.
#[derive(Debug)]
pub enum Refused {
    /// [`MOST_WAITING`] calls wait already.
    Full,
    /// The system gave no thread, and there is none.
    NoThread(std::io::Error),
}

impl CallPool {
    const fn new(name: &'static str, most_threads: usize) -> Self {
        let state = State { waiting: VecDeque::new(), threads: 0, idle: 0 };
        Self { name, most_threads, state: Mutex::new(state), job_came: Condvar::new() }
    }

    /// A job is taken out or put in as a whole, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a job once: on one of the threads, in the order of their coming, or here and now with the reason why not.
    pub fn run(&'static self, job: impl FnOnce(Result<(), Refused>) + Send + 'static) {
        let mut state = self.lock();
        if state.waiting.len() >= MOST_WAITING {
            drop(state);
            return job(Err(Refused::Full));
        }
        state.waiting.push_back(Box::new(job));
        if state.waiting.len() <= state.idle || state.threads == self.most_threads {
            drop(state);
            return self.job_came.notify_one();
        }
        match thread::Builder::new().name(self.name.to_owned()).spawn(|| self.work()) {
            Ok(_) => state.threads += 1,
            // The others will come to it.
            Err(_) if state.threads > 0 => {}
            Err(error) => {
                let job = state.waiting.pop_back();
                drop(state);
                if let Some(job) = job {
                    job(Err(Refused::NoThread(error)));
                }
            }
        }
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                drop(state);
                // Whoever waits for a job that panicked was told by the job itself.
                let _ = catch_unwind(AssertUnwindSafe(|| job(Ok(()))));
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let (woken, wait) = self.job_came.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if wait.timed_out() && state.waiting.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Barrier, mpsc};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn many_jobs_are_all_done_by_few_threads() {
        static POOL: CallPool = CallPool::new("test many", 3);
        let (done, answers) = mpsc::channel();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for number in 0..200 {
            let (done, now, most) = (done.clone(), Arc::clone(&now), Arc::clone(&most));
            let job = move |_| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(Duration::from_micros(200));
                now.fetch_sub(1, Ordering::SeqCst);
                done.send(number).unwrap();
            };
            POOL.run(job);
        }
        let mut answered: Vec<i32> = (0..200).map(|_| answers.recv_timeout(PATIENCE).unwrap()).collect();
        answered.sort_unstable();
        assert_eq!(answered, (0..200).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 3 && POOL.lock().threads <= 3);
    }

    #[test]
    fn jobs_that_wait_for_each_other_find_a_thread_each() {
        static POOL: CallPool = CallPool::new("test wait", 4);
        for _ in 0..50 {
            let barrier = Arc::new(Barrier::new(5));
            for _ in 0..4 {
                let barrier = Arc::clone(&barrier);
                POOL.run(move |_| {
                    barrier.wait();
                });
            }
            barrier.wait();
        }
    }

    #[test]
    fn a_job_that_panics_costs_no_thread() {
        static POOL: CallPool = CallPool::new("test panic", 1);
        let (done, answers) = mpsc::channel();
        for number in 0..10 {
            let done = done.clone();
            POOL.run(move |_| {
                done.send(number).unwrap();
                assert!(number % 2 == 1, "on purpose");
            });
        }
        assert!((0..10).all(|number| answers.recv_timeout(PATIENCE) == Ok(number)));
    }

    #[test]
    fn a_caller_who_does_not_wait_for_answers_is_refused() {
        static POOL: CallPool = CallPool::new("test full", 1);
        let (let_go, held) = mpsc::channel::<()>();
        let (holds, begun) = mpsc::channel();
        POOL.run(move |_| {
            holds.send(()).unwrap();
            let _ = held.recv();
        });
        begun.recv_timeout(PATIENCE).unwrap();
        let (done, answers) = mpsc::channel();
        for _ in 0..=MOST_WAITING {
            let done = done.clone();
            POOL.run(move |taken| done.send(taken.is_ok()).unwrap());
        }
        assert_eq!(answers.recv_timeout(PATIENCE), Ok(false), "one too many, told at once");
        drop(let_go);
        assert!((0..MOST_WAITING).all(|_| answers.recv_timeout(PATIENCE) == Ok(true)));
    }
}
