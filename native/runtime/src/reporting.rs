//! What the world is told of the state, the configuration and the run, asked and unasked.

use zarrcam_acquisition::{ConfigurationChange, Event, LossPage, RuntimeState, StateChange, Stats};
use zarrcam_config::AppliedConfiguration;

use crate::error::RuntimeError;
use crate::runtime::{Inner, Runtime, now_unix_ms};
use crate::session::Session;

/// The statistics hold so many ranges of lost frames; `losses` has the rest.
const LOSSES_IN_STATS: u64 = 1000;

impl Runtime {
    /// What the runtime does now.
    pub fn state(&self) -> RuntimeState {
        self.inner.lock().runtime_state()
    }

    /// The configuration in force.
    pub fn configuration(&self) -> AppliedConfiguration {
        self.inner.lock().document.applied()
    }

    /// Tells how the run stands that goes on, or how the last one did.
    pub fn stats(&self) -> Stats {
        self.inner.stats(None)
    }

    /// Which frames of a stream are lost: `count` ranges at most, from the range with number `from` on. Of the run that
    /// goes on, or of the last one.
    pub fn losses(&self, stream: u32, from: u64, count: u64) -> Result<LossPage, RuntimeError> {
        let state = self.inner.lock();
        let session = state.activity.session_or_last();
        let run = session.and_then(|session| session.streams.iter().find(|run| run.spec.index == stream));
        match run {
            Some(run) => Ok(run.losses(from, count)),
            None => state.stream(stream).map(|_| LossPage { from, ..LossPage::default() }),
        }
    }
}

impl Inner {
    /// Tells everybody what the runtime does now.
    pub fn emit_state(&self) {
        let state = self.lock();
        let session = state.activity.session_or_last();
        let change = StateChange {
            state: state.runtime_state(),
            run_id: session.filter(|session| session.records).map(|session| session.run_id.clone()),
            run_number: session.map(|session| session.run_number),
        };
        drop(state);
        self.emit(Event::State(change));
    }

    /// Tells everybody the configuration in force. `changed_by`: a page's session, "cli", "runtime".
    pub fn emit_configuration(&self, changed_by: &str) {
        let AppliedConfiguration { configuration, revision } = self.lock().document.applied();
        self.emit(Event::Configuration(ConfigurationChange {
            revision,
            changed_by: changed_by.to_owned(),
            configuration,
        }));
    }

    /// `of`: the session to speak of; `None`: the current or the last one.
    pub fn stats(&self, of: Option<&Session>) -> Stats {
        let state = self.lock();
        let current = state.activity.session_or_last().cloned();
        let runtime_state = state.runtime_state();
        drop(state);
        let session = of.or(current.as_deref());
        let preview_limit_fps = self.preview.limit_per_s();
        Stats {
            state: runtime_state,
            unix_ms: now_unix_ms(),
            run_id: session.filter(|session| session.records).map(|session| session.run_id.clone()),
            run_number: session.map(|session| session.run_number),
            streams: session.map_or_else(Vec::new, |session| {
                session.streams.iter().map(|run| run.stats(LOSSES_IN_STATS, preview_limit_fps)).collect()
            }),
        }
    }
}
