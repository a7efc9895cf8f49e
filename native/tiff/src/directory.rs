use crate::field_type::{ASCII, BYTE, FLOAT, IFD, IFD8, LONG, LONG8, RATIONAL, SBYTE, SHORT, SLONG, SSHORT, UNDEFINED};
use crate::{TiffError, TiffFile};

/// Tags that are read here, of TIFF 6.0 and the programs that added their own.
pub mod tag {
    pub const NEW_SUBFILE_TYPE: u16 = 254;
    pub const SUBFILE_TYPE: u16 = 255;
    pub const WIDTH: u16 = 256;
    pub const HEIGHT: u16 = 257;
    pub const BITS: u16 = 258;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const DESCRIPTION: u16 = 270;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const SAMPLES: u16 = 277;
    pub const ROWS_PER_STRIP: u16 = 278;
    pub const STRIP_BYTES: u16 = 279;
    pub const X_RESOLUTION: u16 = 282;
    pub const Y_RESOLUTION: u16 = 283;
    pub const PLANAR: u16 = 284;
    pub const RESOLUTION_UNIT: u16 = 296;
    pub const SOFTWARE: u16 = 305;
    pub const PREDICTOR: u16 = 317;
    pub const TILE_WIDTH: u16 = 322;
    pub const TILE_HEIGHT: u16 = 323;
    pub const TILE_OFFSETS: u16 = 324;
    pub const TILE_BYTES: u16 = 325;
    pub const SAMPLE_FORMAT: u16 = 339;
    /// SGI's, for volumes.
    pub const IMAGE_DEPTH: u16 = 32997;
    /// Molecular Dynamics' gel scanners.
    pub const MD_FILE: u16 = 33445;
    /// MetaMorph's count of planes.
    pub const UIC2: u16 = 33629;
}

/// The longest directory has a few dozen tags.
const MOST_TAGS: u64 = 4096;
/// Read at once: most directories fit.
const FIRST_BYTES: usize = 2048;
/// No description is longer: OME-XML of a hundred thousand planes is 20 MB.
const MOST_TEXT_BYTES: u64 = 64 << 20;

/// The tags of one page.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Where it lies in the file, bytes.
    pub at: u64,
    entries: Vec<Entry>,
    /// Where the next one lies, bytes; 0: it is the last.
    pub next: u64,
    /// Where `next` stands in the file, bytes.
    pub(crate) link: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Values, or where they are.
    value: [u8; 8],
}

