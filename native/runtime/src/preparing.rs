//! A stream of a run before its camera runs: buffers, and an open store. All that may fail fails here.

use std::sync::Arc;

use zarrcam_acquisition::{Event, LogLevel, Published};
use zarrcam_checking::Places;
use zarrcam_config::{StorageFormat, VideoStream};
use zarrcam_frame::FramePool;
use zarrcam_storage::{FrameSink, SinkEvent, SinkSpec, open_sink, write_recorded_settings};

use crate::error::RuntimeError;
use crate::runtime::{Inner, now_unix_ms};
use crate::signal::Signal;
use crate::start::{StartOptions, Started};
use crate::starting::is_saved;
use crate::stream::sizing::{mean_frames, pool_frames};
use crate::stream::{Destination, StreamRun, StreamSpec, sink_spec};

/// Where a stream's frames are stored; `None`: nowhere, in a preview.
pub type OpenSink = Option<Box<dyn FrameSink>>;

/// A preview needs a buffer to fill, and those that are looked at.
const PREVIEW_FRAMES: usize = 6;

/// The stores of a start, one a stream. Where the start fails they leave nothing behind: what was just made is removed, and
/// what it replaced is back.
#[derive(Default)]
pub struct OpenSinks(pub Vec<OpenSink>);

impl OpenSinks {
    /// The start did not fail.
    pub fn keep(mut self) -> Vec<OpenSink> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for OpenSinks {
    fn drop(&mut self) {
        std::mem::take(&mut self.0).into_iter().flatten().for_each(|sink| sink.cancel());
    }
}

impl Inner {
    /// Buffers and an open store: all that can fail before the camera runs.
    pub fn prepare(
        self: &Arc<Self>,
        StartOptions { record, replace_foreign_files, store_here, .. }: StartOptions,
        index: u32,
        video: &VideoStream,
        started: &Started,
        signal: &Arc<Signal>,
    ) -> Result<(Arc<StreamRun>, OpenSink), RuntimeError> {
        let resolved = video.resolve();
        let frame_bytes = resolved.camera_frame_bytes();
        let path = if record && store_here { self.names.path_of(video)? } else { None };
        let (pool, destination) = if record {
            let pool = FramePool::new(frame_bytes, pool_frames(frame_bytes, resolved.camera_frames()));
            let pool = pool.map_err(RuntimeError::no_memory)?;
            let means = resolved.mean_bytes().map(|bytes| FramePool::new(bytes, mean_frames(bytes)));
            let means = means.transpose().map_err(RuntimeError::no_memory)?;
            (pool, Destination::Storage { means })
        } else {
            let pool = FramePool::new(frame_bytes, PREVIEW_FRAMES).map_err(RuntimeError::no_memory)?;
            (pool, Destination::Preview)
        };
        let mut storage = resolved.storage.clone();
        if !store_here {
            storage.format = Some(StorageFormat::Trash);
        }
        let sink_spec = sink_spec(video, storage, path.clone(), &started.run_id);
        let sink_spec = SinkSpec { replace_foreign_files, ..sink_spec };
        let spec = StreamSpec {
            index,
            name: video.display_name(index as usize),
            video: video.clone(),
            run_id: started.run_id.clone(),
            run_number: started.run_number,
            started_unix_ms: now_unix_ms(),
            path,
            clients_store: record && !store_here && is_saved(video),
            resolved,
        };
        let run = StreamRun::new(spec, pool, destination, Arc::clone(signal)).map_err(RuntimeError::no_memory)?;
        let run = Arc::new(run);
        let sink = if record { Some(self.open(&run, sink_spec)?) } else { None };
        Ok((run, sink))
    }

    fn open(self: &Arc<Self>, run: &Arc<StreamRun>, spec: SinkSpec) -> Result<Box<dyn FrameSink>, RuntimeError> {
        let index = run.spec.index;
        // `None`: nothing is written here, and of nothing more can be read.
        let dataset = run.spec.path.as_ref().map(|path| self.names.dataset_name(path));
        let weak_run = Arc::downgrade(run);
        let inner = Arc::clone(self);
        let events = Arc::new(move |event: SinkEvent| {
            let Some(run) = weak_run.upgrade() else { return };
            run.count(&event);
            match event {
                SinkEvent::Published { frames_published, shape } => {
                    let Some(dataset) = dataset.clone() else { return };
                    inner.emit(Event::Published(Published {
                        stream: index,
                        dataset,
                        run_id: run.spec.run_id.clone(),
                        run_number: run.spec.run_number,
                        frames_published,
                        shape,
                    }));
                }
                SinkEvent::Warning(message) => inner.log(LogLevel::Warning, Some(index), message),
                SinkEvent::Stored { .. } | SinkEvent::Lost { .. } | SinkEvent::Failed(_) => {}
            }
        });
        let sink = open_sink(spec, events).map_err(RuntimeError::from);
        let sink = sink.map_err(|error| error.at(format!("video[{index}].storage.settings.uri")))?;
        let path = run.spec.path.as_deref();
        if let Some(Err(error)) = path.map(|path| write_recorded_settings(path, &run.spec.video)) {
            self.log(LogLevel::Warning, Some(index), format!("The settings are not kept with the data: {error}"));
        }
        Ok(sink)
    }
}
