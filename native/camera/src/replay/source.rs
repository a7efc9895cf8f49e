use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use zarrcam_config::{CameraCapabilities, CameraSettings, Range};
use zarrcam_frame::PixelType;

use super::stack::{Stack, StackInfo};
use crate::CameraError;
use crate::software::{Footage, Source};

pub const NAME: &str = "replay";

const LONGEST_EXPOSURE_US: f64 = 1e6;

/// Stacks up to this size are decoded before the run; of larger ones a page is decoded as it is played.
const DECODED_AHEAD_BYTES: usize = 64 << 20;

/// What may be asked for before a file says more.
const WIDEST_PX: u32 = 65_536;
const PLAYABLE: [PixelType; 5] = [PixelType::U8, PixelType::U16, PixelType::I8, PixelType::I16, PixelType::F32];

/// Plays the TIFF stack at `settings.replay.path` in a loop: frame `id` is page `id mod pages`.
#[derive(Default)]
pub struct Replay {
    /// The last file looked at: capabilities are asked for at every change of a field.
    seen: Mutex<Option<Seen>>,
}

struct Seen {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
    found: Result<StackInfo, CameraError>,
}

impl Replay {
    fn look(&self, settings: &CameraSettings) -> Result<StackInfo, CameraError> {
        let path = path(settings)?;
        let metadata = fs::metadata(path)
            .map_err(|error| CameraError::Replay { path: path.to_owned(), reason: error.to_string() })?;
        let (bytes, modified) = (metadata.len(), metadata.modified().ok());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = &*seen
            && (seen.path.as_path(), seen.bytes, seen.modified) == (path, bytes, modified)
        {
            return seen.found.clone();
        }
        let found = Stack::open(path).map(|stack| stack.info());
        *seen = Some(Seen { path: path.to_owned(), bytes, modified, found: found.clone() });
        found
    }
}

fn path(settings: &CameraSettings) -> Result<&Path, CameraError> {
    match &settings.replay {
        Some(replay) if !replay.path.is_empty() => Ok(Path::new(&replay.path)),
        _ => Err(CameraError::NoReplayPath),
    }
}

impl Source for Replay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        let found = self.look(settings).ok();
        let page = found.map_or([WIDEST_PX; 2], |info| info.shape);
        let pixel_types = found.map_or(PLAYABLE.to_vec(), |info| vec![info.pixel_type]);
        let writable = |low: u32, high: u32| Range { low: low.into(), high: high.into(), step: 1.0, writable: true };
        let read_only = Range { low: 0.0, high: 0.0, step: 0.0, writable: false };
        CameraCapabilities {
            exposure_time_us: Range { low: 0.0, high: LONGEST_EXPOSURE_US, step: 0.0, writable: true },
            line_interval_us: read_only,
            readout_direction_writable: false,
            binning: vec![1],
            default_pixel_type: pixel_types[0],
            pixel_types,
            offset: [0, 1].map(|axis| writable(0, page[axis] - settings.shape[axis].clamp(1, page[axis]))),
            shape: page.map(|px| writable(1, px)),
            lines: vec!["software".to_owned()],
            input_triggers: vec!["acquisition_start".to_owned(), "frame_start".to_owned()],
            output_triggers: Vec::new(),
            default_shape: found.map_or([640, 480], |info| info.shape),
        }
    }

    fn obstacle(&self, settings: &CameraSettings) -> Option<CameraError> {
        self.look(settings).err()
    }

    fn footage(&self, settings: &CameraSettings, _frame_period_us: f64) -> Result<Box<dyn Footage>, CameraError> {
        let info = self.look(settings)?;
        let width_bytes = settings.shape[0] as usize * info.pixel_type.bytes();
        Ok(Box::new(Film {
            path: path(settings)?.to_owned(),
            info,
            left_bytes: settings.offset[0] as usize * info.pixel_type.bytes(),
            top: settings.offset[1] as usize,
            width_bytes,
            frame_bytes: width_bytes * settings.shape[1] as usize,
            state: State::Closed,
        }))
    }
}

/// The part of a stack that offset and shape say.
struct Film {
    path: PathBuf,
    info: StackInfo,
    left_bytes: usize,
    top: usize,
    width_bytes: usize,
    frame_bytes: usize,
    state: State,
}

enum State {
    Closed,
    /// Every frame, back to back.
    Ahead(Vec<u8>),
    /// The page's buffer stays empty where a frame is the whole page.
    OnDemand {
        stack: Box<Stack>,
        page: Vec<u8>,
    },
}

impl Film {
    fn is_whole_page(&self) -> bool {
        self.frame_bytes == self.info.page_bytes()
    }

    fn decode(&self, stack: &mut Stack, page: usize, buffer: &mut [u8], out: &mut [u8]) -> Result<(), CameraError> {
        if self.is_whole_page() {
            return stack.read(page, out);
        }
        stack.read(page, buffer)?;
        let page_line_bytes = self.info.page_bytes() / self.info.shape[1] as usize;
        for (row, line) in out.chunks_exact_mut(self.width_bytes).enumerate() {
            let start = (self.top + row) * page_line_bytes + self.left_bytes;
            line.copy_from_slice(&buffer[start..start + self.width_bytes]);
        }
        Ok(())
    }
}

impl Footage for Film {
    fn frame_bytes(&self) -> usize {
        self.frame_bytes
    }

    fn begin(&mut self) -> Result<(), CameraError> {
        let mut stack = Stack::open(&self.path)?;
        if stack.info() != self.info {
            let reason = "has changed since the camera was configured; configure it again".to_owned();
            return Err(CameraError::Replay { path: self.path.clone(), reason });
        }
        let mut page = vec![0; if self.is_whole_page() { 0 } else { self.info.page_bytes() }];
        let all_bytes = self.frame_bytes.saturating_mul(self.info.pages);
        self.state = if all_bytes <= DECODED_AHEAD_BYTES {
            let mut frames = vec![0; all_bytes];
            for (number, frame) in frames.chunks_exact_mut(self.frame_bytes).enumerate() {
                self.decode(&mut stack, number, &mut page, frame)?;
            }
            State::Ahead(frames)
        } else {
            State::OnDemand { stack: Box::new(stack), page }
        };
        Ok(())
    }

    fn render(&mut self, id: u64, out: &mut [u8]) -> Result<(), CameraError> {
        let number = (id % self.info.pages as u64) as usize;
        // Taken out for the time being, so that `decode` may look at the rest.
        let mut state = std::mem::replace(&mut self.state, State::Closed);
        let result = match &mut state {
            State::Closed => Err(CameraError::NotRunning { camera: NAME.to_owned() }),
            State::Ahead(frames) => {
                out.copy_from_slice(&frames[number * self.frame_bytes..][..self.frame_bytes]);
                Ok(())
            }
            State::OnDemand { stack, page } => self.decode(stack, number, page, out),
        };
        self.state = state;
        result
    }

    fn end(&mut self) {
        self.state = State::Closed;
    }
}
