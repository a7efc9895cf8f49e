//! Files that are broken or made to harm: an error or a picture, and never a panic, a wait or all of the memory.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use zarrcam_tiff::build::{Page, Value, bytes, gray};
use zarrcam_tiff::{Chain, Stack, Survey, TiffFile, planes};

/// All that the camera and the list of datasets do with a file.
fn read_all(path: &Path) -> usize {
    if let Ok(file) = TiffFile::open(path)
        && let Ok(chain) = Chain::of(&file)
    {
        let _ = planes(path, &file, &chain);
    }
    let Ok(survey) = Survey::of(path) else { return 0 };
    let mut stack = Stack::new(Arc::new(survey.clone()));
    let mut out = vec![0; survey.page.plane_bytes() as usize];
    let read = (0..survey.planes.count().min(8)).filter(|number| stack.read(*number, &mut out).is_ok());
    read.count()
}

fn samples() -> Vec<Vec<u8>> {
    let text = |text: &str| Value::Text(text.to_owned());
    let words = || gray(5, 4, 16, (0..40).collect());
    let stack = |first: Page| [first, words(), words()];
    let ome = "<OME><Image><Pixels DimensionOrder=\"XYZCT\" SizeX=\"5\" SizeY=\"4\" SizeZ=\"3\" SizeC=\"1\" SizeT=\"1\" \
               Type=\"uint16\"><TiffData IFD=\"0\" PlaneCount=\"3\"/></Pixels></Image></OME>";
    let packed = gray(5, 4, 8, vec![0xed, 7, 0xed, 7]).with(259, Value::Short(32773)).with(317, Value::Short(2));
    let tiled = gray(5, 4, 8, vec![3; 256]).with(322, Value::Long(16)).with(323, Value::Long(16));
    let tiled =
        Page { tags: tiled.tags.into_iter().filter(|(tag, _)| !matches!(tag, 273 | 278 | 279)).collect(), ..tiled };
    let tiled = tiled.with(324, Value::ChunkOffsets).with(325, Value::Long(256));
    vec![
        bytes(&stack(words()), false, true),
        bytes(&stack(words()), true, false),
        bytes(&[words().with(270, text("ImageJ=1.5\nimages=2\n"))], false, false),
        bytes(&[words().with(33629, text("ab"))], false, true),
        bytes(&[words().with(270, text("{\"shape\": [1, 4, 5]}"))], true, true),
        bytes(&stack(words().with(270, text(ome))), false, true),
        bytes(&[packed], false, true),
        bytes(&[tiled], false, true),
        bytes(&[gray(5, 4, 12, vec![9; 32])], false, true),
    ]
}

#[test]
fn the_samples_themselves_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.tif");
    for (number, sample) in samples().iter().enumerate() {
        std::fs::write(&path, sample).unwrap();
        assert!(read_all(&path) > 0, "sample {number}: {:?}", Survey::of(&path).err());
    }
}

#[test]
fn circles_end_and_absurd_counts_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("circle.tif");
    let mut circle = bytes(&[gray(1, 1, 8, vec![1]), gray(1, 1, 8, vec![2])], false, true);
    let first = circle[4..8].to_vec();
    let end = circle.len();
    circle[end - 4..].copy_from_slice(&first);
    std::fs::write(&path, &circle).unwrap();
    assert_eq!(Survey::of(&path).unwrap_err().to_string(), "its directories run in a circle after number 2");
    // A directory in nothing but zeros, of a file that claims a terabyte.
    std::fs::write(&path, b"II*\0\x08\0\0\0").unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(Survey::of(&path).unwrap_err().to_string(), "its first directory claims 0 tags: it is no directory");
    std::fs::write(&path, b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
    assert!(Survey::of(&path).unwrap_err().to_string().contains("it is no directory"));
}

/// XML of a great depth, or of entities that grow, is an error in little time.
#[test]
fn hostile_xml_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.ome.tif");
    let deep = format!("<OME>{}{}</OME>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let laughs = "<!DOCTYPE OME [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><OME>&b;</OME>".to_owned();
    for xml in [deep, laughs] {
        std::fs::write(&path, bytes(&[gray(1, 1, 8, vec![1]).with(270, Value::Text(xml))], false, true)).unwrap();
        assert!(Survey::of(&path).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutated_bytes_are_an_error_or_a_picture(
        sample in 0..9_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mutated.tif");
        let mut file = samples().swap_remove(sample);
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        std::fs::write(&path, &file).unwrap();
        read_all(&path);
    }

    #[test]
    fn random_tags_are_an_error_or_a_picture(
        tags in proptest::collection::vec((254..350_u16, any::<u32>()), 1..6),
        big: bool,
        little_endian: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tags.tif");
        let mut page = gray(5, 4, 8, vec![3; 20]);
        for (tag, value) in tags {
            page = page.with(tag, Value::Long(value));
        }
        std::fs::write(&path, bytes(&[page], big, little_endian)).unwrap();
        read_all(&path);
    }
}
