use std::path::PathBuf;
use std::sync::Arc;

use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;
use zarrcam_tiff::Stack;

use super::NAME;
use super::stacks::{PlayableStack, stack_at};
use crate::CameraError;
use crate::software::FrameRenderer;

/// Stacks up to this size are decoded before the run; of larger ones a page is decoded as it is played.
pub const DECODED_AHEAD_BYTES: u64 = 64 << 20;

/// The part of a stack that offset and shape say: frame `id` is page `id` modulo their number.
pub struct StackPlayer {
    path: PathBuf,
    pixel_type: PixelType,
    offset: [u32; 2],
    shape: [u32; 2],
    state: State,
}

enum State {
    Closed,
    /// Every frame, back to back.
    Ahead(Vec<u8>),
    /// The page's buffer stays empty where a frame is the whole page.
    OnDemand {
        stack: Arc<PlayableStack>,
        reader: Box<Stack>,
        page: Vec<u8>,
    },
}

impl StackPlayer {
    pub fn new(path: PathBuf, stack: &PlayableStack, settings: &CameraSettings) -> Self {
        let CameraSettings { offset, shape, .. } = *settings;
        Self { path, pixel_type: stack.pixel_type, offset, shape, state: State::Closed }
    }

    fn width_bytes(&self) -> usize {
        self.shape[0] as usize * self.pixel_type.bytes()
    }

    fn refuse(&self, reason: impl ToString) -> CameraError {
        CameraError::Replay { path: self.path.clone(), reason: reason.to_string() }
    }

    /// `page`: for a whole page, where a frame is a part of it.
    fn decode(
        &self,
        stack: &PlayableStack,
        reader: &mut Stack,
        number: u64,
        page: &mut [u8],
        out: &mut [u8],
    ) -> Result<(), CameraError> {
        if self.shape == stack.shape() {
            return reader.read(number, out).map_err(|error| self.refuse(error));
        }
        reader.read(number, page).map_err(|error| self.refuse(error))?;
        let pixel = self.pixel_type.bytes();
        let (page_line, left) = (stack.shape()[0] as usize * pixel, self.offset[0] as usize * pixel);
        for (row, line) in out.chunks_exact_mut(self.width_bytes()).enumerate() {
            let start = (self.offset[1] as usize + row) * page_line + left;
            line.copy_from_slice(&page[start..start + line.len()]);
        }
        Ok(())
    }

    /// The stack as it is now, where what was configured is still in it.
    fn open(&self) -> Result<Arc<PlayableStack>, CameraError> {
        let stack = stack_at(&self.path)?;
        let fits =
            [0, 1].map(|axis| u64::from(self.offset[axis]) + u64::from(self.shape[axis]) <= stack.shape()[axis].into());
        if stack.pixel_type == self.pixel_type && fits == [true, true] {
            return Ok(stack);
        }
        let [width, height] = stack.shape();
        Err(self.refuse(format!(
            "it has changed since the camera was set up, and is {width} x {height} px of {:?} now; set the camera up again",
            stack.pixel_type
        )))
    }
}

impl FrameRenderer for StackPlayer {
    fn frame_bytes(&self) -> usize {
        self.width_bytes() * self.shape[1] as usize
    }

    fn begin(&mut self) -> Result<(), CameraError> {
        let stack = self.open()?;
        let mut reader = Stack::new(Arc::clone(&stack.survey));
        let mut page = vec![0; if self.shape == stack.shape() { 0 } else { stack.page_bytes() }];
        let all_bytes = (self.frame_bytes() as u64).saturating_mul(stack.pages());
        self.state = if all_bytes <= DECODED_AHEAD_BYTES {
            let mut frames = vec![0; all_bytes as usize];
            for (number, frame) in (0..).zip(frames.chunks_exact_mut(self.frame_bytes())) {
                self.decode(&stack, &mut reader, number, &mut page, frame)?;
            }
            State::Ahead(frames)
        } else {
            State::OnDemand { stack, reader: Box::new(reader), page }
        };
        Ok(())
    }

    fn render(&mut self, id: u64, out: &mut [u8]) -> Result<(), CameraError> {
        // Taken out for the time being, so that `decode` may look at the rest.
        let mut state = std::mem::replace(&mut self.state, State::Closed);
        let result = match &mut state {
            State::Closed => Err(CameraError::NotRunning { camera: NAME.to_owned() }),
            State::Ahead(frames) => {
                let pages = (frames.len() / self.frame_bytes()) as u64;
                let at = (id % pages) as usize * self.frame_bytes();
                out.copy_from_slice(&frames[at..at + self.frame_bytes()]);
                Ok(())
            }
            State::OnDemand { stack, reader, page } => self.decode(stack, reader, id % stack.pages(), page, out),
        };
        self.state = state;
        result
    }

    fn end(&mut self) {
        self.state = State::Closed;
    }
}
