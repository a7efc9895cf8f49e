//! Which path a `uri` means, by its text alone: the one reading of it, for checks and for whoever makes the dataset.

use crate::ProblemCode;
use crate::limits::{MAX_PATH_BYTES, shortened};

/// File systems take 255 bytes; what we write beside a name needs some of them.
const LONGEST_NAME_BYTES: usize = 200;

/// The path that a `uri` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UriPath {
    /// A path, relative or not.
    Path(String),
    /// A path below the home folder of whoever makes the dataset: `~/data/embryo.zarr`.
    InHome(String),
}

/// Why a `uri` means no path that can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriError {
    /// Stable, for programs: `missing`, `unsupported`, `too_long`, `name`.
    pub code: ProblemCode,
    /// A sentence for people.
    pub message: String,
    /// What was most likely meant, where that can be written to.
    pub meant: Option<String>,
}

impl UriPath {
    /// Reads a plain name or path, or an address `file:///path` with its escapes; Acquire's `file://name` is the name.
    pub fn of(uri: &str) -> Result<Self, UriError> {
        let bad = |code, message: String, meant: Option<String>| Err(UriError { code, message, meant });
        if uri.trim().is_empty() {
            return bad(ProblemCode::Missing, "Give a name to save to.".into(), None);
        }
        if uri.len() > MAX_PATH_BYTES {
            let message = format!("A path of {} bytes is too long; {MAX_PATH_BYTES} are allowed.", uri.len());
            return bad(ProblemCode::TooLong, message, None);
        }
        let text = match scheme(uri) {
            None => uri.to_owned(),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => from_address(rest),
            Some((scheme, _)) => {
                let message =
                    format!("{}:// is not supported yet: give the name of a file or folder.", shortened(scheme));
                return bad(ProblemCode::Unsupported, message, None);
            }
        };
        let text = text.as_str();
        if let Some(meant) = shell_words(text) {
            let message = format!(
                "\"{}\" would be the name itself, since no shell reads it here; {}.",
                meant.word,
                match &meant.home {
                    true => "write ~/ for your home folder, or the whole path",
                    false => "write the path out",
                }
            );
            return bad(ProblemCode::Name, message, meant.path.filter(|path| portable_path(path).is_ok()));
        }
        let (in_home, path) = match text.strip_prefix("~/") {
            Some(rest) => (true, rest.trim_start_matches('/')),
            None => (false, text),
        };
        if let Err(message) = portable_path(path) {
            let mended = repaired(text);
            let fits = mended != text && Self::of(&mended).is_ok();
            return bad(ProblemCode::Name, message, fits.then_some(mended));
        }
        let path = path.to_owned();
        Ok(if in_home { Self::InHome(path) } else { Self::Path(path) })
    }
}

/// `s3://bucket/x` -> (`s3`, `bucket/x`); of files also `file:/x`.
fn scheme(uri: &str) -> Option<(&str, &str)> {
    if let Some((scheme, rest)) = uri.split_once("://") {
        return Some((scheme, rest));
    }
    let (scheme, rest) = uri.split_once(':')?;
    (scheme.eq_ignore_ascii_case("file") && rest.starts_with('/')).then_some((scheme, rest))
}

/// The path of what follows `file://`. A computer's name may stand before it, and is this one's.
fn from_address(rest: &str) -> String {
    let path = match rest.split_at_checked("localhost".len()) {
        Some((host, path)) if host.eq_ignore_ascii_case("localhost") && path.starts_with('/') => path,
        _ => rest,
    };
    unescaped(path).unwrap_or_else(|| path.to_owned())
}

/// `my%20data` -> `my data`. `None`: nothing is escaped, or what is escaped is no text.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut any = false;
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| 16 * high + low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(first));
        any |= escaped.is_some();
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    any.then(|| String::from_utf8(bytes).ok()).flatten()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

struct ShellWord {
    word: String,
    /// It stands for a home folder.
    home: bool,
    path: Option<String>,
}

