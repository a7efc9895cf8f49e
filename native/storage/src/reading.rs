//! Files of a data folder, which come from anywhere: none is waited for, and none is larger than memory.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A document of more is none that a person or program wrote for us.
const MOST_DOCUMENT_BYTES: u64 = 64 << 20;

/// For reading. `InvalidInput`: a folder, a device, or a pipe, which would be waited for without end.
pub fn open_file(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    Ok(file)
}

/// The whole file. `InvalidInput`: as above; `FileTooLarge`: more than 64 MiB.
pub fn read_document(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(MOST_DOCUMENT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_DOCUMENT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than any document of a dataset"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_files_alone_and_no_more_than_a_document() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        assert_eq!(read_document(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
        std::fs::write(&path, b"{}").unwrap();
        assert_eq!(read_document(&path).unwrap(), b"{}");
        File::options().write(true).open(&path).unwrap().set_len(MOST_DOCUMENT_BYTES + 1).unwrap();
        assert_eq!(read_document(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read_document(folder.path()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(open_file(Path::new("/dev/zero")).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
