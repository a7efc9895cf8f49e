//! What was found out about the files that are played. Capabilities are asked for several times at each change of any field; a
//! stack's ten thousand directories are walked once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_files::{FileState, why};
use zarrcam_frame::PixelType;
use zarrcam_tiff::{SampleKind, Survey, TiffError};

use super::speed::decode_time_us;
use crate::CameraError;

/// More streams than that do not replay at a time.
const MOST_KNOWN: usize = 16;

/// What is wrong with a file may lie in another one of its set: it is looked at again after so long.
const REFUSED_FOR: Duration = Duration::from_secs(1);

/// A stack that can be played.
#[derive(Debug)]
pub struct PlayableStack {
    pub survey: Arc<Survey>,
    pub pixel_type: PixelType,
    page_time_us: OnceLock<f64>,
}

impl PlayableStack {
    /// Width and height, px.
    pub fn shape(&self) -> [u32; 2] {
        [self.survey.page.width, self.survey.page.height]
    }

    pub fn page_bytes(&self) -> usize {
        self.survey.page.plane_bytes() as usize
    }

    pub fn pages(&self) -> u64 {
        self.survey.planes.count()
    }

    /// About so long takes the decoding of a page, us; measured once. 0: not known.
    pub fn page_time_us(&self) -> f64 {
        *self.page_time_us.get_or_init(|| decode_time_us(&self.survey))
    }
}

/// Stacks by path, the one that was asked for last at the end. Each has a lock of its own: who asks for the same waits for the
/// answer.
static KNOWN: Mutex<Vec<(PathBuf, Arc<Slot>)>> = Mutex::new(Vec::new());

type Slot = Mutex<Option<Seen>>;

struct Seen {
    state: FileState,
    found: Result<Arc<PlayableStack>, CameraError>,
    at: Instant,
}

/// The stack at a path as it is now, walked only where it changed.
pub fn stack_at(path: &Path) -> Result<Arc<PlayableStack>, CameraError> {
    let metadata = std::fs::metadata(path).map_err(|error| refuse(path, &TiffError::Io(why(&error))))?;
    let state = FileState::of(&metadata);
    let slot = slot(path);
    let mut seen = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(seen) = seen.as_ref().filter(|seen| seen.state == state)
        && seen.is_current()
    {
        return seen.found.clone();
    }
    let found = Survey::of(path).and_then(playable).map(Arc::new).map_err(|error| refuse(path, &error));
    *seen = Some(Seen { state, found: found.clone(), at: Instant::now() });
    found
}

impl Seen {
    fn is_current(&self) -> bool {
        match &self.found {
            Ok(stack) => stack.survey.is_current(),
            Err(_) => self.at.elapsed() < REFUSED_FOR,
        }
    }
}

fn slot(path: &Path) -> Arc<Slot> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let asked_before = known.iter().position(|(known, _)| known == path).map(|at| known.remove(at));
    let (path, slot) = asked_before.unwrap_or_else(|| (path.to_owned(), Arc::default()));
    if known.len() >= MOST_KNOWN {
        known.remove(0);
    }
    known.push((path, Arc::clone(&slot)));
    slot
}

/// The pixel type of a stack whose pixels a camera can give.
fn playable(survey: Survey) -> Result<PlayableStack, TiffError> {
    let page = &survey.page;
    let pixel_type = match (page.bits, page.kind) {
        (1..=8, SampleKind::Uint) => PixelType::U8,
        (9..=16, SampleKind::Uint) => PixelType::U16,
        (8, SampleKind::Int) => PixelType::I8,
        (16, SampleKind::Int) => PixelType::I16,
        (32, SampleKind::Float) => PixelType::F32,
        _ => {
            return Err(TiffError::Unsupported(format!(
                "its pixels are {}, and a camera gives 8 or 16 bits, signed or not, or 32-bit float; convert it",
                page.dtype()
            )));
        }
    };
    Ok(PlayableStack { survey: Arc::new(survey), pixel_type, page_time_us: OnceLock::new() })
}

fn refuse(path: &Path, error: &TiffError) -> CameraError {
    let way_out = match error {
        TiffError::Io(_) | TiffError::NotTiff => "; give the path of a TIFF stack on the camera computer",
        _ => "",
    };
    CameraError::Replay { path: path.to_owned(), reason: format!("{error}{way_out}") }
}
