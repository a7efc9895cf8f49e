//! What stands at a path where no dataset does, in words that help.

use std::io::Read;
use std::path::Path;

use zarrcam_files::{open_file, why};

const IMAGES: [&str; 8] = ["png", "jpg", "jpeg", "bmp", "gif", "nd2", "czi", "lif"];

/// A phrase. Of Zarr and TIFF that cannot be read others know more.
pub(super) fn what_it_is(path: &Path) -> String {
    match std::fs::metadata(path) {
        Err(_) if path.is_symlink() => "it is a link that leads nowhere".to_owned(),
        Err(_) => "nothing is there".to_owned(),
        Ok(found) if found.is_dir() => folder(path),
        Ok(found) if found.is_file() => file(path),
        Ok(_) => "it is neither a file nor a folder".to_owned(),
    }
}

fn folder(path: &Path) -> String {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return format!("the folder cannot be read: {}", why(&error)),
    };
    let ending = |name: &Path| name.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let (mut count, mut tiffs, mut images) = (0, 0, 0);
    for entry in entries.flatten().take(1000) {
        let ending = ending(Path::new(&entry.file_name()));
        count += 1;
        tiffs += usize::from(["tif", "tiff"].contains(&ending.as_str()));
        images += usize::from(IMAGES.contains(&ending.as_str()));
    }
    match () {
        () if count == 0 => "the folder is empty".to_owned(),
        () if tiffs > 0 => "it is a folder of TIFF files, each of which is a dataset; open one of them".to_owned(),
        () if images > 0 => "it is a folder of image files that zarrcam does not read".to_owned(),
        () => "it is a folder without Zarr metadata (zarr.json, .zgroup or .zarray)".to_owned(),
    }
}

fn file(path: &Path) -> String {
    let mut head = [0; 4];
    let read = open_file(path).and_then(|mut file| file.read(&mut head));
    let other =
        "it is a file of another kind; datasets are Zarr folders, TIFF files, and raw files with their NAME.json";
    match (read, &head) {
        (Err(error), _) => format!("it cannot be read: {}", why(&error)),
        (Ok(0), _) => "the file is empty".to_owned(),
        (_, b"PK\x03\x04" | b"PK\x05\x06") => "it is a zip archive; unpack it, and open the folder".to_owned(),
        (_, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+") => {
            "it is another program's TIFF under another name; name it .tif to open it".to_owned()
        }
        _ => other.to_owned(),
    }
}
