use std::path::{Path, PathBuf};

use zarrcam_files::FileState;

use crate::directory::tag;
use crate::{Chain, Directory, Page, TiffError, TiffFile, contiguous, ome, ome_set};

/// The planes that a file means, in the order in which they were taken.
#[derive(Clone, Debug)]
pub struct Planes {
    /// The file that was named, and those that it names.
    pub members: Vec<Member>,
    at: Locations,
}

/// A file that holds planes.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where it is.
    pub path: PathBuf,
    /// The file as it was when the planes were found.
    pub state: FileState,
}

/// Where a plane lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Index of its file in [`Planes::members`].
    pub member: usize,
    /// Where its directory lies in the file, bytes.
    pub directory: u64,
    /// Which of the directory's samples it is, where each lies in a plane of its own.
    pub sample: u16,
    /// How far behind the offset that the directory gives its pixels lie, bytes.
    pub shift: u64,
}

#[derive(Clone, Debug)]
enum Locations {
    /// Member and directory; so many planes lie in each.
    Listed { at: Vec<(u32, u64)>, samples: u16 },
    /// One behind the other, described by one directory.
    Behind { directory: u64, planes: u64, stride: u64 },
}

impl Planes {
    pub(crate) fn listed(members: Vec<Member>, at: Vec<(u32, u64)>) -> Self {
        Self { members, at: Locations::Listed { at, samples: 1 } }
    }

    /// How many planes there are, one at least.
    pub fn count(&self) -> u64 {
        match &self.at {
            Locations::Listed { at, samples } => at.len() as u64 * u64::from(*samples),
            Locations::Behind { planes, .. } => *planes,
        }
    }

    /// Where a plane lies. `number` must be below [`count`](Self::count).
    pub fn get(&self, number: u64) -> Plane {
        match &self.at {
            Locations::Listed { at, samples } => {
                let samples = u64::from(*samples);
                let (member, directory) = at[(number / samples) as usize];
                Plane { member: member as usize, directory, sample: (number % samples) as u16, shift: 0 }
            }
            Locations::Behind { directory, stride, .. } => {
                Plane { member: 0, directory: *directory, sample: 0, shift: number.saturating_mul(*stride) }
            }
        }
    }

    /// All of them are described by one directory, which was checked for them.
    pub(crate) fn share_a_directory(&self) -> bool {
        matches!(self.at, Locations::Behind { .. })
    }
}

/// Finds out which planes an open file means. What is missing is an error that names it; a kind of file whose planes
/// cannot be told is `Unsupported`.
///
/// The order: OME-TIFF's `DimensionOrder`, the fastest axis first; else that of the directories, or of the planes behind the
/// only one.
pub fn planes(path: &Path, file: &TiffFile, chain: &Chain) -> Result<Planes, TiffError> {
    let Some(&first) = chain.pictures.first() else {
        return if chain.directories.is_empty() {
            TiffError::damaged("it holds no picture: nothing was saved in it, or it was cut short")
        } else {
            TiffError::unsupported(
                "it holds smaller copies of pictures only, not the pictures; save it as a TIFF stack",
            )
        };
    };
    let directory = Directory::read(file, first).map_err(|error| error.within("its first directory"))?;
    let page = Page::of(file, &directory).map_err(|error| error.within("page 0"))?;
    if directory.number(file, tag::MD_FILE)? == Some(2) {
        return TiffError::unsupported(
            "it holds square roots of its values, as gel scanners do; save it with linear values",
        );
    }
    let description = directory.text(file, tag::DESCRIPTION)?.unwrap_or_default();
    if ome::is_ome(&description) {
        if page.planes() > 1 {
            return TiffError::unsupported(format!(
                "it has {} channels in each page, and OME-XML that counts pages; save it with a page a channel",
                page.planes()
            ));
        }
        return ome_set::planes(path, file, chain, &description);
    }
    let members = vec![Member { path: path.to_owned(), state: file.state() }];
    let pages = chain.pictures.len() as u64;
    if let Some(claim) = contiguous::claim(file, &directory, &page, &description)?.filter(|claim| claim.planes > pages)
    {
        if pages > 1 {
            return TiffError::damaged(format!(
                "it says that it holds {} planes ({}), and has {pages}: the file is cut short; copy it again",
                claim.planes, claim.by
            ));
        }
        page.check_size().map_err(|error| error.within("page 0"))?;
        let chunks = page.chunks(file, &directory).map_err(|error| error.within("page 0"))?;
        let stride = contiguous::stride(file, &page, &chunks, &claim)?;
        return Ok(Planes { members, at: Locations::Behind { directory: first, planes: claim.planes, stride } });
    }
    let at = chain.pictures.iter().map(|at| (0, *at)).collect();
    Ok(Planes { members, at: Locations::Listed { at, samples: page.planes() } })
}
