//! One frame as a file of its own: a classic TIFF, which every program reads.

use serde::Deserialize;
use zarrcam_frame::PixelType;

use super::resolution::pixels_per_centimetre;
use super::tiff_directory::{Container, Description, PageDirectory};

/// What a frame that is kept as a TIFF is.
#[derive(Clone, Debug, Deserialize)]
pub struct SnapshotImage {
    /// Width, px.
    pub width: u32,
    /// Height, px.
    pub height: u32,
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// What is known of the frame, as JSON: the file's `ImageDescription`.
    pub description: String,
    /// Width and height of a pixel, um; 0: not calibrated, and no resolution is claimed.
    pub pixel_size_um: [f64; 2],
}

/// The bytes of a baseline TIFF: little endian, one strip, not compressed. `pixels`: rows tight, little endian. `None`: they
/// are not as many as the image says, or more than a TIFF of 32 bits holds.
pub fn snapshot_tiff(image: &SnapshotImage, pixels: &[u8]) -> Option<Vec<u8>> {
    let container = Container::Classic;
    let [x, y] = image.pixel_size_um.map(|um| if um > 0.0 { pixels_per_centimetre(um) } else { None });
    let mut description = image.description.clone().into_bytes();
    description.push(0);
    let header = container.header();
    let directory = PageDirectory {
        width: image.width,
        height: image.height,
        pixel_type: image.pixel_type,
        pixels_at: header.len() as u64,
        description: Description::Text(&description),
        software: &[],
        resolution: x.zip(y).map(|(x, y)| [x, y]),
    };
    // Offsets have 32 bits, and the directory lies behind the pixels.
    if directory.pixel_bytes() != pixels.len() as u64 || directory.pixel_bytes() > u64::from(u32::MAX / 2) {
        return None;
    }
    let directory_at = (header.len() + pixels.len()).next_multiple_of(2);
    let mut file = Vec::with_capacity(directory_at + 1024 + description.len());
    file.extend_from_slice(header);
    file.extend_from_slice(pixels);
    file.resize(directory_at, 0);
    file.extend(directory.encode(container, directory_at as u64).0);
    file[header.len() - 4..header.len()].copy_from_slice(&(directory_at as u32).to_le_bytes());
    Some(file)
}

#[cfg(test)]
mod tests {
    use zarrcam_tiff::{Chain, Directory, Page, Stack, Survey, TiffFile, tag};

    use super::*;

    const PIXELS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

    fn image(pixel_size_um: [f64; 2]) -> SnapshotImage {
        let description = "{\"hardware_frame_id\":7}".to_owned();
        SnapshotImage { width: 3, height: 2, pixel_type: PixelType::U16, description, pixel_size_um }
    }

    #[test]
    fn our_own_reader_finds_pixels_text_and_size() {
        for (size, told) in
            [([0.25, 0.108], Some([[40_000, 1], [2_500_000, 27]])), ([0.0; 2], None), ([0.25, 0.0], None)]
        {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("snapshot.tif");
            std::fs::write(&path, snapshot_tiff(&image(size), &PIXELS).unwrap()).unwrap();
            let file = TiffFile::open(&path).unwrap();
            assert!(!file.is_big() && Chain::of(&file).unwrap().directories.len() == 1);
            let first = Directory::first(&file).unwrap().unwrap();
            let page = Page::of(&file, &first).unwrap();
            assert_eq!((page.width, page.height, page.dtype().as_str()), (3, 2, "uint16"));
            assert_eq!(first.text(&file, tag::DESCRIPTION).unwrap().unwrap(), "{\"hardware_frame_id\":7}");
            let fraction = |tag| first.rational(&file, tag).unwrap();
            assert_eq!(fraction(tag::X_RESOLUTION).zip(fraction(tag::Y_RESOLUTION)).map(|(x, y)| [x, y]), told);
            assert_eq!(first.number(&file, tag::RESOLUTION_UNIT).unwrap(), told.map(|_| 3));
            let mut out = [0; 12];
            Stack::new(std::sync::Arc::new(Survey::of(&path).unwrap())).read(0, &mut out).unwrap();
            assert_eq!(out, PIXELS);
        }
    }

    #[test]
    fn pixels_that_do_not_fit_are_refused() {
        assert!(snapshot_tiff(&SnapshotImage { width: 4, ..image([0.0; 2]) }, &PIXELS).is_none());
    }
}
