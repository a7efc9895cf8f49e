//! TIFF stacks, played: bit for bit, or refused with a reason.

use std::fs;
use std::path::Path;

use crate::common::{next, open};
use crate::tiff_file::{Folder, Page, assemble, encode};
use tiff::encoder::colortype::{Gray8, Gray16, Gray32Float, GrayI8, GrayI16, RGB8};
use tiff::encoder::{Compression, DeflateLevel};
use zarrcam_camera::{Camera, CameraControl, CameraError, SimulatedKind, SimulatedPicture};
use zarrcam_config::{CameraSettings, Replay};
use zarrcam_frame::PixelType;

const SIZE: [u32; 2] = [33, 47];

fn settings(path: &Path, shape: [u32; 2], pixel_type: PixelType) -> CameraSettings {
    let replay = Some(Replay { path: path.to_str().unwrap().to_owned() });
    CameraSettings { shape, pixel_type, replay, ..Default::default() }
}

fn playing(settings: &CameraSettings) -> Box<dyn Camera> {
    let mut camera = open("replay");
    assert_eq!(camera.features().validate(settings, 0.0), []);
    camera.configure(settings, 0.0).unwrap();
    camera.start().unwrap();
    camera
}

fn play(settings: &CameraSettings, count: usize) -> Vec<Vec<u8>> {
    let mut camera = playing(settings);
    let control = CameraControl::new();
    (0..count)
        .map(|_| {
            next(&mut *camera, &control);
            let mut buffer = vec![0xa5; camera.frame_bytes()];
            camera.read_into(&mut buffer).unwrap();
            buffer
        })
        .collect()
}

/// Real-looking data that does not compress to nothing: rings in the type's range.
fn pages(count: u64, size: [u32; 2], pixel_type: PixelType) -> Vec<Vec<u8>> {
    let settings = CameraSettings { shape: size, pixel_type, ..Default::default() };
    let picture = SimulatedPicture::new(SimulatedKind::RadialSin, &settings, 1e4);
    (0..count)
        .map(|id| {
            let mut page = vec![0; picture.frame_bytes()];
            picture.render(id, &mut page);
            page
        })
        .collect()
}

fn shorts(page: &[u8]) -> Vec<u16> {
    page.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn looped(pages: &[Vec<u8>], count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|id| pages[id % pages.len()].clone()).collect()
}

#[test]
fn every_type_and_compression_plays_in_a_loop() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    let compressions = || {
        [
            Compression::Uncompressed,
            Compression::Lzw,
            Compression::Deflate(DeflateLevel::Balanced),
            Compression::Packbits,
        ]
    };
    for (number, compression) in compressions().into_iter().enumerate() {
        for big in [false, true] {
            let [u8s, i8s, u16s, i16s, f32s] =
                [PixelType::U8, PixelType::I8, PixelType::U16, PixelType::I16, PixelType::F32]
                    .map(|pixel_type| (pixel_type, pages(3, SIZE, pixel_type)));
            let check = |(pixel_type, pages): &(PixelType, Vec<Vec<u8>>), write: &dyn Fn(&Path)| {
                write(&path);
                assert_eq!(
                    play(&settings(&path, SIZE, *pixel_type), 7),
                    looped(pages, 7),
                    "{pixel_type:?}, compression {number}, BigTIFF {big}"
                );
                fs::remove_file(&path).unwrap();
            };
            check(&u8s, &|path| encode::<Gray8>(path, SIZE, &u8s.1, compression, big));
            let signed: Vec<Vec<i8>> = i8s.1.iter().map(|page| page.iter().map(|byte| *byte as i8).collect()).collect();
            check(&i8s, &|path| encode::<GrayI8>(path, SIZE, &signed, compression, big));
            let wide: Vec<Vec<u16>> = u16s.1.iter().map(|page| shorts(page)).collect();
            check(&u16s, &|path| encode::<Gray16>(path, SIZE, &wide, compression, big));
            let signed: Vec<Vec<i16>> =
                i16s.1.iter().map(|page| shorts(page).into_iter().map(|value| value as i16).collect()).collect();
            check(&i16s, &|path| encode::<GrayI16>(path, SIZE, &signed, compression, big));
            let floats: Vec<Vec<f32>> = f32s
                .1
                .iter()
                .map(|page| page.chunks_exact(4).map(|quad| f32::from_le_bytes(quad.try_into().unwrap())).collect())
                .collect();
            check(&f32s, &|path| encode::<Gray32Float>(path, SIZE, &floats, compression, big));
        }
    }
}

