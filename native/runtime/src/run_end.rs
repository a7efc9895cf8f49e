//! What follows from a run's end: cameras at rest, its summary to all who wait, the next names.

use std::sync::Arc;

use zarrcam_acquisition::{Event, LogLevel, StopRequest};
use zarrcam_checking::{Places, counted_on};
use zarrcam_frame::release_free_memory;

use crate::error::RuntimeError;
use crate::runtime::Inner;
use crate::session::{Session, StreamThreads, Watcher};

impl Inner {
    /// Ends a preview and waits for its end; who waits for it is answered.
    pub fn end_preview(&self, preview: Option<Arc<Session>>) {
        if let Some(preview) = preview {
            preview.ask(StopRequest::Now);
            drop(self.wait_session_ended());
        }
    }

    /// Joins the threads of a session whose streams have all ended, and tells everybody.
    pub fn end_session(self: &Arc<Self>, session: &Arc<Session>, threads: Vec<StreamThreads>) {
        let cameras: Vec<_> = threads.into_iter().map(StreamThreads::join).collect();
        let failure = session
            .streams
            .iter()
            .find_map(|run| run.error().map(|error| RuntimeError::of_stream(&run.spec.name, &error)));
        let renamed = session.records && session.next_names && self.set_next_names(session);
        let consequences = {
            let mut state = self.lock();
            for (index, camera) in cameras {
                state.cameras.give_back(index, camera);
            }
            let consequences = state.activity.session_ended(session, failure.as_ref());
            self.session_ended.notify_all();
            consequences
        };
        if session.records {
            release_free_memory();
        }
        self.emit(Event::Stats(self.stats(Some(session))));
        if session.records {
            self.emit(Event::RunEnded(session.summary()));
        }
        if renamed {
            self.emit_configuration("runtime");
        }
        self.emit_state();
        consequences.carry_out();
        self.snap_again();
    }

    /// After a recording each stream's name counts on, so that the next one can start at once.
    fn set_next_names(&self, session: &Session) -> bool {
        let names = &self.names;
        let named =
            session.streams.iter().filter(|run| names.path_of(&run.spec.video).is_ok_and(|path| path.is_some()));
        let named = named.map(|run| run.spec.index as usize);
        let configuration = counted_on(self.lock().document.current(), named, names);
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
