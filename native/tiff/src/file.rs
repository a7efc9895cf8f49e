use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use zarrcam_files::{FileState, open_file, why};

use crate::TiffError;

/// An open TIFF or BigTIFF, of either byte order.
#[derive(Debug)]
pub struct TiffFile {
    file: File,
    state: FileState,
    pub(crate) big: bool,
    pub(crate) little_endian: bool,
}

impl TiffFile {
    /// Opens a file. Fails where it is no TIFF, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, TiffError> {
        let io = |error: std::io::Error| TiffError::Io(why(&error));
        let file = open_file(path).map_err(io)?;
        let state = FileState::of(&file.metadata().map_err(io)?);
        let mut magic = [0; 4];
        file.read_exact_at(&mut magic, 0).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => TiffError::NotTiff,
            _ => io(error),
        })?;
        let (big, little_endian) = match &magic {
            b"II\x2a\0" => (false, true),
            b"MM\0\x2a" => (false, false),
            b"II\x2b\0" => (true, true),
            b"MM\0\x2b" => (true, false),
            _ => return Err(TiffError::NotTiff),
        };
        Ok(Self { file, state, big, little_endian })
    }

    /// The file as it was when it was opened.
    pub fn state(&self) -> FileState {
        self.state
    }

    /// Whether it is still as it was when it was opened. A file that took its name since does not count.
    pub fn is_unchanged(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| FileState::of(&metadata) == self.state)
    }

    /// Whether it is a BigTIFF, whose offsets have 64 bits.
    pub fn is_big(&self) -> bool {
        self.big
    }

    /// How long it was when it was opened, bytes.
    pub fn bytes(&self) -> u64 {
        self.state.bytes()
    }

    pub(crate) fn read(&self, bytes: &mut [u8], offset: u64) -> Result<(), TiffError> {
        self.file.read_exact_at(bytes, offset).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => TiffError::Damaged("lies behind the end of the file".to_owned()),
            _ => TiffError::Io(why(&error)),
        })
    }

    /// Reads what there is of `bytes` before the end of the file; returns how many it read.
    pub(crate) fn read_some(&self, bytes: &mut [u8], offset: u64) -> Result<usize, TiffError> {
        let mut done = 0;
        while done < bytes.len() {
            match self.file.read_at(&mut bytes[done..], offset.saturating_add(done as u64)) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(TiffError::Io(why(&error))),
            }
        }
        Ok(done)
    }

    /// The number that bytes mean in the file's byte order.
    pub(crate) fn number(&self, bytes: &[u8]) -> u64 {
        let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.little_endian { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) }
    }

    pub(crate) fn offset_bytes(&self) -> usize {
        if self.big { 8 } else { 4 }
    }
}
