//! As much of TIFF 6.0 and BigTIFF as a list of datasets needs: the first page, and how many follow.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{FileState, MOST_REMEMBERED};
use crate::files::NamedFile;
use crate::plain::SOFTWARE;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tiff {
    pub width: u64,
    pub height: u64,
    /// In Zarr V3's words.
    pub dtype: String,
    /// TIFF's number; 1: none.
    pub compression: u64,
    pub pages: u64,
    pub description: Option<String>,
    /// Written by zarrcam.
    pub ours: bool,
}

struct Read {
    state: FileState,
    tiff: Tiff,
    /// Where the offset of the next page stands.
    link: u64,
}

static READ: LazyLock<Mutex<HashMap<PathBuf, Read>>> = LazyLock::new(Mutex::default);

/// A first page has a few dozen tags; more is no picture.
const MOST_TAGS: u64 = 4096;
/// No description of ours is longer, and no other is shown.
const MOST_DESCRIPTION_BYTES: u64 = 4 << 20;

/// `None`: no TIFF, or one without a page. Only pages that came since the last time are counted.
pub(super) fn read(path: &Path) -> Option<Tiff> {
    let file = NamedFile::open(path).ok()?;
    let state = FileState::of(&file.file.metadata().ok()?);
    let format = Format::of(&file)?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let known = read.remove(path);
    let mut entry = match known {
        Some(known) if known.state == state => known,
        known => {
            let (tiff, link) = format.first_page(&file)?;
            // Ours only grows. Another run's first page says so, even if it got the same inode.
            let grown = known.filter(|known| {
                known.state.is_same_file(&state)
                    && tiff.ours
                    && known.tiff == Tiff { pages: known.tiff.pages, ..tiff.clone() }
            });
            grown.unwrap_or(Read { state, tiff, link })
        }
    };
    // Every page is another place in the file; a chain that runs in a circle ends here.
    while entry.tiff.pages <= state.bytes / format.least_page_bytes() {
        let Some(link) = format.next(&file, entry.link).and_then(|page| format.link_of(&file, page)) else { break };
        entry.link = link;
        entry.tiff.pages += 1;
    }
    entry.state = state;
    let tiff = entry.tiff.clone();
    if read.len() >= MOST_REMEMBERED {
        read.clear();
    }
    read.insert(path.to_owned(), entry);
    Some(tiff)
}

#[derive(Clone, Copy)]
struct Format {
    big: bool,
    little_endian: bool,
}

impl Format {
    fn of(file: &NamedFile) -> Option<Self> {
        let mut magic = [0; 4];
        file.read_exact_at(&mut magic, 0).ok()?;
        match &magic {
            b"II\x2a\0" => Some(Self { big: false, little_endian: true }),
            b"MM\0\x2a" => Some(Self { big: false, little_endian: false }),
            b"II\x2b\0" => Some(Self { big: true, little_endian: true }),
            b"MM\0\x2b" => Some(Self { big: true, little_endian: false }),
            _ => None,
        }
    }

    /// An empty directory.
    fn least_page_bytes(self) -> u64 {
        if self.big { 16 } else { 6 }
    }

    fn number(self, bytes: &[u8]) -> u64 {
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.little_endian { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) }
    }

    fn number_at(self, file: &NamedFile, offset: u64, bytes: usize) -> Option<u64> {
        let mut buffer = [0; 8];
        file.read_exact_at(&mut buffer[..bytes], offset).ok()?;
        Some(self.number(&buffer[..bytes]))
    }

    /// The page that a link leads to; `None`: the last one was before it.
    fn next(self, file: &NamedFile, link: u64) -> Option<u64> {
        let bytes = if self.big { 8 } else { 4 };
        self.number_at(file, link, bytes).filter(|page| *page > 0)
    }

    /// Number of tags, and where they begin.
    fn tags(self, file: &NamedFile, page: u64) -> Option<(u64, u64)> {
        let count_bytes = if self.big { 8 } else { 2 };
        let count = self.number_at(file, page, count_bytes)?;
        (count > 0 && count <= MOST_TAGS).then(|| Some((count, page.checked_add(count_bytes as u64)?))).flatten()
    }

    fn tag_bytes(self) -> u64 {
        if self.big { 20 } else { 12 }
    }

    /// Where the link to the page after `page` stands, once all of it is in the file.
    fn link_of(self, file: &NamedFile, page: u64) -> Option<u64> {
        let (count, tags_at) = self.tags(file, page)?;
        let link = tags_at.checked_add(count * self.tag_bytes())?;
        self.number_at(file, link, if self.big { 8 } else { 4 }).map(|_| link)
    }

    fn first_page(self, file: &NamedFile) -> Option<(Tiff, u64)> {
        let page = self.next(file, if self.big { 8 } else { 4 })?;
        let link = self.link_of(file, page)?;
        let (count, tags_at) = self.tags(file, page)?;
        let mut bytes = vec![0; (count * self.tag_bytes()) as usize];
        file.read_exact_at(&mut bytes, tags_at).ok()?;
        let (mut width, mut height, mut bits, mut compression, mut format) = (0, 0, 1, 1, 1);
        let (mut description, mut ours) = (None, false);
        for tag in bytes.chunks_exact(self.tag_bytes() as usize) {
            let value = &tag[if self.big { 12 } else { 8 }..];
            let items = self.number(&tag[4..if self.big { 12 } else { 8 }]);
            let kind = self.number(&tag[2..4]);
            let first = match kind {
                3 => self.number(&value[..2]),
                4 => self.number(&value[..4]),
                16 if self.big => self.number(value),
                _ => 0,
            };
            // Of several samples a pixel the numbers stand elsewhere; all are the same in what microscopes write.
            let inline = items * 2 <= value.len() as u64;
            let first_short = || if inline { Some(first) } else { self.number_at(file, self.number(value), 2) };
            match self.number(&tag[..2]) {
                256 => width = first,
                257 => height = first,
                258 => bits = first_short()?,
                259 => compression = first,
                270 if kind == 2 => description = self.text(file, items, value),
                305 => ours = self.big && value == SOFTWARE,
                339 => format = first_short()?,
                _ => {}
            }
        }
        let kind = match format {
            2 => "int",
            3 => "float",
            _ => "uint",
        };
        let dtype = if bits == 1 { "bool".to_owned() } else { format!("{kind}{bits}") };
        let tiff = Tiff { width, height, dtype, compression, pages: 1, description, ours };
        (width > 0 && height > 0).then_some((tiff, link))
    }

    fn text(self, file: &NamedFile, length: u64, value: &[u8]) -> Option<String> {
        if length > MOST_DESCRIPTION_BYTES {
            return None;
        }
        let mut bytes = vec![0; length as usize];
        match value.get(..bytes.len()) {
            Some(inline) => bytes.copy_from_slice(inline),
            None => file.read_exact_at(&mut bytes, self.number(value)).ok()?,
        }
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}