impl Directory {
    /// Reads the first directory of a file; `None`: the file has no page yet.
    pub fn first(file: &TiffFile) -> Result<Option<Self>, TiffError> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..file.offset_bytes()];
        let at = file.offset_bytes() as u64;
        file.read(bytes, at).map_err(|error| error.within("the offset of its first directory"))?;
        match file.number(bytes) {
            0 => Ok(None),
            at => Self::read(file, at).map(Some).map_err(|error| error.within("its first directory")),
        }
    }

    /// Reads the directory at this offset, bytes. Fails where none can lie there.
    pub fn read(file: &TiffFile, at: u64) -> Result<Self, TiffError> {
        let (count_bytes, entry_bytes, offset_bytes) = if file.big { (8, 20, 8) } else { (2, 12, 4) };
        let mut bytes = vec![0; FIRST_BYTES];
        let there = file.read_some(&mut bytes, at)?;
        bytes.truncate(there);
        let Some(count) = bytes.get(..count_bytes).map(|bytes| file.number(bytes)) else {
            return TiffError::damaged("lies behind the end of the file");
        };
        if count == 0 || count > MOST_TAGS {
            return TiffError::damaged(format!("claims {count} tags: it is no directory"));
        }
        let whole = count_bytes + count as usize * entry_bytes + offset_bytes;
        if there < whole {
            bytes.resize(whole, 0);
            file.read(&mut bytes[there..], at.saturating_add(there as u64))?;
        }
        let entries = bytes[count_bytes..whole - offset_bytes].chunks_exact(entry_bytes).map(|entry| {
            let split = entry_bytes - offset_bytes;
            let mut value = [0; 8];
            value[..offset_bytes].copy_from_slice(&entry[split..]);
            Entry {
                tag: file.number(&entry[..2]) as u16,
                kind: file.number(&entry[2..4]) as u16,
                count: file.number(&entry[4..split]),
                value,
            }
        });
        let entries = entries.collect();
        let link = at + (whole - offset_bytes) as u64;
        Ok(Self { at, entries, next: file.number(&bytes[whole - offset_bytes..whole]), link })
    }

    /// Whether it has this tag.
    pub fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// How many values a tag has; `None`: there is no such tag.
    pub fn count(&self, tag: u16) -> Option<u64> {
        self.entry(tag).map(|entry| entry.count)
    }

    /// The first value of a tag of whole numbers; `None`: there is none.
    pub fn number(&self, file: &TiffFile, tag: u16) -> Result<Option<u64>, TiffError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        if entry.count == 0 {
            return Ok(None);
        }
        Ok(entry.numbers(file, 1)?.first().copied())
    }

    /// All values of a tag of whole numbers; more than `most` are damage.
    pub(crate) fn numbers(&self, file: &TiffFile, tag: u16, most: u64) -> Result<Option<Vec<u64>>, TiffError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        if entry.count > most {
            return TiffError::damaged(format!("has {} values of tag {tag}, where {most} belong", entry.count));
        }
        entry.numbers(file, entry.count).map(Some)
    }

    /// The first value of a tag of fractions, as numerator and denominator; `None`: there is none.
    pub fn rational(&self, file: &TiffFile, tag: u16) -> Result<Option<[u64; 2]>, TiffError> {
        let Some(entry) = self.entry(tag).filter(|entry| entry.kind == RATIONAL && entry.count > 0) else {
            return Ok(None);
        };
        let bytes = entry.bytes(file, 8)?;
        Ok(Some([file.number(&bytes[..4]), file.number(&bytes[4..])]))
    }

    /// The text of a tag, without its final NUL; `None`: there is none.
    pub fn text(&self, file: &TiffFile, tag: u16) -> Result<Option<String>, TiffError> {
        let Some(entry) = self.entry(tag).filter(|entry| matches!(entry.kind, ASCII | BYTE | UNDEFINED)) else {
            return Ok(None);
        };
        if entry.count > MOST_TEXT_BYTES.min(file.bytes()) {
            return TiffError::damaged(format!(
                "has a text of {} bytes at tag {tag}, more than can be read",
                entry.count
            ));
        }
        let mut bytes = entry.bytes(file, entry.count)?;
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

impl Entry {
    /// The first `bytes` of its values. The caller has bounded them.
    fn bytes(&self, file: &TiffFile, bytes: u64) -> Result<Vec<u8>, TiffError> {
        let size = match self.kind {
            BYTE | ASCII | SBYTE | UNDEFINED => 1,
            SHORT | SSHORT => 2,
            LONG | SLONG | FLOAT | IFD => 4,
            _ => 8,
        };
        let mut read = vec![0; bytes as usize];
        if self.count.saturating_mul(size) <= file.offset_bytes() as u64 {
            let inline = read.len().min(self.value.len());
            read[..inline].copy_from_slice(&self.value[..inline]);
            return Ok(read);
        }
        let at = file.number(&self.value[..file.offset_bytes()]);
        file.read(&mut read, at).map_err(|error| error.within(&format!("tag {}", self.tag)))?;
        Ok(read)
    }

    fn numbers(&self, file: &TiffFile, count: u64) -> Result<Vec<u64>, TiffError> {
        let size = match self.kind {
            BYTE => 1,
            SHORT => 2,
            LONG | IFD => 4,
            LONG8 | IFD8 => 8,
            kind => return TiffError::damaged(format!("has tag {} of type {kind}, no whole number", self.tag)),
        };
        let bytes = count.saturating_mul(size);
        if bytes > file.bytes() {
            return TiffError::damaged(format!("has more values of tag {} than the file has room for", self.tag));
        }
        Ok(self.bytes(file, bytes)?.chunks_exact(size as usize).map(|bytes| file.number(bytes)).collect())
    }
}
