use std::sync::Arc;
use std::time::Duration;

use zarrcam_acquisition::{DatasetEnd, LossCause};
use zarrcam_config::Durability;
use zarrcam_frame::{Frame, FrameStamp};

use super::frame_file::{FrameFile, Page};
use crate::frame_ranges::FrameRanges;
use crate::interval::Interval;
use crate::store::end::RunEnd;
use crate::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError};

/// How often others are told of progress, and the file looked after.
const PUBLISH_PERIOD: Duration = Duration::from_millis(250);
/// Durability `second`.
const SYNC_PERIOD: Duration = Duration::from_millis(900);

/// Writes a file frame by frame: order of frames, events and errors, the same for all of them.
pub(super) struct FrameFileSink {
    file: Box<dyn FrameFile>,
    events: SinkEvents,
    frame_bytes: usize,
    frame_shape: [u64; 2],
    frame_limit: Option<u64>,
    next_index: u64,
    stored: FrameRanges,
    published: Interval,
    /// Durability `second` only.
    synced: Option<Interval>,
    failed: Option<StorageError>,
    capture_end: Option<CaptureEnd>,
}

impl FrameFileSink {
    pub fn new(file: Box<dyn FrameFile>, spec: &SinkSpec, events: SinkEvents) -> Self {
        Self {
            file,
            events,
            frame_bytes: spec.storage.width as usize * spec.storage.height as usize * spec.storage.pixel_type.bytes(),
            frame_shape: [spec.storage.height.into(), spec.storage.width.into()],
            frame_limit: spec.storage.frame_limit,
            next_index: 0,
            stored: FrameRanges::default(),
            published: Interval::new(PUBLISH_PERIOD),
            synced: (spec.storage.durability == Durability::Second).then(|| Interval::new(SYNC_PERIOD)),
            failed: None,
            capture_end: None,
        }
    }
    fn accept(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let (frame_index, is_frame) = (page.frame_index, page.content.is_ok());
        if let Err(error) = self.check(&page).and_then(|()| self.file.write(page)) {
            self.fail(error.clone());
            return Err(error);
        }
        self.next_index += 1;
        if is_frame {
            self.stored.insert(frame_index);
            (self.events)(SinkEvent::Stored { frame_index });
        }
        // This frame is stored, whatever comes of these; the next one hears of it.
        if self.published.is_due() {
            match self.file.publish(self.next_index) {
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
        if page.frame_index != self.next_index {
            return Err(StorageError::OutOfOrder { frame_index: page.frame_index, expected: self.next_index });
        }
        if let Some(capacity) = self.frame_limit.filter(|limit| page.frame_index >= *limit) {
            return Err(StorageError::BeyondCapacity { frame_index: page.frame_index, capacity });
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
            Some(said) => RunEnd { captured_end: said.captured_end.max(self.next_index), end: said.end.clone() },
            None => RunEnd::by_count(self.next_index, self.frame_limit, gave_up),
        };
        if let Some(error) = &self.failed {
            end.end = DatasetEnd::failed(error.reason());
        }
        end
    }

    fn tell_published(&self) {
        let [height, width] = self.frame_shape;
        let shape = vec![self.next_index, height, width];
        (self.events)(SinkEvent::Published { frames_published: self.next_index, shape });
    }

    /// The first failure is the run's; what was stored stays, unless the file itself is gone.
    fn fail(&mut self, error: StorageError) {
        let gone = matches!(error, StorageError::Removed { .. });
        if self.failed.is_none() {
            self.failed = Some(error.clone());
            (self.events)(SinkEvent::Failed(Arc::new(error)));
        }
        if gone {
            std::mem::take(&mut self.stored)
                .iter()
                .for_each(|frame_index| (self.events)(SinkEvent::Lost { frame_index }));
        }
    }
}

impl FrameSink for FrameFileSink {
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

    fn append(&mut self, frame_index: u64, frame: Frame) -> Result<(), StorageError> {
        self.begin();
        self.accept(Page { frame_index, stamp: frame.stamp, content: Ok(&frame.buffer) })
    }

    fn skip(&mut self, frame_index: u64, hardware_id: u64, cause: LossCause) -> Result<(), StorageError> {
        let stamp = FrameStamp { hardware_id, ..FrameStamp::default() };
        self.accept(Page { frame_index, stamp, content: Err(cause) })
    }

    fn capture_ended(&mut self, end: CaptureEnd) {
        self.capture_end = Some(end);
    }

    fn finish(mut self: Box<Self>, give_up: bool) -> Result<(), StorageError> {
        self.begin();
        // Nothing waits here: what was accepted is written, so there is nothing to give up.
        let end = self.end(give_up);
        match self.file.close(self.next_index, &end) {
            Ok(()) => self.tell_published(),
            Err(error) => self.fail(error),
        }
        self.failed.take().map_or(Ok(()), Err)
    }
}
