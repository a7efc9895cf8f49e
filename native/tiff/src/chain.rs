use std::collections::HashSet;

use crate::directory::tag;
use crate::{Directory, TiffError, TiffFile};

/// More pages than any program links; what claims more is no stack.
const MOST_PAGES: usize = 1 << 22;

/// The directories of a file, one after the other, as far as they were walked. It can go on where the file has grown.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Where each directory lies, bytes.
    pub directories: Vec<u64>,
    /// Where those lie that are pictures of their own, bytes: thumbnails, zoom levels and masks are left out.
    pub pictures: Vec<u64>,
    /// Where the offset of the next directory stands; 0: at the file's beginning.
    link: u64,
    seen: HashSet<u64>,
}

impl Chain {
    /// Reads the whole chain of a file.
    pub fn of(file: &TiffFile) -> Result<Self, TiffError> {
        let mut chain = Self::default();
        chain.walk(file)?;
        Ok(chain)
    }

    /// Goes on to the end of the file's chain.
    pub fn walk(&mut self, file: &TiffFile) -> Result<(), TiffError> {
        let mut at = self.next(file)?;
        while at != 0 {
            let number = self.directories.len();
            if number >= MOST_PAGES {
                return TiffError::damaged(format!("has more than {MOST_PAGES} directories"));
            }
            if !self.seen.insert(at) {
                return TiffError::damaged(format!("its directories run in a circle after number {number}"));
            }
            let read = Directory::read(file, at).and_then(|directory| Ok((is_picture(file, &directory)?, directory)));
            let (picture, directory) = read.map_err(|error| match number {
                0 => error.within("its first directory"),
                1 => error.within("it is cut short or damaged after the first directory: the next one"),
                _ => error.within(&format!("it is cut short or damaged after {number} directories: the next one")),
            })?;
            self.directories.push(at);
            if picture {
                self.pictures.push(at);
            }
            self.link = directory.link;
            at = directory.next;
        }
        Ok(())
    }

    fn next(&self, file: &TiffFile) -> Result<u64, TiffError> {
        let at = match self.link {
            0 => file.offset_bytes() as u64,
            link => link,
        };
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..file.offset_bytes()];
        file.read(bytes, at).map_err(|error| error.within("the offset of its first directory"))?;
        Ok(file.number(bytes))
    }
}

/// Neither a smaller copy of another picture, nor a mask of one.
fn is_picture(file: &TiffFile, directory: &Directory) -> Result<bool, TiffError> {
    const SMALLER: u64 = 1;
    const MASK: u64 = 4;
    let new = directory.number(file, tag::NEW_SUBFILE_TYPE)?.unwrap_or(0);
    let old = directory.number(file, tag::SUBFILE_TYPE)?.unwrap_or(0);
    Ok(new & (SMALLER | MASK) == 0 && old != 2)
}
