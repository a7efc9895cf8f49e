use std::path::Path;
use std::sync::Arc;

use zarrcam_files::FileState;

use crate::page::Chunks;
use crate::{Chain, Directory, Member, Page, Plane, Planes, SampleKind, TiffError, TiffFile, decode, planes};

/// Files of a set that are kept open at a time.
const MOST_OPEN: usize = 16;

/// What a stack holds and where it lies, as it was found out; no file is open.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Where the planes lie.
    pub planes: Planes,
    /// The page of the first plane; the others are like it.
    pub page: Page,
}

/// Planes that are all alike, all in their files, and of a kind that is read here.
#[derive(Debug)]
pub struct Stack {
    survey: Arc<Survey>,
    files: Files,
    last: Option<Looked>,
}

/// The files that were used last.
#[derive(Debug, Default)]
struct Files(Vec<(usize, TiffFile)>);

/// A directory, read.
#[derive(Debug)]
struct Looked {
    plane: Plane,
    page: Page,
    chunks: Chunks,
}

impl Survey {
    /// Looks at the directory of every plane, and decodes none. Fails where planes are missing, or are not alike.
    pub fn of(path: &Path) -> Result<Self, TiffError> {
        let file = TiffFile::open(path)?;
        let planes = planes(path, &file, &Chain::of(&file)?)?;
        let mut files = Files(vec![(0, file)]);
        // Planes behind one directory were checked for their room when they were found.
        let count = if planes.share_a_directory() { 1 } else { planes.count() };
        let mut first = None;
        for number in 0..count {
            let plane = planes.get(number);
            let looked = files.file(&planes.members, plane.member).and_then(|file| {
                let looked = Looked::at(file, plane)?;
                looked.check(file, first.as_ref())?;
                Ok(looked)
            });
            let looked = looked.map_err(|error| error.within(&format!("page {number}")))?;
            first.get_or_insert(looked.page);
        }
        let page = first.map_or_else(|| TiffError::damaged("it holds no picture"), Ok)?;
        Ok(Self { planes, page })
    }

    /// Whether all its files are as they were.
    pub fn is_current(&self) -> bool {
        self.planes.members.iter().all(|member| {
            std::fs::metadata(&member.path).is_ok_and(|metadata| FileState::of(&metadata) == member.state)
        })
    }
}

impl Stack {
    /// The planes that a survey found. Files are opened as their planes are read.
    pub fn new(survey: Arc<Survey>) -> Self {
        Self { survey, files: Files::default(), last: None }
    }

    /// Decodes a plane into `out`, which is `plane_bytes` of the page long: rows from the top, little endian, as stored.
    /// A file that changed since the survey is an error.
    pub fn read(&mut self, number: u64, out: &mut [u8]) -> Result<(), TiffError> {
        let plane = self.survey.planes.get(number);
        self.decode(plane, out).map_err(|error| error.within(&format!("page {number}")))
    }

    fn decode(&mut self, plane: Plane, out: &mut [u8]) -> Result<(), TiffError> {
        let file = self.files.file(&self.survey.planes.members, plane.member)?;
        let same = |last: &Looked| (last.plane.member, last.plane.directory) == (plane.member, plane.directory);
        let looked = match self.last.take().filter(same) {
            Some(last) => last,
            None => Looked::at(file, plane)?,
        };
        if looked.page.plane_bytes() != out.len() as u64 || !file.is_unchanged() {
            return TiffError::damaged("lies in a file that has changed since it was opened");
        }
        decode::decode(file, &looked.page, &looked.chunks, plane, out)?;
        self.last = Some(looked);
        Ok(())
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

    /// That all of it is there, and like the first page.
    fn check(&self, file: &TiffFile, first: Option<&Page>) -> Result<(), TiffError> {
        if let Some(first) = first.filter(|first| alike(first) != alike(&self.page)) {
            return TiffError::unsupported(format!(
                "is {}, where page 0 is {}; all pages of a stack must be alike: save each kind in a file of its own",
                say(&self.page),
                say(first)
            ));
        }
        self.page.check_extent(file, &self.chunks, self.plane)
    }
}

fn alike(page: &Page) -> (u32, u32, u16, SampleKind, bool, u16) {
    (page.width, page.height, page.bits, page.kind, page.photometric == 0, page.planes())
}

fn say(page: &Page) -> String {
    let white = if page.photometric == 0 { ", white is zero" } else { "" };
    let channels = if page.planes() > 1 { format!(" in {} channels", page.planes()) } else { String::new() };
    format!("{} x {} px of {}{channels}{white}", page.width, page.height, page.dtype())
}
