//! The threads that encode and write, one a core, shared by all streams of the process.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

/// Work of a stream, in parts that any thread may do.
pub(crate) trait Work: Send + Sync {
    /// Does part `part` on worker number `worker`. Must not panic.
    fn run(self: Arc<Self>, part: u32, worker: usize);
}

pub(crate) struct Workers {
    queue: Mutex<VecDeque<(Arc<dyn Work>, u32)>>,
    filled: Condvar,
    count: usize,
}

impl Workers {
    /// The process's encoders, one a core; started with the first call, they live as long as the process.
    pub fn encoders() -> &'static Self {
        static ENCODERS: OnceLock<&'static Workers> = OnceLock::new();
        ENCODERS.get_or_init(|| Self::start("code", std::thread::available_parallelism().map_or(2, usize::from).max(2)))
    }

    /// Threads that write past the page cache: they wait for the disk and take no core, so there are more of them.
    pub fn writers() -> &'static Self {
        static WRITERS: OnceLock<&'static Workers> = OnceLock::new();
        WRITERS.get_or_init(|| Self::start("write", zarrcam_zarr::DIRECT_WRITERS))
    }

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

    pub fn count(&self) -> usize {
        self.count
    }

    /// Queues part `part` of the work `times` times. First come, first served: a frame that is older is done earlier.
    pub fn submit(&self, work: &Arc<impl Work + 'static>, part: u32, times: u32) {
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
