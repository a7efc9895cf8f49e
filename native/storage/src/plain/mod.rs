//! The storage devices that are no Zarr. They write in the caller's thread: one frame, one or two system calls.
//!
//! - [`PlainSink`]: order of places, events and errors, the same for all of them.
//! - `raw`: pixels back to back. `tiff`: BigTIFF. `trash`: counts.
//! - `target`: what may stand at the path, and what may be overwritten.

mod description;
mod raw;
mod target;
mod tiff;
mod trash;

use std::sync::Arc;
use std::time::{Duration, Instant};

use zarrcam_acquisition::DropCause;
use zarrcam_config::StorageFormat;
use zarrcam_frame::{Frame, FrameStamp};

use crate::{FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError};

/// How often others are told of progress.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// A file that takes one frame after the other.
trait PlainFile: Send {
    /// `pixels`: C order; `None`: the place was dropped and stays fill.
    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError>;

    /// Says how much is readable, to whoever opens the file now.
    fn publish(&mut self, places: u64) -> Result<(), StorageError>;

    fn close(&mut self, places: u64) -> Result<(), StorageError>;
}

struct Page<'a> {
    place: u64,
    stamp: FrameStamp,
    content: Result<&'a [u8], DropCause>,
}

struct PlainSink {
    file: Box<dyn PlainFile>,
    events: SinkEvents,
    frame_bytes: usize,
    frame_shape: [u64; 2],
    frame_limit: Option<u64>,
    next_place: u64,
    stored: u64,
    published: Instant,
    failed: Option<StorageError>,
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
        _ => Box::new(trash::Trash),
    };
    Ok(Box::new(PlainSink {
        file,
        events,
        frame_bytes: spec.width as usize * spec.height as usize * spec.pixel_type.bytes(),
        frame_shape: [spec.height.into(), spec.width.into()],
        frame_limit: spec.frame_limit,
        next_place: 0,
        stored: 0,
        published: Instant::now(),
        failed: None,
    }))
}

impl PlainSink {
    fn accept(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if page.place != self.next_place {
            return Err(StorageError::OutOfOrder { place: page.place, expected: self.next_place });
        }
        if let Some(capacity) = self.frame_limit.filter(|limit| page.place >= *limit) {
            return Err(StorageError::BeyondCapacity { place: page.place, capacity });
        }
        let (place, is_frame) = (page.place, page.content.is_ok());
        self.file.write(page)?;
        self.next_place += 1;
        if is_frame {
            self.stored += 1;
            (self.events)(SinkEvent::Stored { place });
        }
        if self.published.elapsed() >= PUBLISH_EVERY {
            self.file.publish(self.next_place)?;
            self.tell_published();
        }
        Ok(())
    }

    fn tell_published(&mut self) {
        self.published = Instant::now();
        let [height, width] = self.frame_shape;
        let shape = vec![self.next_place, height, width];
        (self.events)(SinkEvent::Published { frames_stored: self.stored, shape });
    }

    fn checked(&mut self, result: Result<(), StorageError>) -> Result<(), StorageError> {
        if let (Err(error), None) = (&result, &self.failed) {
            self.failed = Some(error.clone());
            (self.events)(SinkEvent::Failed(Arc::new(error.clone())));
        }
        result
    }
}

impl FrameSink for PlainSink {
    fn append(&mut self, place: u64, frame: Frame) -> Result<(), StorageError> {
        let pixels: &[u8] = &frame.buffer;
        let result = if pixels.len() == self.frame_bytes {
            self.accept(Page { place, stamp: frame.stamp, content: Ok(pixels) })
        } else {
            Err(StorageError::FrameSize { expected: self.frame_bytes, got: pixels.len() })
        };
        self.checked(result)
    }

    fn skip(&mut self, place: u64, hardware_id: u64, cause: DropCause) -> Result<(), StorageError> {
        let stamp = FrameStamp { hardware_id, ..FrameStamp::default() };
        let result = self.accept(Page { place, stamp, content: Err(cause) });
        self.checked(result)
    }

    fn finish(mut self: Box<Self>, _give_up: bool) -> Result<(), StorageError> {
        // Nothing waits here: what was accepted is written, so there is nothing to give up.
        let result = self.file.close(self.next_place);
        self.tell_published();
        self.checked(result)
    }
}
