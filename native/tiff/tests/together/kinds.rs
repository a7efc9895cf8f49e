//! Which planes a file means: those of programs that keep many behind one directory, of sets, and what is no picture.

use std::path::Path;
use std::sync::Arc;

use zarrcam_tiff::build::{Page, Value, bytes, gray};
use zarrcam_tiff::{Stack, Survey};

const DESCRIPTION: u16 = 270;
const UIC2: u16 = 33629;

fn write(path: &Path, pages: &[Page], big: bool, little_endian: bool) {
    std::fs::write(path, bytes(pages, big, little_endian)).unwrap();
}

/// Every pixel of plane `number` is `number`.
fn plane(number: u8) -> Page {
    gray(4, 3, 8, vec![number; 12])
}

/// One directory, before so many planes.
fn behind(planes: u8) -> Page {
    let pixels: Vec<u8> = (0..planes).flat_map(|number| [number; 12]).collect();
    gray(4, 3, 8, pixels).with(279, Value::Long(12))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The first pixel of each plane.
fn played(path: &Path) -> Vec<u8> {
    let survey = Arc::new(Survey::of(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let mut stack = Stack::new(Arc::clone(&survey));
    let planes = 0..survey.planes.count();
    planes
        .map(|number| {
            let mut out = vec![0xee; survey.page.plane_bytes() as usize];
            stack.read(number, &mut out).unwrap();
            assert!(out.iter().all(|value| *value == out[0]), "plane {number}: {out:?}");
            out[0]
        })
        .collect()
}

fn refused(path: &Path) -> String {
    Survey::of(path).unwrap_err().to_string()
}

#[test]
fn many_planes_behind_one_directory_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    let imagej = text("ImageJ=1.54f\nimages=6\nslices=6\nloop=false\n");
    let shaped = text("{\"shape\": [6, 3, 4], \"truncated\": true}");
    for (tag, told) in [(DESCRIPTION, imagej), (DESCRIPTION, shaped), (UIC2, text("12345"))] {
        for big in [false, true] {
            for little_endian in [false, true] {
                write(&path, &[behind(6).with(tag, told.clone())], big, little_endian);
                assert_eq!(played(&path), [0, 1, 2, 3, 4, 5]);
            }
        }
    }
}

#[test]
fn counts_that_the_file_is_too_short_for_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    write(&path, &[behind(3).with(DESCRIPTION, text("ImageJ=1.54f\nimages=1000000\n"))], false, true);
    assert!(
        refused(&path).starts_with("it says that it holds 1000000 planes (ImageJ), and has room for"),
        "{}",
        refused(&path)
    );
    let absurd = text("ImageJ=1.54f\nimages=18446744073709551615\n");
    write(&path, &[behind(3).with(DESCRIPTION, absurd)], false, true);
    assert!(refused(&path).contains("has room for"));
    let two = [plane(0).with(DESCRIPTION, text("ImageJ=1.54f\nimages=3\n")), plane(1)];
    write(&path, &two, false, true);
    assert_eq!(
        refused(&path),
        "it says that it holds 3 planes (ImageJ), and has 2: the file is cut short; copy it again"
    );
    // Compressed planes cannot lie behind one another unseen.
    let compressed = behind(6).with(DESCRIPTION, text("ImageJ=1.54f\nimages=6\n")).with(259, Value::Short(32773));
    write(&path, &[compressed], false, true);
    assert!(refused(&path).contains("only the first one can be found"), "{}", refused(&path));
}

#[test]
fn thumbnails_zoom_levels_and_masks_are_no_planes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lsm.tif");
    let small = || gray(2, 1, 8, vec![9; 2]);
    let pages = [
        plane(0),
        small().with(254, Value::Long(1)),
        plane(1),
        small().with(255, Value::Short(2)),
        gray(4, 3, 1, vec![0; 3]).with(254, Value::Long(4)),
        plane(2).with(254, Value::Long(2)),
    ];
    write(&path, &pages, false, true);
    assert_eq!(played(&path), [0, 1, 2]);
    write(&path, &[small().with(254, Value::Long(1))], false, true);
    assert!(refused(&path).contains("smaller copies of pictures only"));
    write(&path, &[], true, true);
    assert!(refused(&path).contains("holds no picture"));
}

