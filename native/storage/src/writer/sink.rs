use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use zarrcam_acquisition::LossCause;
use zarrcam_frame::{Frame, FramePool, FrameStamp};
use zarrcam_zarr::FRAMES_IN_FLIGHT;

use crate::frame_log::FrameLogWriter;
use crate::layers::seal::Sealer;
use crate::layers::tile_view;
use crate::store::end::EndFile;
use crate::store::{self, ImagePath, RunDescription, Store};
use crate::targets::{Replaced, Target, TargetLock};
use crate::writer::ending::Ending;
use crate::writer::engine::{Engine, Scratch};
use crate::writer::housekeeping::{Housekeeping, keep_house};
use crate::writer::job::Source;
use crate::writer::sealing::{Sealing, seal_layers};
use crate::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError};

/// Writes frames to a Zarr store as they come.
pub struct ZarrSink {
    pub(super) engine: Arc<Engine>,
    pub(super) lock: Arc<dyn TargetLock>,
    pub(super) threads: Vec<JoinHandle<()>>,
    /// `Some`: there are none, and whoever brings frames does their work as well.
    pub(super) inline: Option<Inline>,
    /// For frames that are only borrowed: buffers of our own, or what encoding them at once takes.
    copies: Option<FramePool>,
    helper: Option<Scratch>,
    pub(super) end_file: EndFile,
    pub(super) capture_end: Option<CaptureEnd>,
    pub(super) ending: Option<Ending>,
    replaced: Replaced,
}

/// What the threads of a store do, where there are none.
pub(super) struct Inline {
    pub sealing: Sealing,
    house: Housekeeping,
}

impl ZarrSink {
    /// Makes a store that is one image, and what writes it.
    #[cfg(unix)]
    pub fn create(spec: &SinkSpec, events: SinkEvents) -> Result<Self, StorageError> {
        Self::create_in(&crate::targets::files(), spec, ImagePath::default(), events)
    }

    /// Makes a store with one image at a path in it, and what writes it.
    #[cfg(unix)]
    pub fn create_image(spec: &SinkSpec, image: ImagePath, events: SinkEvents) -> Result<Self, StorageError> {
        Self::create_in(&crate::targets::files(), spec, image, events)
    }

    /// Makes a store on a target with one image at a path in it, and what writes it.
    pub fn create_in(
        target: &Arc<dyn Target>,
        spec: &SinkSpec,
        image: ImagePath,
        events: SinkEvents,
    ) -> Result<Self, StorageError> {
        let Some(path) = spec.path.clone() else {
            return Err(StorageError::MissingPath { name: spec.storage.device.clone() });
        };
        let store = Store::new(Arc::clone(target), path, RunDescription::new(spec, image))?;
        let (lock, mut replaced) = store::create(&store, spec.replace_foreign_files)?;
        match Self::begin_writing(store, lock, events) {
            Ok(mut sink) => {
                sink.replaced = replaced;
                Ok(sink)
            }
            Err(error) => {
                let _ = replaced.put_back();
                Err(error)
            }
        }
    }

    fn begin_writing(store: Store, lock: Box<dyn TargetLock>, events: SinkEvents) -> Result<Self, StorageError> {
        let lock: Arc<dyn TargetLock> = Arc::from(lock);
        let log = FrameLogWriter::create(&store)?;
        let end_file = EndFile::reserve(store.target(), &store.private())?;
        let replaced = Replaced::new(Arc::clone(store.target()));
        let sealer = Sealer::new(&store)?;
        let engine = Engine::new(store, log, events)?;
        let sealing = Sealing::new(sealer);
        let (threads, inline) = if engine.is_inline() {
            (Vec::new(), Some(Inline { sealing, house: Housekeeping::new() }))
        } else {
            (start_threads(&engine, &lock, sealing)?, None)
        };
        let (copies, helper, capture_end, ending) = (None, None, None, None);
        Ok(Self { engine, lock, threads, inline, copies, helper, end_file, capture_end, ending, replaced })
    }