/// What a shell would have replaced, and nothing replaces here: `$HOME/x`, `${USER}.zarr`, `%TEMP%`, `~anna/x`, `a/~/b`.
fn shell_words(text: &str) -> Option<ShellWord> {
    for home in ["$HOME/", "${HOME}/", "%USERPROFILE%/", "%USERPROFILE%\\"] {
        if let Some(rest) = text.strip_prefix(home) {
            let word = home.trim_end_matches(['/', '\\']).to_owned();
            return Some(ShellWord { word, home: true, path: Some(format!("~/{rest}")) });
        }
    }
    if text == "~" {
        return Some(ShellWord { word: "~".into(), home: true, path: None });
    }
    let parts = text.split(['/', '\\']).enumerate();
    for (position, part) in parts {
        if part.starts_with('~') && !(position == 0 && part == "~") {
            return Some(ShellWord { word: shortened(part), home: true, path: None });
        }
        let variable = part.char_indices().find_map(|(at, c)| {
            let after = &part[at + c.len_utf8()..];
            let named = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            match c {
                '$' if named(after) || after.starts_with('{') => Some(&part[at..]),
                '%' => {
                    let name = &after[..after.find('%')?];
                    let whole =
                        named(name) && name.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '0'..='9'));
                    (whole && unescaped(&part[at..]).is_none()).then(|| &part[at..])
                }
                _ => None,
            }
        });
        if let Some(word) = variable {
            return Some(ShellWord { word: shortened(word), home: false, path: None });
        }
    }
    None
}

fn portable_path(path: &str) -> Result<(), String> {
    // Only Windows has drives.
    let without_drive = match path.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if cfg!(windows) && letter.is_ascii_alphabetic() => &path[2..],
        _ => path,
    };
    let separators: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };
    let trimmed = without_drive.trim_end_matches(separators);
    match trimmed.rsplit(separators).next() {
        None | Some("" | "." | "..") => return Err("Give the name of a file or folder to make.".into()),
        Some(_) => {}
    }
    trimmed.split(separators).filter(|name| !matches!(*name, "" | "." | "..")).try_for_each(portable_name)
}

/// May this be the name of a file on all systems? What Windows cannot hold is refused everywhere: data travels.
pub fn portable_name(name: &str) -> Result<(), String> {
    if let Some(wrong) = name.chars().find(|c| c.is_control() || "<>:\"|?*\\/".contains(*c)) {
        return Err(format!("{wrong:?} cannot be part of a name (Windows does not allow it)."));
    }
    if name.len() > LONGEST_NAME_BYTES {
        return Err(format!("The name is too long: {} bytes, and {LONGEST_NAME_BYTES} are allowed.", name.len()));
    }
    if name.ends_with([' ', '.']) || name.starts_with(' ') {
        return Err(format!("\"{name}\" begins or ends with a blank or a dot, which Windows does not allow."));
    }
    // A blank that nobody sees as one, or does not see at all, makes two names look alike.
    if let Some(unseen) = name.chars().find(|c| is_unseen(*c)) {
        return Err(format!(
            "\"{name}\" holds a character that nobody sees (U+{:04X}); type the name again.",
            u32::from(unseen)
        ));
    }
    if is_reserved(name) {
        return Err(format!("\"{name}\" cannot be a name: Windows keeps it for a device."));
    }
    if name == "@live" {
        return Err("\"@live\" is where a dataset is read while it is written.".into());
    }
    Ok(())
}