fn ome(order: &str, [z, c, t]: [u32; 3], data: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:1\">\
         <Image ID=\"Image:0\" Name=\"a\"><Pixels DimensionOrder=\"{order}\" SizeX=\"4\" SizeY=\"3\" SizeZ=\"{z}\" SizeC=\"{c}\" \
         SizeT=\"{t}\" Type=\"uint8\">{data}</Pixels></Image></OME>"
    )
}

fn save(path: &Path, xml: &str, planes: &[u8]) {
    let mut pages: Vec<Page> = planes.iter().map(|number| plane(*number)).collect();
    pages[0] = pages[0].clone().with(DESCRIPTION, text(xml));
    write(path, &pages, false, true);
}

#[test]
fn ome_planes_come_in_the_order_in_which_they_were_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ome.tif");
    save(&path, &ome("XYZCT", [2, 3, 1], "<TiffData/>"), &[0, 1, 2, 3, 4, 5]);
    assert_eq!(played(&path), [0, 1, 2, 3, 4, 5]);
    save(&path, &ome("XYZCT", [2, 3, 1], ""), &[0, 1, 2, 3, 4, 5]);
    assert_eq!(played(&path), [0, 1, 2, 3, 4, 5]);
    // z runs fastest; each plane lies in a directory of its own choice.
    let data: String = (0..6)
        .map(|at| {
            format!("<TiffData IFD=\"{}\" FirstZ=\"{}\" FirstC=\"{}\" PlaneCount=\"1\"/>", 5 - at, at % 2, at / 2)
        })
        .collect();
    save(&path, &ome("XYZCT", [2, 3, 1], &data), &[0, 1, 2, 3, 4, 5]);
    assert_eq!(played(&path), [5, 4, 3, 2, 1, 0]);
    save(&path, &ome("XYCZT", [2, 3, 1], &data), &[0, 1, 2, 3, 4, 5]);
    assert_eq!(played(&path), [5, 3, 1, 4, 2, 0]);
}

#[test]
fn ome_that_names_what_is_not_there_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ome.tif");
    let says = |xml: &str, expected: &str| {
        save(&path, xml, &[0, 1]);
        assert!(refused(&path).contains(expected), "{:?} does not say {expected:?}", refused(&path));
    };
    says(&ome("XYZCT", [3, 1, 1], "<TiffData/>"), "says of 3 planes, and not where z 2, c 0, t 0 lies");
    says(&ome("XYZCT", [3, 1, 1], "<TiffData IFD=\"0\" PlaneCount=\"3\"/>"), "places z 2, c 0, t 0 in directory 2 of");
    says(&ome("XYZCT", [1 << 20, 1 << 20, 9], ""), "claims 1048576 x 1048576 x 9 planes");
    says(&ome("XYZZT", [1, 1, 1], ""), "dimension order");
    says(&ome("XYZCT", [0, 1, 1], ""), "no size along Z");
    says(&ome("XYZCT", [2, 1, 1], "<TiffData FirstZ=\"2\"/>"), "places a plane at z 2 of 2");
    says("<OME><Image></OME>", "OME-XML cannot be read");
    says("<OME></OME>", "describes no image");
    let two = ome("XYZCT", [1, 1, 1], "")
        .replace("</Image>", "</Image><Image Name=\"b\"><Pixels SizeZ=\"1\" SizeC=\"1\" SizeT=\"1\"/></Image>");
    says(&two, "it holds 2 images (a, b)");
    says(
        "<OME><BinaryOnly MetadataFile=\"a.companion.ome\"/></OME>",
        "\"a.companion.ome\" beside it, and there is no such file",
    );
}

