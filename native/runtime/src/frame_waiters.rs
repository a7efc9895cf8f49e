use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::RuntimeError;
use crate::stream::FrameClient;

/// Clients that came before their run.
#[derive(Default)]
pub struct FrameWaiters(Mutex<Vec<(u32, Arc<FrameClient>)>>);

impl FrameWaiters {
    fn lock(&self) -> MutexGuard<'_, Vec<(u32, Arc<FrameClient>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, stream: u32, client: Arc<FrameClient>) {
        let mut waiters = self.lock();
        waiters.retain(|(_, client)| client.is_waiting());
        waiters.push((stream, client));
    }

    pub fn take(&self) -> Vec<(u32, Arc<FrameClient>)> {
        std::mem::take(&mut *self.lock())
    }

    /// Those that somebody waits for.
    pub fn streams(&self) -> Vec<u32> {
        self.lock().iter().filter(|(_, client)| client.is_waiting()).map(|(stream, _)| *stream).collect()
    }

    /// No recording will come.
    pub fn close(&self) {
        self.take().iter().for_each(|(_, client)| client.fail(RuntimeError::closed()));
    }
}