#[test]
fn tiles_byte_orders_and_white_is_zero_play_as_stored() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    let pixels = pages(1, SIZE, PixelType::U16).remove(0);

    let swapped: Vec<u8> = pixels.chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect();
    let big_endian = Page { bits: 16, chunks: vec![swapped], ..Page::gray8(SIZE, Vec::new()) };
    assemble(&path, true, &[big_endian]);
    assert_eq!(play(&settings(&path, SIZE, PixelType::U16), 1), std::slice::from_ref(&pixels), "big endian");

    let white_is_zero =
        Page { bits: 16, photometric: 0, chunks: vec![pixels.clone()], ..Page::gray8(SIZE, Vec::new()) };
    assemble(&path, false, &[white_is_zero]);
    assert_eq!(play(&settings(&path, SIZE, PixelType::U16), 1), std::slice::from_ref(&pixels), "white is zero");

    // 33 x 47 in tiles of 16 x 16: three by three, padded on two sides.
    let mut tiles = Vec::new();
    for tile_y in 0..3 {
        for tile_x in 0..3 {
            let mut tile = Vec::new();
            for y in tile_y * 16..tile_y * 16 + 16 {
                for x in tile_x * 16..tile_x * 16 + 16 {
                    let inside = x < 33 && y < 47;
                    let at = (y * 33 + x) * 2;
                    tile.extend_from_slice(if inside { &pixels[at..at + 2] } else { &[0xee, 0xee] });
                }
            }
            tiles.push(tile);
        }
    }
    let tiled = Page { bits: 16, tile: Some([16, 16]), chunks: tiles, ..Page::gray8(SIZE, Vec::new()) };
    assemble(&path, false, &[tiled.clone(), tiled]);
    assert_eq!(play(&settings(&path, SIZE, PixelType::U16), 3), looped(&[pixels], 3), "tiles");
}

#[test]
fn a_region_is_the_crop_of_the_page() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    let pages = pages(2, SIZE, PixelType::U16);
    let wide: Vec<Vec<u16>> = pages.iter().map(|page| shorts(page)).collect();
    encode::<Gray16>(&path, SIZE, &wide, Compression::Lzw, false);
    for (offset, shape) in
        [([0, 0], [1, 1]), ([32, 46], [1, 1]), ([5, 7], [20, 40]), ([0, 3], [33, 44]), ([3, 0], [30, 47])]
    {
        let expected: Vec<Vec<u8>> = pages
            .iter()
            .map(|page| {
                (offset[1]..offset[1] + shape[1])
                    .flat_map(|y: u32| {
                        let start = (y * 33 + offset[0]) as usize * 2;
                        page[start..start + shape[0] as usize * 2].to_vec()
                    })
                    .collect()
            })
            .collect();
        let region = CameraSettings { offset, ..settings(&path, shape, PixelType::U16) };
        assert_eq!(play(&region, 2), expected, "{shape:?} at {offset:?}");
    }
}

/// Too large to be decoded ahead: pages are decoded as they are played, whole ones and regions.
#[test]
fn a_large_stack_plays_from_the_file() {
    let folder = Folder::new();
    let path = folder.file("large.tif");
    let size = [4096, 4096];
    let page = |id: usize| (0..4096 * 4096).map(|at: usize| (at / 4096 + id * 50) as u8).collect::<Vec<u8>>();
    let pages: Vec<_> = (0..5).map(page).collect();
    encode::<Gray8>(&path, size, &pages, Compression::Packbits, true);
    let mut camera = playing(&settings(&path, size, PixelType::U8));
    let control = CameraControl::new();
    let mut buffer = vec![0; camera.frame_bytes()];
    for id in 0..12 {
        next(&mut *camera, &control);
        // Every other page is skipped: the reader must find its way without having passed them.
        if id % 2 == 0 {
            camera.read_into(&mut buffer).unwrap();
            assert!(buffer == pages[id % 5], "frame {id}");
        }
    }
    camera.stop();
    let region = CameraSettings { offset: [1, 2], ..settings(&path, [4090, 4000], PixelType::U8) };
    let mut camera = playing(&region);
    let mut buffer = vec![0; camera.frame_bytes()];
    for id in 0..6 {
        next(&mut *camera, &control);
        camera.read_into(&mut buffer).unwrap();
        assert!(
            buffer.chunks_exact(4090).enumerate().all(|(y, line)| line == &pages[id % 5][(y + 2) * 4096 + 1..][..4090])
        );
    }
}

