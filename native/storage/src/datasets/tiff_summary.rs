//! What a list of datasets needs of a TIFF: its first page, and how many planes there are.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use zarrcam_files::FileState;
use zarrcam_tiff::{Chain, Directory, Page, Planes, TiffError, TiffFile, planes, tag};

use super::remembered::Remembered;
use crate::frame_files::is_by_us;
use crate::targets::files::is_locked;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct TiffSummary {
    pub width: u64,
    pub height: u64,
    /// What a pixel is, by Zarr V3's name.
    pub dtype: String,
    /// TIFF's number; 1: none.
    pub compression: u16,
    pub planes: u64,
    /// Of the first page.
    pub description: Option<String>,
    /// Written by zarrcam.
    pub ours: bool,
    /// Size of a pixel along x and y as our own files say it; `None`: not calibrated, or not ours.
    pub pixel_um: Option<[f64; 2]>,
}

struct Read {
    state: FileState,
    found: Result<TiffSummary, TiffError>,
    /// The other files of a set, as they were.
    others: Vec<(PathBuf, FileState)>,
    /// The directories of a file that is being written by us, as far as they were walked.
    chain: Option<Chain>,
}

static READ: LazyLock<Remembered<Read>> = LazyLock::new(Remembered::default);

/// Reads what a TIFF is. Of one that is being written only the pages are looked at that came since the last time.
pub(super) fn read(path: &Path) -> Result<TiffSummary, TiffError> {
    let file = TiffFile::open(path)?;
    let read = match READ.take(path) {
        Some(known) if known.is_current(&file) => known,
        known => look(path, &file, known),
    };
    let found = read.found.clone();
    // What is missing beside a file is looked for again.
    if !matches!(found, Err(TiffError::Missing(_))) {
        READ.keep(path, read);
    }
    found
}

impl Read {
    fn is_current(&self, file: &TiffFile) -> bool {
        let is_as_before = |(path, state): &(PathBuf, FileState)| {
            std::fs::metadata(path).is_ok_and(|metadata| FileState::of(&metadata) == *state)
        };
        self.state == file.state() && self.others.iter().all(is_as_before)
    }
}

fn look(path: &Path, file: &TiffFile, known: Option<Read>) -> Read {
    let state = file.state();
    let (mut others, mut kept) = (Vec::new(), None);
    let found = first_page(file).and_then(|mut tiff| {
        // Ours only grows. Another run's first page says so, even if it got the same inode.
        let grown = known.filter(|known| {
            let was = known.found.as_ref().map(|was| TiffSummary { planes: tiff.planes, ..was.clone() });
            tiff.ours && known.state.is_same_file(&state) && was.as_ref() == Ok(&tiff)
        });
        let mut chain = grown.and_then(|known| known.chain).unwrap_or_default();
        chain.walk(file)?;
        if tiff.ours {
            tiff.planes = chain.directories.len() as u64;
            kept = is_locked(path).then_some(chain);
            return Ok(tiff);
        }
        tiff.planes = match planes(path, file, &chain) {
            Ok(planes) => {
                others = others_of(&planes);
                planes.count()
            }
            // Nothing that we play, and a file that others may read all the same.
            Err(TiffError::Unsupported(_)) => chain.pictures.len().max(1) as u64,
            Err(error) => return Err(error),
        };
        Ok(tiff)
    });
    Read { state, found, others, chain: kept }
}

fn others_of(planes: &Planes) -> Vec<(PathBuf, FileState)> {
    planes.members.iter().skip(1).map(|member| (member.path.clone(), member.state)).collect()
}

fn first_page(file: &TiffFile) -> Result<TiffSummary, TiffError> {
    let first = Directory::first(file)?;
    let first = first.ok_or_else(|| TiffError::Damaged("it holds no picture: nothing was saved in it".to_owned()))?;
    let page = Page::of(file, &first)?;
    let ours = is_by_us(file, &first);
    Ok(TiffSummary {
        width: page.width.into(),
        height: page.height.into(),
        dtype: page.dtype(),
        compression: page.compression,
        planes: 0,
        description: first.text(file, tag::DESCRIPTION)?,
        ours,
        pixel_um: if ours { pixel_um(file, &first)? } else { None },
    })
}

fn pixel_um(file: &TiffFile, first: &Directory) -> Result<Option<[f64; 2]>, TiffError> {
    const CENTIMETRE: u64 = 3;
    if first.number(file, tag::RESOLUTION_UNIT)? != Some(CENTIMETRE) {
        return Ok(None);
    }
    let um = |tag: u16| -> Result<Option<f64>, TiffError> {
        let fraction = first.rational(file, tag)?.filter(|parts| parts.iter().all(|part| *part > 0));
        Ok(fraction.map(|[pixels, centimetres]| 1e4 * centimetres as f64 / pixels as f64))
    };
    let (x, y) = (um(tag::X_RESOLUTION)?, um(tag::Y_RESOLUTION)?);
    Ok(x.zip(y).map(|(x, y)| [x, y]))
}
