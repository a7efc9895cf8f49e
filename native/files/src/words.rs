use std::io::Error;

/// The system's own words for what went wrong, which people look up, without its number: "No space left on device",
/// "Permission denied". As the rest of a sentence that names the path and what was tried.
pub fn in_words(error: &Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn no_number_of_the_system_is_told() {
        for number in 1..=133 {
            let words = in_words(&Error::from_raw_os_error(number));
            assert!(!words.is_empty() && !words.contains("os error"), "{number}: {words}");
        }
    }

    #[test]
    fn what_users_meet_is_said_in_the_systems_words() {
        let said = |errno: Errno| in_words(&errno.into());
        assert_eq!(said(Errno::NOSPC), "No space left on device");
        assert_eq!(said(Errno::ACCESS), "Permission denied");
        assert_eq!(said(Errno::ROFS), "Read-only file system");
        assert_eq!(in_words(&Error::other("it is no JSON")), "it is no JSON");
    }
}