#[test]
fn capabilities_follow_the_file() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    let camera = open("replay");
    let unset = camera.features().capabilities(&CameraSettings::default());
    assert_eq!(unset.pixel_types.len(), 5);
    encode::<Gray8>(&path, SIZE, &pages(2, SIZE, PixelType::U8), Compression::Lzw, false);
    let ranges = camera.features().capabilities(&settings(&path, [30, 40], PixelType::U8));
    assert_eq!((ranges.default_shape, ranges.default_pixel_type), (SIZE, PixelType::U8));
    assert_eq!((ranges.pixel_types, ranges.binning), (vec![PixelType::U8], vec![1]));
    assert_eq!((ranges.shape[0].high, ranges.shape[1].high), (33.0, 47.0));
    assert_eq!((ranges.offset[0].high, ranges.offset[1].high), (3.0, 7.0));
    // Another file at the same path is looked at again.
    encode::<Gray16>(&path, [20, 10], &[vec![1; 200]], Compression::Lzw, false);
    let ranges = camera.features().capabilities(&settings(&path, [20, 10], PixelType::U16));
    assert_eq!((ranges.default_shape, ranges.default_pixel_type), ([20, 10], PixelType::U16));
}

#[test]
fn how_fast_a_stack_plays_is_said() {
    let folder = Folder::new();
    let camera = open("replay").features();
    assert_eq!(camera.capabilities(&CameraSettings::default()).frame_time_us, 0.0, "of no file nothing is known");
    // Decoded ahead, and page by page.
    for (name, size, count) in [("small.tif", SIZE, 2), ("large.tif", [4096, 4096], 5)] {
        let path = folder.file(name);
        let page = vec![7; (size[0] * size[1]) as usize];
        encode::<Gray8>(&path, size, &vec![page; count], Compression::Packbits, false);
        let said = || camera.capabilities(&settings(&path, size, PixelType::U8)).frame_time_us;
        let first = said();
        assert!(first > 0.0 && first < 60e6, "{name}: {first} us");
        assert_eq!(said(), first, "it is measured once");
    }
}

#[test]
fn a_tilde_is_the_home_folder_as_in_a_uri() {
    let path = Path::new("~/no such folder/stack.tif");
    let refused = open("replay").features().obstacle(&settings(path, SIZE, PixelType::U8)).unwrap();
    let home = std::env::home_dir().unwrap();
    let text = refused.to_string();
    assert!(text.starts_with(home.to_str().unwrap()) && text.contains("there is no such file"), "{text}");
}

#[test]
fn settings_that_the_file_cannot_give_are_refused() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    encode::<Gray8>(&path, SIZE, &pages(2, SIZE, PixelType::U8), Compression::Lzw, false);
    let good = settings(&path, SIZE, PixelType::U8);
    for (field, wrong) in [
        ("pixel_type", CameraSettings { pixel_type: PixelType::U16, ..good.clone() }),
        ("pixel_type", CameraSettings { pixel_type: PixelType::U12, ..good.clone() }),
        ("binning", CameraSettings { binning: 2, ..good.clone() }),
        ("shape[0]", CameraSettings { shape: [34, 47], ..good.clone() }),
        ("offset[1]", CameraSettings { offset: [0, 1], ..good.clone() }),
        ("replay.path", CameraSettings { replay: None, ..good.clone() }),
    ] {
        let mut camera = open("replay");
        let problems = camera.features().validate(&wrong, 0.0);
        assert_eq!(problems.iter().map(CameraError::field).collect::<Vec<_>>(), [Some(field)]);
        assert_eq!(camera.configure(&wrong, 0.0).unwrap_err(), problems[0]);
    }
}

