//! The logs of the data folder, of which only what was appended is read again.

use std::path::Path;
use std::sync::LazyLock;

use zarrcam_files::FileState;

use super::log_summary::{FollowedLog, LogSummary};
use super::remembered::Remembered;
use crate::frame_log::FrameLogReader;

struct Read {
    state: FileState,
    log: FollowedLog,
}

static READ: LazyLock<Remembered<Read>> = LazyLock::new(Remembered::default);

/// Sums a log up. Only what was appended since the last time is read.
pub(super) fn summary(path: &Path) -> LogSummary {
    READ.renew(path, |known| {
        let Ok(metadata) = std::fs::metadata(path) else { return (None, LogSummary::default()) };
        let state = FileState::of(&metadata);
        let mut read = match known.filter(|known| known.state.is_same_file(&state)) {
            Some(known) if known.state == state => known,
            Some(known) if known.log.good_bytes().is_some_and(|bytes| bytes <= state.bytes()) => known,
            _ => Read { state, log: FrameLogReader::open(path).ok().into() },
        };
        let summary = read.log.poll().clone();
        read.state = state;
        (Some(read), summary)
    })
}
