use std::path::Path;

use super::folder::{rename, sync_folder_of};
use super::named_file::NamedFile;
use crate::StorageError;

/// Replaces a file: whoever reads it sees the old content or the new, never a part.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8], sync: bool) -> Result<(), StorageError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let file = NamedFile::create(&partial)?;
    file.write_all_at(bytes, 0)?;
    if sync {
        file.sync_data()?;
    }
    rename(&partial, path)?;
    if sync {
        sync_folder_of(path)?;
    }
    Ok(())
}
