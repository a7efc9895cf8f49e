//! Who encodes and writes: threads, one a core, shared by all streams of the process; or whoever brings a frame.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

/// Work of a stream, in parts that any thread may do.
pub(crate) trait Work: Send + Sync {
    /// Does part `part` on worker number `worker`. Must not panic.
    fn run(self: Arc<Self>, part: u32, worker: usize);
}

/// Who does the parts of a work.
pub(crate) enum Workers {
    Threads(&'static Threads),
    /// Whoever submits them, at once: where there are no threads.
    Caller,
}

impl Workers {
    /// The process's encoders, one a core; started with the first call, they live as long as the process.
    pub fn encoders() -> Self {
        static ENCODERS: OnceLock<&'static Threads> = OnceLock::new();
        let count = || std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Self::Threads(ENCODERS.get_or_init(|| Threads::start("code", count())))
    }

    /// Threads that write past the page cache: they wait for the disk and take no core, so there are more of them.
    pub fn writers() -> Self {
        static WRITERS: OnceLock<&'static Threads> = OnceLock::new();
        Self::Threads(WRITERS.get_or_init(|| Threads::start("write", zarrcam_zarr::DIRECT_WRITERS)))
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Threads(threads) => threads.count,
            Self::Caller => 1,
        }
    }

    pub fn is_caller(&self) -> bool {
        matches!(self, Self::Caller)
    }

    /// Has part `part` of the work done `times` times. First come, first served: a frame that is older is done earlier.
    pub fn submit(&self, work: &Arc<impl Work + 'static>, part: u32, times: u32) {
        match self {
            Self::Threads(threads) => threads.submit(work, part, times),
            Self::Caller => (0..times).for_each(|_| Arc::clone(work).run(part, 0)),
        }
    }
}

/// Threads that do what comes, one part after the other.
pub(crate) struct Threads {
    queue: Mutex<VecDeque<(Arc<dyn Work>, u32)>>,
    filled: Condvar,
    count: usize,
}

impl Threads {
    fn start(name: &str, count: usize) -> &'static Self {
        let workers: &'static Self =
            Box::leak(Box::new(Self { queue: Mutex::default(), filled: Condvar::new(), count }));
        for worker in 0..count {
            let thread = std::thread::Builder::new().name(format!("zarrcam-{name}-{worker}"));
            // Without a single thread nothing could be stored; the caller's first wait would never end.
            thread.spawn(move || workers.serve(worker)).expect("the system refuses a thread");
        }
        workers
    }

    fn submit(&self, work: &Arc<impl Work + 'static>, part: u32, times: u32) {
        {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.extend((0..times).map(|_| (Arc::clone(work) as Arc<dyn Work>, part)));
        }
        if times > 1 { self.filled.notify_all() } else { self.filled.notify_one() }
    }

    fn serve(&self, worker: usize) {
        loop {
            let (work, part) = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                loop {
                    match queue.pop_front() {
                        Some(task) => break task,
                        None => queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner),
                    }
                }
            };
            work.run(part, worker);
        }
    }
}
