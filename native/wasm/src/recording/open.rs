//! How a recording begins.

use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::{Arc, PoisonError};

use serde::Deserialize;
use serde_json::Value;
use zarrcam_acquisition::{FrameIndexer, LedgerBook, StopCondition, TimePoints, Undecided};
use zarrcam_config::StorageFormat;
use zarrcam_frame::Mean;
use zarrcam_storage::{ImagePath, SinkSpec, ZarrSink, write_recorded_settings_in};

use super::{Events, Recording, Sink};
use crate::calls::{stream_of, stream_to_record};
use crate::figures::Tally;
use crate::store::Store;
use crate::text::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// `null`: nothing is written.
    path: Option<PathBuf>,
    configuration: Value,
    stream: usize,
    run_id: String,
    /// The frames are those of a bridge's run: averaged already, and the camera is one that the bridge knows.
    of_bridge: bool,
    /// The cameras run into the picture alone.
    #[serde(default)]
    preview: bool,
    #[serde(default)]
    run_number: u32,
    #[serde(default)]
    started_unix_ms: f64,
    #[serde(default)]
    replace_foreign_files: bool,
}

impl Recording {
    /// Makes the dataset, and says how large a frame is, bytes. A document that validation refuses is refused.
    pub(super) fn open(open: Open, store: Option<NonNull<Store>>) -> Result<(Self, u64), Failure> {
        let video = if open.preview {
            stream_of(&open.configuration, open.stream)?
        } else {
            stream_to_record(&open.configuration, open.stream, open.of_bridge)?
        };
        let meaning = video.resolve();
        // A bridge has averaged its frames, and chosen their time points.
        let of_camera = !open.of_bridge && !open.preview;
        let frames_averaged = if of_camera { meaning.frames_averaged } else { 1 };
        let interval_us = if of_camera { meaning.time_point_interval_us } else { 0.0 };
        let frame_bytes =
            if open.of_bridge { meaning.storage.frame_bytes() } else { meaning.camera_frame_bytes() as u64 };
        let frame_limit = if open.preview { None } else { meaning.storage.frame_limit };
        let pixels = video.camera.settings.shape.iter().map(|side| *side as usize).product();
        let mean = meaning.mean_bytes().filter(|_| frames_averaged > 1);
        let events = Events::default();
        let sink = match (open.preview, store) {
            (true, _) => Sink::Preview,
            _ if meaning.storage.format == Some(StorageFormat::Trash) => Sink::Trash,
            (_, None) => return Err(Failure::invalid("A dataset is made in a store.")),
            (_, Some(store)) => {
                // SAFETY: as the caller says.
                let store = unsafe { store.as_ref() };
                let spec = SinkSpec {
                    path: open.path.clone(),
                    storage: meaning.storage.clone(),
                    run_id: open.run_id.clone(),
                    camera_name: video.camera_name().to_owned(),
                    camera: video.camera.settings.clone(),
                    replace_foreign_files: open.replace_foreign_files,
                };
                let target = store.target.as_target();
                let sink = ZarrSink::create_in(&target, &spec, ImagePath::default(), {
                    let (events, target) = (Arc::clone(&events), store.target.clone());
                    Arc::new(move |event| {
                        events.lock().unwrap_or_else(PoisonError::into_inner).push_back((target.mark(), event));
                    })
                })?;
                write_recorded_settings_in(&*target, spec.path.as_deref().unwrap_or(Path::new("")), &video)?;
                Sink::Zarr(Box::new(sink))
            }
        };
        let recording = Self {
            store: store.filter(|_| matches!(sink, Sink::Zarr(_))),
            sink,
            events,
            indexer: FrameIndexer::new(frames_averaged, frame_limit, 0),
            book: LedgerBook::new(frames_averaged, 0),
            condition: StopCondition::new(frame_limit),
            undecided: Undecided::default(),
            time_points: TimePoints::new(interval_us, meaning.frames_per_time_point()),
            ids: 0..u64::MAX,
            last_index: None,
            mean: mean.map(|bytes| (Mean::new(pixels, video.camera.settings.pixel_type), vec![0; bytes])),
            published: None,
            error: None,
            warnings: Vec::new(),
            tally: Tally {
                stream: open.stream as u32,
                name: video.display_name(open.stream),
                frame_limit,
                frames_averaged: frames_averaged.into(),
                resolved: meaning,
                path: open.path.filter(|_| !open.preview).map(|path| path.display().to_string()),
                run_id: (!open.preview).then_some(open.run_id),
                run_number: open.run_number,
                started_unix_ms: open.started_unix_ms,
                shown: 0,
                meter: Default::default(),
            },
        };
        Ok((recording, frame_bytes))
    }
}
