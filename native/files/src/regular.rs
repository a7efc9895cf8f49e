use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use crate::words::in_words;

/// A document of more is none that a person or program wrote for us.
const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

/// Opens a regular file for reading, and waits for nobody. `InvalidInput`: it is something else (a folder, a pipe, a socket, a
/// device), which the message names.
pub fn open_file(path: &Path) -> io::Result<File> {
    // Asked before it is opened: that alone would move a device.
    check_regular(&std::fs::metadata(path)?)?;
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path)?;
    // Something else may stand there by now.
    check_regular(&file.metadata()?)?;
    Ok(file)
}

/// Reads the whole of a regular file. `InvalidInput`: as in [`open_file`]; `FileTooLarge`: more than 64 MiB.
pub fn read_document(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than any document of a dataset"));
    }
    Ok(bytes)
}

/// What went wrong when a file was read, as the rest of a sentence about it: "there is no such file", "it is a folder, no file".
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => in_words(error),
    }
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = name(metadata.file_type());
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}, no file")))
}

fn name(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_by_name_and_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path| open_file(path).unwrap_err();
        assert_eq!(why(&refused(folder.path())), "it is a folder, no file");
        assert_eq!(why(&refused(Path::new("/dev/zero"))), "it is a device, no file");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(why(&refused(&socket)), "it is a socket, no file");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert_eq!(why(&refused(&pipe)), "it is a pipe, no file");
        assert_eq!(refused(&pipe).kind(), io::ErrorKind::InvalidInput);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        assert_eq!(why(&refused(&link)), "it is a pipe, no file");
        assert_eq!(why(&refused(&folder.path().join("none"))), "there is no such file");
    }

    #[test]
    fn a_document_is_read_whole_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document");
        std::fs::write(&path, b"{}").unwrap();
        assert_eq!(read_document(&path).unwrap(), b"{}");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read_document(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