/// Blanks but the usual one, marks of direction, joiners that join nothing.
fn is_unseen(c: char) -> bool {
    c != ' ' && c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// `con`, `NUL.zarr`, `com1`, `lpt²`.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |prefix: &str| {
        let mut rest = stem.strip_prefix(prefix).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('1'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// The name that was most likely meant.
fn repaired(uri: &str) -> String {
    let (root, uri) = match uri.strip_prefix("~/") {
        Some(rest) => ("~/", rest),
        None if uri.starts_with('/') => ("/", uri),
        None => ("", uri),
    };
    let parts = uri.split(['/', '\\']).map(|name| {
        if matches!(name, "." | "..") {
            return name.to_owned();
        }
        let name = name.trim_matches(|c: char| c.is_control() || is_unseen(c));
        let name: String = name
            .chars()
            .map(|c| {
                if c.is_control() || "<>:\"|?*".contains(c) {
                    '_'
                } else if is_unseen(c) {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        let name = name.trim_start().trim_end_matches([' ', '.']);
        let (stem, ending) = name.split_at(name.find('.').unwrap_or(name.len()));
        if is_reserved(name) { format!("{stem}_{ending}") } else { name.to_owned() }
    });
    let parts: Vec<String> = parts.filter(|name| !name.is_empty()).collect();
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_on_windows_too() {
        for wrong in
            ["a:b", "what?.zarr", "nul", "COM1.zarr", "lpt9", "dot.", "blank ", "tab\t", "a\\b", "@live", "aux.b.zarr"]
        {
            assert!(portable_name(wrong).is_err(), "{wrong}");
        }
        for right in ["com0", "com10", "null.zarr", "\u{fc}ber.zarr", "a b.zarr", "console", ".hidden"] {
            assert_eq!(portable_name(right), Ok(()), "{right}");
        }
        assert!(portable_name(&"n".repeat(201)).is_err());
    }

    #[test]
    fn a_repaired_name_is_valid() {
        for (wrong, right) in [
            ("a:b.zarr", "a_b.zarr"),
            ("out.zarr.", "out.zarr"),
            ("day 1\\out.zarr", "day 1/out.zarr"),
            ("/data/nul.zarr", "/data/nul_.zarr"),
            ("../con", "../con_"),
        ] {
            assert!(portable_path(wrong).is_err(), "{wrong}");
            assert_eq!(repaired(wrong), right);
            assert_eq!(portable_path(right), Ok(()));
        }
    }

    #[test]
    fn addresses_of_files_are_paths() {
        let path = |text: &str| Ok(UriPath::Path(text.to_owned()));
        assert_eq!(UriPath::of("out.zarr"), path("out.zarr"));
        assert_eq!(UriPath::of("file:///tmp/my%20data.zarr"), path("/tmp/my data.zarr"));
        assert_eq!(UriPath::of("file:/tmp/%C3%BCber.zarr"), path("/tmp/\u{fc}ber.zarr"));
        assert_eq!(UriPath::of("FILE://localhost/tmp/x.zarr"), path("/tmp/x.zarr"));
        // Acquire takes the address away and leaves a name.
        assert_eq!(UriPath::of("file://out.zarr"), path("out.zarr"));
        assert_eq!(UriPath::of("file:///tmp/100%.zarr"), path("/tmp/100%.zarr"));
        assert_eq!(UriPath::of("my%20data.zarr"), path("my%20data.zarr"), "only addresses are escaped");
        assert_eq!(UriPath::of("s3://bucket/x").map_err(|bad| bad.code), Err(ProblemCode::Unsupported));
        // An escape does not get past what names may hold.
        assert!(UriPath::of("file:///tmp/a%00b").is_err() && UriPath::of("file:///tmp/a%2F..%2F%2E%2E").is_err());
        assert_eq!(unescaped("%ff"), None);
    }

    #[test]
    fn a_tilde_is_the_home_folder_or_refused() {
        assert_eq!(UriPath::of("~/data/x.zarr"), Ok(UriPath::InHome("data/x.zarr".into())));
        assert_eq!(UriPath::of("~//x.zarr"), Ok(UriPath::InHome("x.zarr".into())));
        assert_eq!(UriPath::of("x~1.zarr~"), Ok(UriPath::Path("x~1.zarr~".into())));
        for (wrong, meant) in [
            ("~", None),
            ("~/", None),
            ("~anna/x.zarr", None),
            ("a/~/x.zarr", None),
            ("$HOME/x.zarr", Some("~/x.zarr")),
            ("${HOME}/x.zarr", Some("~/x.zarr")),
            ("%USERPROFILE%\\x.zarr", Some("~/x.zarr")),
            ("run_$USER.zarr", None),
            ("/data/${DAY}/x.zarr", None),
            ("%TEMP%/x.zarr", None),
            ("~/a:b.zarr", Some("~/a_b.zarr")),
        ] {
            let bad = UriPath::of(wrong).expect_err(wrong);
            assert_eq!((bad.code, bad.meant.as_deref()), (ProblemCode::Name, meant), "{wrong}: {}", bad.message);
        }
        for right in ["5$.zarr", "100%.zarr", "a%20b%20c.zarr", "50%_and_60%.zarr"] {
            assert_eq!(UriPath::of(right), Ok(UriPath::Path(right.into())), "{right}");
        }
    }

    #[test]
    fn what_nobody_sees_is_refused() {
        for (wrong, meant) in [
            (" out.zarr", "out.zarr"),
            ("out.zarr ", "out.zarr"),
            ("day 1 /out.zarr", "day 1/out.zarr"),
            ("out.zarr\n", "out.zarr"),
            ("a\u{a0}b.zarr", "a b.zarr"),
            ("out\u{200b}.zarr", "out .zarr"),
        ] {
            let bad = UriPath::of(wrong).expect_err(wrong);
            assert_eq!(bad.meant.as_deref(), Some(meant), "{wrong:?}: {}", bad.message);
        }
        assert_eq!(UriPath::of("   ").map_err(|bad| bad.code), Err(ProblemCode::Missing));
        assert!(UriPath::of(&"d/".repeat(501)).is_err() && UriPath::of("a\0b").is_err());
    }
}