#[test]
fn ome_sets_play_over_all_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let in_file = |z: u32, name: &str, uuid: u32| {
        format!("<TiffData FirstZ=\"{z}\" IFD=\"0\"><UUID FileName=\"{name}\">urn:uuid:{uuid}</UUID></TiffData>")
    };
    let data = in_file(0, "a.ome.tif", 1) + &in_file(1, "D:\\\\data\\\\b.ome.tif", 2) + &in_file(2, "c.ome.tif", 3);
    let xml = ome("XYZCT", [3, 1, 1], &data);
    save(&at("a.ome.tif"), &xml, &[7]);
    save(&at("c.ome.tif"), &xml.replace("UUID=\"urn:uuid:1\"", "UUID=\"urn:uuid:3\""), &[9]);
    let missing = refused(&at("a.ome.tif"));
    assert!(missing.contains("z 1, c 0, t 0 lies in \"b.ome.tif\" beside it, and there is no such file"), "{missing}");
    save(&at("b.ome.tif"), &xml.replace("UUID=\"urn:uuid:1\"", "UUID=\"urn:uuid:2\""), &[8]);
    for name in ["a.ome.tif", "b.ome.tif", "c.ome.tif"] {
        assert_eq!(played(&at(name)), [7, 8, 9], "{name}");
    }
    // A file that was renamed is known by its number.
    std::fs::rename(at("a.ome.tif"), at("renamed.ome.tif")).unwrap();
    assert_eq!(played(&at("renamed.ome.tif")), [7, 8, 9]);
    assert!(refused(&at("b.ome.tif")).contains("\"a.ome.tif\" beside it"));
    std::fs::rename(at("renamed.ome.tif"), at("a.ome.tif")).unwrap();

    // The metadata apart from all pixels.
    std::fs::write(at("set.companion.ome"), &xml).unwrap();
    save(
        &at("b.ome.tif"),
        "<OME UUID=\"urn:uuid:2\"><BinaryOnly MetadataFile=\"set.companion.ome\" UUID=\"urn:uuid:0\"/></OME>",
        &[8],
    );
    assert_eq!(played(&at("b.ome.tif")), [7, 8, 9]);

    // A file of the set that changes under way is noticed.
    let survey = Arc::new(Survey::of(&at("a.ome.tif")).unwrap());
    assert!(survey.is_current());
    save(&at("c.ome.tif"), &xml, &[1, 2]);
    assert!(!survey.is_current());
    let error = Stack::new(survey).read(2, &mut [0; 12]).unwrap_err();
    assert!(error.to_string().contains("has changed"), "{error}");
    // One that is cut short is named.
    std::fs::OpenOptions::new().write(true).open(at("c.ome.tif")).unwrap().set_len(20).unwrap();
    assert!(
        refused(&at("a.ome.tif")).contains("lies in \"c.ome.tif\" beside it, and"),
        "{}",
        refused(&at("a.ome.tif"))
    );
}

#[test]
fn what_cannot_be_decoded_says_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    let says = |page: Page, expected: &str| {
        write(&path, &[page], false, true);
        assert!(refused(&path).contains(expected), "{:?} does not say {expected:?}", refused(&path));
    };
    says(plane(0).with(259, Value::Short(7)), "page 0 is compressed by JPEG");
    says(plane(0).with(259, Value::Short(34925)), "save it without compression, or with LZW, deflate or zstd");
    says(plane(0).with(262, Value::Short(3)), "is indexed colour");
    says(plane(0).with(277, Value::Short(4)), "has 4 samples a pixel");
    says(plane(0).with(317, Value::Short(9)), "has predictor 9");
    says(plane(0).with(32997, Value::Long(5)), "is a volume in one page");
    says(plane(0).with(33445, Value::Long(2)), "square roots");
    says(plane(0).with(256, Value::Long(0)), "has a width of 0 px");
    says(plane(0).with(257, Value::Long(u32::MAX)).with(278, Value::Long(u32::MAX)), "larger than a gigabyte");
    says(plane(0).with(273, Value::Long(1 << 30)), "behind the end of the file: the file is cut short");
    says(plane(0).with(279, Value::Long(11)), "has a part of 11 bytes where 12 are needed");
    says(plane(0).with(278, Value::Long(1)), "says where 1 of its 3 parts lie");
}
