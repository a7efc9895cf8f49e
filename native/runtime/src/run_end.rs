//! What follows from a run's end: cameras at rest again, its summary to all who wait, the next names.

use std::path::PathBuf;
use std::sync::Arc;

use zarrcam_acquisition::{Event, LogLevel};
use zarrcam_frame::release_free_memory;

use crate::error::RuntimeError;
use crate::names::lexically_normal;
use crate::runtime::Inner;
use crate::session::{Session, StreamThreads, Watcher};

impl Inner {
    pub(crate) fn session_ended(&self, session: &Arc<Session>, threads: Vec<StreamThreads>) {
        let cameras: Vec<_> = threads.into_iter().map(StreamThreads::join).collect();
        let failed = session
            .streams
            .iter()
            .find_map(|run| run.error().map(|error| RuntimeError::of_stream(&run.spec.name, &error)));
        let summary = session.summary();
        let renamed = session.records && session.next_names && self.set_next_names(session);
        let waiting = {
            let mut state = self.lock();
            for (index, camera) in cameras {
                state.cameras.give_back(index, camera);
            }
            let waiting = std::mem::take(&mut state.waiting);
            if waiting.is_empty() {
                state.unreported.clone_from(&failed);
            }
            state.session = None;
            state.last = Some(Arc::clone(session));
            self.settled.notify_all();
            waiting
        };
        if session.records {
            release_free_memory();
        }
        self.emit(Event::Stats(self.stats(Some(session))));
        if session.records {
            self.emit(Event::RunEnded(summary.clone()));
        }
        if renamed {
            self.emit_configuration("runtime");
        }
        self.emit_state();
        for done in waiting {
            done(failed.clone().map_or_else(|| Ok(summary.clone()), Err));
        }
    }

    /// After a recording each stream's name counts on, so that the next one can start at once.
    fn set_next_names(&self, session: &Session) -> bool {
        let mut configuration = self.lock().document.current().clone();
        let mut taken: Vec<PathBuf> = Vec::new();
        for run in session.streams.iter().filter(|run| run.spec.path.is_some()) {
            let settings = &mut configuration.video[run.spec.index as usize].storage.settings;
            let next = settings
                .uri
                .as_deref()
                .and_then(|uri| self.names.next_free(uri, &|path| taken.contains(&lexically_normal(path))));
            if let Some(next) = next {
                taken.extend(self.names.resolve(&next).ok());
                settings.uri = Some(next);
                // A new name overwrites nothing.
                settings.overwrite = false;
            }
        }
        let mut state = self.lock();
        let changed = *state.document.current() != configuration;
        if changed {
            state.document.replace(configuration, "runtime");
        }
        changed
    }
}

impl Watcher for Inner {
    fn tick(&self, session: &Session) {
        self.emit(Event::Stats(self.stats(Some(session))));
    }

    fn log(&self, level: LogLevel, stream: u32, message: String) {
        Inner::log(self, level, Some(stream), message);
    }
}
