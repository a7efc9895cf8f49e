use std::io;
use std::path::PathBuf;

/// A path as people write it: `~/data/embryo.tif` lies below the home folder of whoever runs this process, and every other
/// text is a path as it stands. `NotFound`: nobody says where the home folder is.
pub fn expand_home(text: &str) -> io::Result<PathBuf> {
    match text.strip_prefix("~/") {
        Some(rest) => below_home(rest.trim_start_matches('/')),
        None => Ok(PathBuf::from(text)),
    }
}

/// The path of what lies at a relative path below the home folder. `NotFound`: nobody says where the home folder is.
pub fn below_home(rest: &str) -> io::Result<PathBuf> {
    let unknown = || io::Error::new(io::ErrorKind::NotFound, "the home folder is not known here; write the whole path");
    Ok(std::env::home_dir().ok_or_else(unknown)?.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_in_front_is_the_home_folder() {
        let home = std::env::home_dir().unwrap();
        assert_eq!(expand_home("~/a/b.tif").unwrap(), home.join("a/b.tif"));
        assert_eq!(expand_home("~//b.tif").unwrap(), home.join("b.tif"), "never the root of the disk");
        for plain in ["/data/~/b.tif", "a/b.tif", "~anna/b.tif", "~", ""] {
            assert_eq!(expand_home(plain).unwrap(), PathBuf::from(plain));
        }
    }
}
