//! A stream between a camera and a sink that misbehave on purpose.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use zarrcam_acquisition::{Ledger, LossCause, StopRequest, StreamErrorCode};
use zarrcam_camera::{Applied, Camera, CameraControl, CameraError, CameraFeatures, Captured, Pacing};
use zarrcam_config::{CameraSettings, VideoStream};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};
use zarrcam_storage::{FrameSink, SinkEvent, StorageError};

use super::frame_clients::{FrameClient, HEADER_BYTES};
use super::item::storage_channel;
use super::run::{Destination, StreamRun};
use super::spec::StreamSpec;
use super::{run_camera, run_storage};
use crate::preview::Preview;
use crate::signal::Signal;

const FRAME_BYTES: usize = 4 * 4;

/// Delivers frames of these ids, then does what it is told to.
struct ScriptedCamera {
    ids: Vec<u64>,
    next: usize,
    pacing: Pacing,
    at_the_end: AtTheEnd,
}

enum AtTheEnd {
    Fail,
    Panic,
    Stop,
}

impl Camera for ScriptedCamera {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        unreachable!("nobody asks while it runs")
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        Ok(Applied { settings: settings.clone(), frame_period_us })
    }

    fn pacing(&self) -> Pacing {
        self.pacing
    }

    fn frame_bytes(&self) -> usize {
        FRAME_BYTES
    }

    fn start(&mut self) -> Result<(), CameraError> {
        Ok(())
    }

    fn wait_exposure(&mut self, _: &CameraControl) -> Result<Captured, CameraError> {
        let Some(id) = self.ids.get(self.next) else {
            return match self.at_the_end {
                AtTheEnd::Fail => Err(CameraError::NoFrame { camera: "scripted".to_owned() }),
                AtTheEnd::Panic => panic!("on purpose"),
                AtTheEnd::Stop => Ok(Captured::Stopped),
            };
        };
        self.next += 1;
        Ok(Captured::Frame(FrameStamp { hardware_id: *id, ..FrameStamp::default() }))
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        buffer.fill(self.ids[self.next - 1] as u8);
        Ok(())
    }

    fn discard(&mut self) {}

    fn stop(&mut self) {}
}

/// What a sink was told, frame by frame: the pixel of a frame, or why there is none.
type Told = Arc<Mutex<Vec<(u64, Result<u8, LossCause>)>>>;

/// Stores at once, but fails at one frame index, and loses some that it stored when it ends.
struct ScriptedSink {
    run: Arc<StreamRun>,
    told: Told,
    fails_at: Option<u64>,
    loses: Vec<u64>,
    /// Takes them, and never says what became of them.
    forgets: HashSet<u64>,
}

impl FrameSink for ScriptedSink {
    fn append(&mut self, frame_index: u64, frame: Frame) -> Result<(), StorageError> {
        if self.fails_at == Some(frame_index) {
            return Err(StorageError::Removed { path: Path::new("gone").to_owned() });
        }
        let value = match frame.pixel_type {
            PixelType::F32 => f32::from_le_bytes(frame.buffer[..4].try_into().unwrap()) as u8,
            _ => frame.buffer[0],
        };
        self.told.lock().unwrap().push((frame_index, Ok(value)));
        if !self.forgets.contains(&frame_index) {
            self.run.count(&SinkEvent::Stored { frame_index });
        }
        Ok(())
    }

    fn skip(&mut self, frame_index: u64, _: u64, cause: LossCause) -> Result<(), StorageError> {
        self.told.lock().unwrap().push((frame_index, Err(cause)));
        Ok(())
    }

    fn cancel(self: Box<Self>) {}

    fn finish(self: Box<Self>, _: bool) -> Result<(), StorageError> {
        self.loses.iter().for_each(|frame_index| self.run.count(&SinkEvent::Lost { frame_index: *frame_index }));
        Ok(())
    }
}

