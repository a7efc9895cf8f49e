//! The storage devices that are no Zarr. They write in the caller's thread: one frame, one or two system calls.
//!
//! - [`PlainSink`]: order of places, events and errors, the same for all of them.
//! - `raw`: pixels back to back. `tiff`: BigTIFF. `trash`: counts.
//! - `description`: what is said of frames and runs; `json_text`: so that no reader takes it for something else. `resolution`: the
//!   size of a pixel, in TIFF's words.
//! - `target`: what may stand at the path, what may be overwritten, and who writes it.

mod description;
mod json_text;
mod raw;
mod resolution;
mod target;
mod tiff;
mod trash;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zarrcam_acquisition::{DatasetEnd, DropCause};
use zarrcam_config::{Durability, StorageFormat};
use zarrcam_frame::{Frame, FrameStamp};

pub(crate) use raw::description_of;
pub(crate) use target::PAGES;
pub(crate) use tiff::is_by_us;

use crate::end::RunEnd;
use crate::engine::Interval;
use crate::progress::Runs;
use crate::replace::Replaced;
use crate::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError};

/// How often others are told of progress, and the file looked after.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);
/// Durability `second`.
const SYNC_EVERY: Duration = Duration::from_millis(900);

/// A file that takes one frame after the other.
trait PlainFile: Send {
    /// Where it was made, and what stood there.
    fn replaced(&mut self) -> &mut Replaced;
    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError>;

    /// Says how much is readable, to whoever opens the file now. `Removed`: nobody can.
    fn publish(&mut self, places: u64) -> Result<(), StorageError>;

    /// Forces what is written to the disk itself.
    fn sync(&self) -> Result<(), StorageError>;

    /// `end`: how the run ended, for files that have room for it.
    fn close(&mut self, places: u64, end: &RunEnd) -> Result<(), StorageError>;
}

struct Page<'a> {
    place: u64,
    stamp: FrameStamp,
    /// Pixels in C order, or why the place stays fill.
    content: Result<&'a [u8], DropCause>,
}

struct PlainSink {
    file: Box<dyn PlainFile>,
    events: SinkEvents,
    frame_bytes: usize,
    frame_shape: [u64; 2],
    frame_limit: Option<u64>,
    next_place: u64,
    stored: Runs,
    published: Interval,
    /// Durability `second` only.
    synced: Option<Interval>,
    failed: Option<StorageError>,
    capture_end: Option<CaptureEnd>,
}

/// Opens a device that is no Zarr.
pub(crate) fn open(
    format: StorageFormat,
    spec: &SinkSpec,
    events: SinkEvents,
) -> Result<Box<dyn FrameSink>, StorageError> {
    let file: Box<dyn PlainFile> = match format {
        StorageFormat::Raw => Box::new(raw::RawFile::create(spec)?),
        StorageFormat::Tiff => Box::new(tiff::TiffFile::create(spec, target::path(spec)?)?),
        StorageFormat::TiffJson => Box::new(tiff::TiffFile::create_in_folder(spec)?),
        StorageFormat::Trash => Box::new(trash::Trash::default()),
        StorageFormat::Zarr2 | StorageFormat::Zarr3 => {
            return Err(StorageError::UnknownDevice { name: spec.storage.device.clone() });
        }
    };
    Ok(Box::new(PlainSink {
        file,
        events,
        frame_bytes: spec.storage.width as usize * spec.storage.height as usize * spec.storage.pixel_type.bytes(),
        frame_shape: [spec.storage.height.into(), spec.storage.width.into()],
        frame_limit: spec.storage.frame_limit,
        next_place: 0,
        stored: Runs::default(),
        published: Interval::new(PUBLISH_EVERY),
        synced: (spec.storage.durability == Durability::Second).then(|| Interval::new(SYNC_EVERY)),
        failed: None,
        capture_end: None,
    }))
}

/// Whether a run of this device that overwrites may replace what stands at a path.
pub(crate) fn check_replaceable(format: StorageFormat, path: &Path) -> Result<(), StorageError> {
    match format {
        StorageFormat::Raw => raw::KIND.check_replaceable(path, true),
        StorageFormat::Tiff => tiff::KIND.check_replaceable(path, true),
        StorageFormat::TiffJson => tiff::FOLDER.check_replaceable(path, true),
        StorageFormat::Trash | StorageFormat::Zarr2 | StorageFormat::Zarr3 => Ok(()),
    }
}

