use zarrcam_acquisition::LossCause;
use zarrcam_frame::FrameStamp;

use crate::StorageError;
use crate::store::end::RunEnd;
use crate::targets::Replaced;

/// A file that takes one frame after the other.
pub(super) trait FrameFile: Send {
    /// Where the file was made, and what stood there.
    fn replaced(&mut self) -> &mut Replaced;
    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError>;

    /// Says how much is readable, to whoever opens the file now. `Removed`: nobody can.
    fn publish(&mut self, frame_count: u64) -> Result<(), StorageError>;

    /// Forces what is written to the disk itself.
    fn sync(&self) -> Result<(), StorageError>;

    /// `end`: how the run ended, for files that have room for it.
    fn close(&mut self, frame_count: u64, end: &RunEnd) -> Result<(), StorageError>;
}

pub(super) struct Page<'a> {
    pub frame_index: u64,
    pub stamp: FrameStamp,
    /// Pixels in C order, or why the frame was lost.
    pub content: Result<&'a [u8], LossCause>,
}