struct Scene {
    ids: Vec<u64>,
    at_the_end: AtTheEnd,
    pacing: Pacing,
    limit: u64,
    average: u32,
    fails_at: Option<u64>,
    loses: Vec<u64>,
    forgets: HashSet<u64>,
    /// Buffers that somebody else holds from the beginning.
    taken: usize,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            ids: (0..10).collect(),
            at_the_end: AtTheEnd::Stop,
            pacing: Pacing::AsFastAsPossible,
            limit: u64::MAX,
            average: 0,
            fails_at: None,
            loses: Vec::new(),
            forgets: HashSet::new(),
            taken: 0,
        }
    }
}

struct Outcome {
    run: Arc<StreamRun>,
    ledger: Ledger,
    told: Vec<(u64, Result<u8, LossCause>)>,
}

impl Scene {
    fn play(self) -> Outcome {
        let mut video =
            VideoStream { max_frame_count: self.limit, frame_average_count: self.average, ..VideoStream::default() };
        video.camera.settings.shape = [4, 4];
        let spec = StreamSpec::of_nothing_saved("scripted", video);
        let pool = FramePool::new(FRAME_BYTES, 4).unwrap();
        let held: Vec<_> = (0..self.taken).map(|_| pool.try_take().unwrap()).collect();
        let means = (self.average > 1).then(|| FramePool::new(4 * FRAME_BYTES, 2).unwrap());
        let (to_storage, from_camera) = storage_channel(&pool);
        let run = StreamRun::new(spec, pool, Destination::Storage { means }, Arc::new(Signal::default()));
        let run = Arc::new(run.unwrap());
        let client = Arc::new(FrameClient::new(false));
        run.frame_tee.attach(&client, run.opening()).unwrap();
        let told = Told::default();
        let sink = ScriptedSink {
            run: Arc::clone(&run),
            told: Arc::clone(&told),
            fails_at: self.fails_at,
            loses: self.loses,
            forgets: self.forgets,
        };
        let mut camera = ScriptedCamera { ids: self.ids, next: 0, pacing: self.pacing, at_the_end: self.at_the_end };
        thread::scope(|scope| {
            scope.spawn(|| run_storage(&run, Box::new(sink), from_camera));
            scope.spawn(|| run_camera(&run, &mut camera, &Preview::new(), Some(to_storage)));
        });
        drop(held);
        assert!(run.has_ended());
        let ledger = run.stats(0, None).ledger;
        assert_eq!(ledger.captured, ledger.stored + ledger.dropped + ledger.in_flight, "{ledger:?}");
        assert_eq!(ledger.in_flight, 0, "{ledger:?}");
        assert_client_was_told_all(&client, ledger.captured.div_ceil(run.frames_averaged()));
        let told = told.lock().unwrap().clone();
        Outcome { run, ledger, told }
    }
}

/// However camera and sink misbehave: a client of the frames hears of each index once and in order, and of the end.
fn assert_client_was_told_all(client: &FrameClient, captured_end: u64) {
    let mut bytes = vec![0; 1 << 20];
    let count = client.read(&mut bytes);
    let (mut rest, mut next, mut ended) = (&bytes[..count], 0, false);
    while !rest.is_empty() {
        let u64_at = |at: usize| u64::from_le_bytes(rest[at..at + 8].try_into().unwrap());
        assert!(!ended);
        assert_eq!(u64_at(24), next);
        match rest[8] {
            2 | 3 => next += u64_at(32),
            4 => ended = true,
            _ => {}
        }
        rest = &rest[HEADER_BYTES + u64_at(16) as usize..];
    }
    assert!(ended);
    assert_eq!(next, captured_end);
}

fn counts(ledger: &Ledger) -> [u64; 5] {
    [ledger.captured, ledger.stored, ledger.dropped_camera, ledger.dropped_queue, ledger.dropped_storage]
}