impl PlainSink {
    fn accept(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let (place, is_frame) = (page.place, page.content.is_ok());
        if let Err(error) = self.check(&page).and_then(|()| self.file.write(page)) {
            self.fail(error.clone());
            return Err(error);
        }
        self.next_place += 1;
        if is_frame {
            self.stored.insert(place);
            (self.events)(SinkEvent::Stored { place });
        }
        // This place is stored, whatever comes of these; the next one hears of it.
        if self.published.is_due() {
            match self.file.publish(self.next_place) {
                Ok(()) => self.tell_published(),
                Err(error) => self.fail(error),
            }
        }
        if self.synced.as_mut().is_some_and(Interval::is_due)
            && let Err(error) = self.file.sync()
        {
            self.fail(error);
        }
        Ok(())
    }

    fn check(&self, page: &Page<'_>) -> Result<(), StorageError> {
        if page.place != self.next_place {
            return Err(StorageError::OutOfOrder { place: page.place, expected: self.next_place });
        }
        if let Some(capacity) = self.frame_limit.filter(|limit| page.place >= *limit) {
            return Err(StorageError::BeyondCapacity { place: page.place, capacity });
        }
        match page.content {
            Ok(pixels) if pixels.len() != self.frame_bytes => {
                Err(StorageError::FrameSize { expected: self.frame_bytes, got: pixels.len() })
            }
            _ => Ok(()),
        }
    }

    fn end(&self, gave_up: bool) -> RunEnd {
        let mut end = match &self.capture_end {
            Some(told) => RunEnd { captured_end: told.captured_end.max(self.next_place), end: told.end.clone() },
            None => RunEnd::by_count(self.next_place, self.frame_limit, gave_up),
        };
        if let Some(error) = &self.failed {
            end.end = DatasetEnd::failed(error.reason());
        }
        end
    }

    fn tell_published(&self) {
        let [height, width] = self.frame_shape;
        let shape = vec![self.next_place, height, width];
        (self.events)(SinkEvent::Published { frames_stored: self.next_place, shape });
    }

    /// The first failure is the run's; what was stored stays, unless the file itself is gone.
    fn fail(&mut self, error: StorageError) {
        let gone = matches!(error, StorageError::Removed { .. });
        if self.failed.is_none() {
            self.failed = Some(error.clone());
            (self.events)(SinkEvent::Failed(Arc::new(error)));
        }
        if gone {
            std::mem::take(&mut self.stored).iter().for_each(|place| (self.events)(SinkEvent::Lost { place }));
        }
    }
}

impl FrameSink for PlainSink {
    fn begin(&mut self) {
        if !self.file.replaced().is_empty()
            && let Err(error) = self.file.replaced().remove()
        {
            (self.events)(SinkEvent::Warning(error.to_string()));
        }
    }

    fn cancel(mut self: Box<Self>) {
        let _ = self.file.replaced().put_back();
    }

    fn append(&mut self, place: u64, frame: Frame) -> Result<(), StorageError> {
        self.begin();
        self.accept(Page { place, stamp: frame.stamp, content: Ok(&frame.buffer) })
    }

    fn skip(&mut self, place: u64, hardware_id: u64, cause: DropCause) -> Result<(), StorageError> {
        let stamp = FrameStamp { hardware_id, ..FrameStamp::default() };
        self.accept(Page { place, stamp, content: Err(cause) })
    }

    fn capture_ended(&mut self, end: CaptureEnd) {
        self.capture_end = Some(end);
    }

    fn finish(mut self: Box<Self>, give_up: bool) -> Result<(), StorageError> {
        self.begin();
        // Nothing waits here: what was accepted is written, so there is nothing to give up.
        let end = self.end(give_up);
        match self.file.close(self.next_place, &end) {
            Ok(()) => self.tell_published(),
            Err(error) => self.fail(error),
        }
        self.failed.take().map_or(Ok(()), Err)
    }
}
