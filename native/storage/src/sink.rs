use std::path::PathBuf;
use std::sync::Arc;

use zarrcam_acquisition::{DatasetEnd, LossCause};
use zarrcam_config::{CameraSettings, ResolvedStorage};
use zarrcam_frame::Frame;

use crate::StorageError;

/// All that a storage device must know before the first frame.
#[derive(Clone, Debug)]
pub struct SinkSpec {
    /// Where the dataset is to be made, resolved by the caller; `None` only for `trash`.
    pub path: Option<PathBuf>,
    /// What is to be written, nothing left open.
    pub storage: ResolvedStorage,
    /// The name of this run, by which readers tell two runs at one path apart.
    pub run_id: String,
    /// The camera, as the user knows it.
    pub camera_name: String,
    /// Its settings, kept with the dataset.
    pub camera: CameraSettings,
    /// Whether a run that overwrites may replace a dataset that holds files which no writer of ours made; they are deleted with it.
    pub replace_foreign_files: bool,
}

/// Takes the frames of one stream in order of capture.
pub trait FrameSink: Send {
    /// Notes that the run begins: what the dataset replaces is deleted now, and not only with the first frame.
    fn begin(&mut self) {}

    /// Gives the run up before it began: everything is as it was before the sink was opened.
    fn cancel(self: Box<Self>);

    /// Takes the frame with this index. May block for a buffer: that is the back-pressure.
    ///
    /// On an error the sink has not accepted this frame, and accepts none after it.
    fn append(&mut self, frame_index: u64, frame: Frame) -> Result<(), StorageError>;

    /// Notes a frame that was lost: its index stays fill, so that nothing shifts, and its hardware id is listed.
    fn skip(&mut self, frame_index: u64, hardware_id: u64, cause: LossCause) -> Result<(), StorageError>;

    /// Notes how capture ended, before `finish`; a failure of the sink's own weighs more. Where nobody says it, the run is
    /// complete where its frames are.
    fn capture_ended(&mut self, _end: CaptureEnd) {}

    /// Ends the run: all that was accepted is stored, sealed and published. With `give_up` what is not stored yet is lost.
    fn finish(self: Box<Self>, give_up: bool) -> Result<(), StorageError>;
}

/// How capture ended, as the camera's side knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureEnd {
    /// One past the last frame index that was captured, in part or lost since included.
    pub captured_end: u64,
    /// Complete, stopped, failed or interrupted, and why.
    pub end: DatasetEnd,
}

/// What a sink tells while it works, from any of its threads and in any order of frames.
#[derive(Clone, Debug)]
pub enum SinkEvent {
    /// The bytes and the record of this frame have left the process.
    Stored { frame_index: u64 },
    /// This frame was accepted, perhaps stored, and is gone now.
    Lost { frame_index: u64 },
    /// Other programs can read so much now.
    Published {
        /// One past the last frame index before which all are stored or lost.
        frames_published: u64,
        /// The shape of the full level, slowest axis first.
        shape: Vec<u64>,
    },
    /// Nothing more will be stored; `Lost` follows for each accepted frame that is not.
    Failed(Arc<StorageError>),
    /// Something went wrong that costs no frame, in words for the user.
    Warning(String),
}

/// What takes the events of a sink; it is called from its threads and must not wait.
pub type SinkEvents = Arc<dyn Fn(SinkEvent) + Send + Sync>;
