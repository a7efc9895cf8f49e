use std::io::{Error, ErrorKind};

use rustix::io::Errno;

/// What went wrong, as the rest of a sentence and without the system's number: "the disk is read-only", "no space is left on
/// the disk".
pub fn in_words(error: &Error) -> String {
    if let Some(words) = of_number(error) {
        return words.to_owned();
    }
    let words = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder",
        ErrorKind::PermissionDenied => "this user may not do that there",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        ErrorKind::StorageFull => "no space is left on the disk",
        ErrorKind::QuotaExceeded => "this user's share of the disk is used up",
        ErrorKind::FileTooLarge => "the file system takes no file of this size",
        ErrorKind::AlreadyExists => "something stands there already",
        ErrorKind::NotADirectory => "a part of its path is a file, no folder",
        ErrorKind::IsADirectory => "a folder stands there",
        ErrorKind::DirectoryNotEmpty => "the folder is not empty",
        ErrorKind::InvalidFilename => "the file system does not take such a name",
        ErrorKind::ResourceBusy => "another program is using it",
        ErrorKind::CrossesDevices => "it would have to move to another disk",
        ErrorKind::StaleNetworkFileHandle => "the network drive has lost it",
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            "the network drive does not answer"
        }
        ErrorKind::UnexpectedEof => "it ends too early",
        ErrorKind::WriteZero => "nothing of it was taken",
        ErrorKind::OutOfMemory => "no memory is left",
        _ => return without_number(error),
    };
    words.to_owned()
}

/// Of what the standard library has no kind for.
fn of_number(error: &Error) -> Option<&'static str> {
    Some(match Errno::from_io_error(error)? {
        Errno::IO => "the disk or its connection failed",
        Errno::MFILE | Errno::NFILE => "too many files are open",
        Errno::LOOP => "its links lead in a circle",
        Errno::NODEV | Errno::NXIO => "its device is gone",
        _ => return None,
    })
}

/// The system's own words.
fn without_number(error: &Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_the_system_is_told() {
        for number in 1..=133 {
            let words = in_words(&Error::from_raw_os_error(number));
            assert!(!words.is_empty() && !words.contains("os error"), "{number}: {words}");
        }
    }

    #[test]
    fn what_users_meet_is_said_in_words() {
        let said = |errno: Errno| in_words(&errno.into());
        assert_eq!(said(Errno::NOSPC), "no space is left on the disk");
        assert_eq!(said(Errno::ACCESS), "this user may not do that there");
        assert_eq!(said(Errno::ROFS), "the disk is read-only");
        assert_eq!(said(Errno::IO), "the disk or its connection failed");
        assert_eq!(said(Errno::MFILE), "too many files are open");
        assert_eq!(in_words(&Error::other("it is no JSON")), "it is no JSON");
    }
}