    /// A frame that the caller wants back at once. With a fast codec it is encoded where it lies, by the caller's thread as well;
    /// else it is copied, straight into the order of tiles where that serves.
    pub fn append_copy(&mut self, frame_index: u64, stamp: FrameStamp, pixels: &[u8]) -> Result<(), StorageError> {
        self.begin();
        let layout = self.engine.store.layout();
        let expected = layout.frame_bytes();
        if pixels.len() != expected {
            return Err(StorageError::FrameSize { expected, got: pixels.len() });
        }
        if self.engine.is_inline() {
            self.make_room(frame_index);
            self.engine.admit(frame_index)?;
            self.engine.store_borrowed(frame_index, stamp, pixels)?;
            self.work_on();
            return Ok(());
        }
        if self.engine.borrows() {
            let scratch = match &mut self.helper {
                Some(scratch) => scratch,
                None => self.helper.insert(self.engine.new_scratch()?),
            };
            self.engine.admit(frame_index)?;
            return self.engine.encode_borrowed(frame_index, stamp, pixels, scratch);
        }
        let level = &layout.levels()[0];
        let as_tiles = layout.levels().len() == 1;
        let stride = self.engine.in_place.as_ref().map_or(level.tile_bytes, |files| files.stride(level.tile_bytes));
        let bytes = if as_tiles { level.tiles() * stride } else { expected };
        let pool = match &self.copies {
            Some(pool) => pool,
            None => {
                let pool = FramePool::new(bytes, FRAMES_IN_FLIGHT);
                self.copies.insert(pool.map_err(|_| StorageError::OutOfMemory { bytes: bytes as u64 })?)
            }
        };
        self.engine.admit(frame_index)?;
        let mut buffer = loop {
            match pool.take_timeout(Duration::from_millis(100)) {
                Some(buffer) => break buffer,
                None => self.engine.check()?,
            }
        };
        let source = if as_tiles {
            let plane = layout.plane_of(frame_index);
            for (tile, out) in buffer.chunks_exact_mut(stride).enumerate() {
                let out = &mut out[self.engine.shift(&plane, tile)..][..level.tile_bytes];
                tile_view(pixels, level.width, level.item_bytes, level.rect(tile), level.tile_width).gather(out);
            }
            Source::Tiles { buffer: buffer.freeze(), stride }
        } else {
            buffer.copy_from_slice(pixels);
            Source::Image(buffer.freeze())
        };
        self.engine.begin(frame_index, stamp, source).map(drop)
    }

    /// Without threads: seals where a frame would have to wait for that.
    fn make_room(&mut self, frame_index: u64) {
        let Some(inline) = &mut self.inline else { return };
        while self.engine.must_wait(frame_index) && inline.sealing.step(&self.engine).is_some() {}
    }

    /// Without threads: as much of what waits as one frame is worth, so that sealing keeps up with the frames.
    fn work_on(&mut self) {
        let Some(inline) = &mut self.inline else { return };
        let mut bytes = 0;
        while bytes < self.engine.store.layout().frame_bytes() as u64
            && let Some(sealed) = inline.sealing.step(&self.engine)
        {
            bytes += sealed;
        }
        inline.house.look_after_if_due(&self.engine, &*self.lock);
    }

    fn end_threads(&mut self) {
        if self.threads.is_empty() {
            return;
        }
        self.engine.give_up();
        self.engine.drain();
        self.engine.stop();
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

impl FrameSink for ZarrSink {
    fn begin(&mut self) {
        if !self.replaced.is_empty()
            && let Err(error) = self.replaced.remove()
        {
            self.engine.emit(SinkEvent::Warning(error.to_string()));
        }
    }

    fn cancel(mut self: Box<Self>) {
        self.end_threads();
        let _ = self.replaced.put_back();
    }

    fn append(&mut self, frame_index: u64, frame: Frame) -> Result<(), StorageError> {
        let expected = self.engine.store.layout().frame_bytes();
        if frame.buffer.len() != expected {
            return Err(StorageError::FrameSize { expected, got: frame.buffer.len() });
        }
        self.begin();
        self.make_room(frame_index);
        self.engine.admit(frame_index)?;
        self.engine.begin(frame_index, frame.stamp, Source::Image(frame.buffer))?;
        self.work_on();
        Ok(())
    }

    fn skip(&mut self, frame_index: u64, hardware_id: u64, cause: LossCause) -> Result<(), StorageError> {
        self.make_room(frame_index);
        self.engine.admit(frame_index)?;
        self.engine.drop_frame(frame_index, hardware_id, cause).inspect_err(|error| self.engine.fail(error.clone()))?;
        self.work_on();
        Ok(())
    }

    fn capture_ended(&mut self, end: CaptureEnd) {
        self.capture_end = Some(end);
    }

    fn finish(mut self: Box<Self>, give_up: bool) -> Result<(), StorageError> {
        self.end_frames(give_up);
        self.close()
    }
}

impl Drop for ZarrSink {
    /// Without `finish` the store stays as a crash would leave it, but no thread stays behind.
    fn drop(&mut self) {
        self.end_threads();
    }
}

fn start_threads(
    engine: &Arc<Engine>,
    lock: &Arc<dyn TargetLock>,
    sealing: Sealing,
) -> Result<Vec<JoinHandle<()>>, StorageError> {
    let seal = spawn("seal", {
        let engine = Arc::clone(engine);
        move || seal_layers(&engine, sealing)
    });
    let house = spawn("house", {
        let (engine, lock) = (Arc::clone(engine), Arc::clone(lock));
        move || keep_house(&engine, &*lock)
    });
    [seal, house].into_iter().collect()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StorageError> {
    let thread = std::thread::Builder::new().name(format!("zarrcam-{name}"));
    thread.spawn(work).map_err(|error| StorageError::NoThread { source: Arc::new(error) })
}