#[test]
fn a_gap_keeps_its_frame_indices() {
    let outcome = Scene { ids: vec![0, 1, 4, 5], ..Scene::default() }.play();
    assert_eq!(counts(&outcome.ledger), [6, 4, 2, 0, 0]);
    let lost = Err(LossCause::Camera);
    assert_eq!(outcome.told, [(0, Ok(0)), (1, Ok(1)), (2, lost), (3, lost), (4, Ok(4)), (5, Ok(5))]);
}

#[test]
fn a_gap_at_the_end_of_a_limited_run_fills_it() {
    let outcome = Scene { ids: vec![0, 9], limit: 4, ..Scene::default() }.play();
    assert_eq!(counts(&outcome.ledger), [4, 1, 3, 0, 0]);
    assert_eq!(outcome.told.len(), 4, "the skips after the last frame are told as well");
}

#[test]
fn a_mean_with_a_hole_is_dropped_whole() {
    let outcome = Scene { ids: vec![0, 1, 2, 3, 5, 6, 7], average: 2, ..Scene::default() }.play();
    // 4 is missing, so the mean of 4 and 5 is; each frame index is told once.
    assert_eq!(counts(&outcome.ledger), [8, 6, 2, 0, 0]);
    assert_eq!(outcome.told, [(0, Ok(0)), (1, Ok(2)), (2, Err(LossCause::Camera)), (3, Ok(6))]);
}

#[test]
fn an_unfinished_mean_is_dropped() {
    let outcome = Scene { ids: vec![0, 1, 2], average: 2, ..Scene::default() }.play();
    assert_eq!((outcome.ledger.captured, outcome.ledger.stored, outcome.ledger.dropped), (3, 2, 1));
    assert_eq!(outcome.told.last(), Some(&(1, Err(LossCause::Camera))));
}

#[test]
fn a_paced_camera_without_buffers_drops_and_counts() {
    let pacing = Pacing::Paced { frame_period_us: 1.0 };
    let outcome = Scene { taken: 4, pacing, ..Scene::default() }.play();
    assert_eq!(counts(&outcome.ledger), [10, 0, 0, 10, 0]);
    assert_eq!(outcome.told.len(), 10);
    assert_eq!(outcome.run.losses(0, 10).ranges.len(), 1);
}

#[test]
fn a_camera_that_fails_loses_nothing_that_it_gave() {
    for at_the_end in [AtTheEnd::Fail, AtTheEnd::Panic] {
        let outcome = Scene { at_the_end, ..Scene::default() }.play();
        assert_eq!(counts(&outcome.ledger), [10, 10, 0, 0, 0]);
        assert_eq!(outcome.run.error().unwrap().code, StreamErrorCode::Camera);
    }
}

#[test]
fn ids_that_cannot_be_true_end_the_run() {
    for ids in [vec![0, 1, 1], vec![0, 5_000_000_000]] {
        let outcome = Scene { ids, ..Scene::default() }.play();
        assert!(outcome.ledger.captured <= 2);
        assert_eq!(outcome.run.error().unwrap().code, StreamErrorCode::Camera);
    }
}

#[test]
fn what_storage_fails_to_take_is_lost() {
    let outcome = Scene { fails_at: Some(3), loses: vec![1], ids: (0..50).collect(), ..Scene::default() }.play();
    assert_eq!(outcome.run.error().unwrap().code, StreamErrorCode::Storage);
    assert_eq!(outcome.ledger.stored, 2, "0 and 2; 1 was stored and then lost");
    assert_eq!(outcome.ledger.dropped, outcome.ledger.dropped_storage);
}

#[test]
fn what_storage_never_speaks_of_is_lost() {
    let outcome = Scene { forgets: [4, 7].into(), ..Scene::default() }.play();
    assert_eq!(counts(&outcome.ledger), [10, 8, 0, 0, 2]);
}

#[test]
fn a_run_of_no_frames_ends_by_itself() {
    let outcome = Scene { limit: 0, ..Scene::default() }.play();
    assert_eq!(counts(&outcome.ledger), [0; 5]);
    outcome.run.ask(StopRequest::Now);
    assert_eq!(outcome.told, []);
}
