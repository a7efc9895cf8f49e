use std::path::PathBuf;

use zarrcam_config::{ResolvedStream, VideoStream};

/// What a stream of a run is, fixed at its start.
pub struct StreamSpec {
    /// Index of the stream in `video`.
    pub index: u32,
    /// What people call the stream.
    pub name: String,
    /// Its settings as they were applied.
    pub video: VideoStream,
    /// The id of the run; no other run has the same.
    pub run_id: String,
    /// Counts the runs of this process; preview messages carry it.
    pub run_number: u32,
    /// When the run began, wall clock, ms since 1970-01-01 UTC.
    pub started_unix_ms: f64,
    /// Where the dataset is made; `None`: nothing is written.
    pub path: Option<PathBuf>,
    /// Its storage are the clients of every frame.
    pub clients_store: bool,
    /// What `video` means, nothing left open.
    pub resolved: ResolvedStream,
}

#[cfg(test)]
impl StreamSpec {
    /// The only stream of a run that writes nothing.
    pub fn of_nothing_saved(name: &str, video: VideoStream) -> Self {
        Self {
            index: 0,
            name: name.to_owned(),
            resolved: video.resolve(),
            video,
            run_id: "run".to_owned(),
            run_number: 1,
            started_unix_ms: 0.0,
            path: None,
            clients_store: false,
        }
    }
}