#[test]
fn files_that_cannot_be_played_say_why() {
    let folder = Folder::new();
    let path = folder.file("wrong.tif");
    let reason = |path: &Path| {
        let problems = open("replay").features().validate(&settings(path, SIZE, PixelType::U8), 0.0);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].field(), Some("replay.path"));
        let text = problems[0].to_string();
        assert!(text.contains(path.to_str().unwrap()), "{text}");
        text
    };
    let says = |expected: &str| {
        let text = reason(&path);
        assert!(text.contains(expected), "{text:?} does not say {expected:?}");
    };

    says("there is no such file");
    assert!(reason(&folder.file(".")).contains("folder"));
    fs::write(&path, "").unwrap();
    says("it is no TIFF file");
    fs::write(&path, b"\x89PNG\r\n\x1a\n and so on").unwrap();
    says("it is no TIFF file");

    encode::<RGB8>(&path, SIZE, &[vec![0; 33 * 47 * 3]], Compression::Lzw, false);
    says("RGB, not gray");
    let pixels = vec![0; 33 * 47];
    let page = Page::gray8(SIZE, pixels.clone());
    let two_samples = Page { samples: 2, chunks: vec![vec![0; 33 * 47 * 2]], ..page.clone() };
    assemble(&path, false, &[two_samples]);
    says("2 samples a pixel");
    let deep = Page { bits: 32, chunks: vec![vec![0; 33 * 47 * 4]], ..page.clone() };
    assemble(&path, false, &[deep]);
    says("its pixels are uint32");
    assemble(&path, false, &[page.clone(), page.clone(), Page::gray8([33, 46], vec![0; 33 * 46])]);
    says("page 2 is 33 x 46 px of uint8, where page 0 is 33 x 47 px of uint8");
    assemble(&path, false, &[page.clone(), Page { format: 2, ..page.clone() }]);
    says("page 1 is 33 x 47 px of int8");
    assemble(&path, false, &[page.clone(), Page { photometric: 0, ..page.clone() }]);
    says("white is zero");
    assemble(
        &path,
        false,
        &[page.clone(), Page { samples: 3, photometric: 2, chunks: vec![vec![0; 33 * 47 * 3]], ..page }],
    );
    says("page 1 is RGB");
}

#[test]
fn a_file_that_is_cut_off_or_replaced_is_an_error_and_no_garbage() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    let good = settings(&path, SIZE, PixelType::U8);
    let mut camera = open("replay");

    // Headers first, pixels cut off.
    let page = Page::gray8(SIZE, pages(1, SIZE, PixelType::U8).remove(0));
    assemble(&path, false, &[Page { chunks: vec![vec![7; 100]], ..page.clone() }]);
    let error = camera.configure(&good, 0.0).unwrap_err();
    assert!(error.to_string().contains("page 0 has a part of 100 bytes where 1551 are needed"), "{error}");
    assert!(camera.start().is_err() && camera.wait_exposure(&CameraControl::new()).is_err(), "it did not start");

    // The camera is none the worse for it.
    assemble(&path, false, std::slice::from_ref(&page));
    camera.configure(&good, 0.0).unwrap();
    let first = |camera: &mut dyn Camera| {
        camera.start().unwrap();
        next(camera, &CameraControl::new());
        let mut buffer = vec![0; camera.frame_bytes()];
        camera.read_into(&mut buffer).unwrap();
        camera.stop();
        buffer
    };
    assert_eq!(first(&mut *camera), page.chunks[0]);
    // Another file of the same kind plays as it is now.
    let other = Page::gray8(SIZE, vec![9; 33 * 47]);
    assemble(&path, false, &[other.clone(), page]);
    assert_eq!(first(&mut *camera), other.chunks[0]);
    // One that does not hold what was set up is refused.
    assemble(&path, false, &[Page::gray8([20, 10], vec![0; 200])]);
    let error = camera.start().unwrap_err();
    assert!(
        error.to_string().contains("has changed since the camera was set up, and is 20 x 10 px of U8 now"),
        "{error}"
    );
    fs::remove_file(&path).unwrap();
    assert!(camera.start().unwrap_err().to_string().contains("there is no such file"));
}

#[test]
fn every_damage_to_a_file_is_an_error_or_a_picture_but_no_panic() {
    let folder = Folder::new();
    let path = folder.file("stack.tif");
    encode::<Gray8>(&path, SIZE, &pages(2, SIZE, PixelType::U8), Compression::Lzw, false);
    let whole = fs::read(&path).unwrap();
    let good = settings(&path, SIZE, PixelType::U8);
    let mut played = 0;
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        fs::write(&path, &damaged[..if at % 2 == 0 { damaged.len() } else { at }]).unwrap();
        let mut camera = open("replay");
        if camera.configure(&good, 0.0).is_ok() && camera.start().is_ok() {
            next(&mut *camera, &CameraControl::new());
            played += usize::from(camera.read_into(&mut [0; 33 * 47]).is_ok());
        }
    }
    assert!(played > 0, "damage to the pixels alone can be played");
}
