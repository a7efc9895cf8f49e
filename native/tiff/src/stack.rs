use std::path::Path;

use crate::page::Chunks;
use crate::{Chain, Directory, Kind, Member, Page, Plane, Planes, TiffError, TiffFile, decode, planes};

/// Files of a set that are kept open at a time.
const MOST_OPEN: usize = 16;

/// What all planes of a stack have in common.
#[derive(Clone, Debug)]
pub struct StackInfo {
    pub planes: u64,
    /// The first one's; the others are like it.
    pub page: Page,
}

/// Planes that are all alike, all in their files, and of a kind that is read here.
#[derive(Debug)]
pub struct Stack {
    planes: Planes,
    info: StackInfo,
    files: Files,
    last: Looked,
}

/// The files that were used last.
#[derive(Debug)]
struct Files(Vec<(usize, TiffFile)>);

/// A directory, read.
#[derive(Debug)]
struct Looked {
    plane: Plane,
    page: Page,
    chunks: Chunks,
}

impl Stack {
    /// Looks at the directory of every plane, and decodes none.
    pub fn open(path: &Path) -> Result<Self, TiffError> {
        let file = TiffFile::open(path)?;
        let planes = planes(path, &file, &Chain::of(&file)?)?;
        let mut files = Files(vec![(0, file)]);
        let last = files.file(&planes.members, planes.get(0).member).and_then(|file| Looked::at(file, planes.get(0)));
        let last = last.map_err(|error| error.within("page 0"))?;
        let info = StackInfo { planes: planes.count(), page: last.page.clone() };
        let mut stack = Self { planes, info, files, last };
        // Planes behind one directory were checked for their room when they were found.
        let count = if stack.planes.share_a_directory() { 1 } else { stack.info.planes };
        for number in 0..count {
            stack.check(number).map_err(|error| error.within(&format!("page {number}")))?;
        }
        Ok(stack)
    }

    pub fn info(&self) -> &StackInfo {
        &self.info
    }

    /// Where they lie.
    pub fn planes(&self) -> &Planes {
        &self.planes
    }

    /// Decodes a plane into `out`, which is `plane_bytes` of the page long: rows from the top, little endian, as stored.
    /// A file that changed since the stack was opened is an error.
    pub fn read(&mut self, number: u64, out: &mut [u8]) -> Result<(), TiffError> {
        let plane = self.planes.get(number);
        let read = self.look(plane).and_then(|(file, looked)| {
            if looked.page.plane_bytes() != out.len() as u64 || !file.is_unchanged() {
                return TiffError::damaged("lies in a file that has changed since it was opened");
            }
            decode::decode(file, &looked.page, &looked.chunks, plane.shift, out)
        });
        read.map_err(|error| error.within(&format!("page {number}")))
    }

    /// That a plane is there, and like the first one.
    fn check(&mut self, number: u64) -> Result<(), TiffError> {
        let plane = self.planes.get(number);
        let first = self.info.page.clone();
        let (file, Looked { page, chunks, .. }) = self.look(plane)?;
        if alike(page) != alike(&first) {
            return TiffError::unsupported(format!(
                "is {}, where page 0 is {}; all pages of a stack must be alike: save each kind in a file of its own",
                say(page),
                say(&first)
            ));
        }
        page.check_extent(file, chunks, plane.shift)
    }

    /// A plane's file and directory.
    fn look(&mut self, plane: Plane) -> Result<(&TiffFile, &Looked), TiffError> {
        let file = self.files.file(&self.planes.members, plane.member)?;
        if (self.last.plane.member, self.last.plane.directory) != (plane.member, plane.directory) {
            self.last = Looked::at(file, plane)?;
        }
        Ok((file, &self.last))
    }
}

impl Files {
    fn file(&mut self, members: &[Member], member: usize) -> Result<&TiffFile, TiffError> {
        let known = self.0.iter().position(|(open, _)| *open == member);
        let at = match known {
            Some(at) => at,
            None => {
                let Member { path, state } = &members[member];
                let file = TiffFile::open(path)?;
                if file.state() != *state {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    return TiffError::damaged(format!("lies in {name:?}, which has changed since it was opened"));
                }
                if self.0.len() >= MOST_OPEN {
                    self.0.remove(0);
                }
                self.0.push((member, file));
                self.0.len() - 1
            }
        };
        Ok(&self.0[at].1)
    }
}

impl Looked {
    fn at(file: &TiffFile, plane: Plane) -> Result<Self, TiffError> {
        let directory = Directory::read(file, plane.directory)?;
        let page = Page::of(file, &directory)?;
        decode::check(&page)?;
        page.check_size()?;
        let chunks = page.chunks(file, &directory)?;
        Ok(Self { plane, page, chunks })
    }
}

fn alike(page: &Page) -> (u32, u32, u16, Kind, bool) {
    (page.width, page.height, page.bits, page.kind, page.photometric == 0)
}

fn say(page: &Page) -> String {
    let white = if page.photometric == 0 { ", white is zero" } else { "" };
    format!("{} x {} px of {}{white}", page.width, page.height, page.dtype())
}
