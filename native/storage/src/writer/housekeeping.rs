use std::time::Duration;

use zarrcam_config::Durability;

use crate::interval::Interval;
use crate::layers::seal;
use crate::targets::TargetLock;
use crate::writer::engine::Engine;
use crate::{SinkEvent, StorageError};

/// `shape` and `Published` move at most this often.
const PUBLISH_PERIOD: Duration = Duration::from_millis(250);
/// How often the writer looks whether its folder is still there.
const LOOK_PERIOD: Duration = Duration::from_millis(500);
/// Durability `second`.
const SYNC_PERIOD: Duration = Duration::from_millis(900);

/// The housekeeping thread.
pub(super) fn keep_house(engine: &Engine, lock: &dyn TargetLock) {
    let mut house = Housekeeping::new();
    while !engine.stopped_within(PUBLISH_PERIOD) {
        house.look_after(engine, lock);
    }
}

/// Shape and events at their pace, syncs of durability `second`, and whether the folder is there.
pub(super) struct Housekeeping {
    round: Interval,
    look: Interval,
    sync: Interval,
}

impl Housekeeping {
    pub fn new() -> Self {
        let [round, look, sync] = [PUBLISH_PERIOD, LOOK_PERIOD, SYNC_PERIOD].map(Interval::new);
        Self { round, look, sync }
    }

    /// As the housekeeping thread does, for a caller that comes more often.
    pub fn look_after_if_due(&mut self, engine: &Engine, lock: &dyn TargetLock) {
        if self.round.is_due() {
            self.look_after(engine, lock);
        }
    }

    fn look_after(&mut self, engine: &Engine, lock: &dyn TargetLock) {
        if engine.has_failed() {
            return;
        }
        if self.look.is_due() && !lock.is_in_place() {
            engine.fail(StorageError::Removed { path: engine.store.root().to_owned() });
            return;
        }
        if engine.store.durability() == Durability::Second
            && self.sync.is_due()
            && let Err(error) = sync_open(engine)
        {
            engine.fail(error);
            return;
        }
        publish(engine);
    }
}

/// Forces what is stored, and not sealed yet, to the disk.
fn sync_open(engine: &Engine) -> Result<(), StorageError> {
    let layers: Vec<_> = engine.state().progress.layers.values().filter_map(|open| open.layer.clone()).collect();
    layers.iter().try_for_each(|layer| layer.spill.file.sync_data())?;
    if let Some(in_place) = &engine.in_place {
        seal::sync_in_place(&engine.store, &in_place.open_files())?;
    }
    engine.log.sync()
}

/// Tells other programs what they can read: `shape` on disk, and the event.
pub(super) fn publish(engine: &Engine) {
    let mut reported = engine.reported();
    let layout = engine.store.layout();
    let (prefix, stored, sealed_layers) = {
        let state = engine.state();
        (state.progress.prefix, state.progress.stored.len(), state.progress.sealed_prefix)
    };
    let per_append = layout.frames_per_append();
    let frame_count = match engine.in_place {
        Some(_) => prefix / per_append * per_append,
        None => (sealed_layers * layout.frames_per_layer()).min(prefix),
    };
    if frame_count > reported.frame_count {
        let sync = engine.store.durability() != Durability::None;
        if let Err(error) = engine.store.write_shape(frame_count, sync) {
            drop(reported);
            engine.fail(error);
            return;
        }
        reported.frame_count = frame_count;
    }
    if prefix > reported.prefix && stored > 0 {
        reported.prefix = prefix;
        engine.emit(SinkEvent::Published { frames_published: prefix, shape: layout.shape(0, prefix) });
    }
}
