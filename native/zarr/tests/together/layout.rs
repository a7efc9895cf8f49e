//! The layout against a model that only divides: every tile has its own place, and the way back finds it.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use zarrcam_config::{Dimension, DimensionKind, DownsampleMethod, Multiscale, StorageSettings, VideoStream};
use zarrcam_frame::PixelType;
use zarrcam_zarr::{Layout, LayoutError};

fn dimension(name: &str, size: u32, chunk: u32, shard: u32) -> Dimension {
    Dimension {
        name: name.to_owned(),
        kind: DimensionKind::Space,
        array_size_px: size,
        chunk_size_px: chunk,
        shard_size_chunks: shard,
        ..Dimension::default()
    }
}

fn lay_out(settings: StorageSettings, pixel_type: PixelType, shape: [u32; 2]) -> Result<Layout, LayoutError> {
    Layout::new(&VideoStream::of_frames("ZarrV3", settings, pixel_type, shape).resolve().storage)
}

fn settings() -> impl Strategy<Value = StorageSettings> {
    let one = || (1u32..7, 1u32..5, 1u32..4);
    (prop::collection::vec(one(), 3..6), any::<bool>(), any::<bool>(), any::<bool>(), any::<u64>()).prop_map(
        |(sizes, sharded, grows, multiscale, seed)| {
            let last = sizes.len() - 1;
            let dimensions: Vec<Dimension> = sizes
                .iter()
                .enumerate()
                .map(|(index, (size, chunk, shard))| {
                    let size = if index == last && grows { 0 } else { *size };
                    dimension(&format!("d{index}"), size, *chunk, if sharded { *shard } else { 0 })
                })
                .collect();
            let mut order: Vec<String> = (2..sizes.len()).map(|index| format!("d{index}")).collect();
            let mut rest = seed;
            for index in (1..order.len()).rev() {
                order.swap(index, (rest % (index as u64 + 1)) as usize);
                rest /= index as u64 + 1;
            }
            order.extend(["d1".to_owned(), "d0".to_owned()]);
            StorageSettings {
                acquisition_dimensions: dimensions,
                storage_order: order,
                multiscale: multiscale.then_some(Multiscale { method: DownsampleMethod::Mean, max_levels: 2 }),
                ..StorageSettings::default()
            }
        },
    )
}

proptest! {
    #[test]
    fn every_tile_has_a_place_of_its_own(settings in settings()) {
        let dimensions = &settings.acquisition_dimensions;
        let (width, height) = (dimensions[0].array_size_px, dimensions[1].array_size_px);
        let layout = lay_out(settings.clone(), PixelType::U8, [width, height]).unwrap();
        let frames = layout.capacity().unwrap_or(layout.frames_per_append() * 7);
        let last = dimensions.len() - 1;
        let mut seen = HashSet::new();
        for frame_index in 0..frames {
            // The index along each dimension, by division alone.
            let mut rest = frame_index;
            let mut index = HashMap::new();
            for (number, dimension) in dimensions.iter().enumerate().skip(2) {
                let size = if number == last { u64::MAX } else { u64::from(dimension.array_size_px) };
                index.insert(dimension.name.clone(), rest % size);
                rest /= size;
            }
            let expected: Vec<u64> = layout.axes().iter().rev().skip(2).rev().map(|axis| index[&axis.name]).collect();
            prop_assert_eq!(&layout.coordinates(frame_index), &expected);
            prop_assert_eq!(layout.frame_index_at(&expected), frame_index);
            let at = layout.plane_of(frame_index);
            let level = &layout.levels()[0];
            prop_assert_eq!(at.layer, layout.layer_of(frame_index));
            for tile in 0..level.tiles() {
                let tile_at = level.tile(&at, tile);
                prop_assert!(tile_at.file < level.files_per_layer && tile_at.chunk < level.chunks_per_file);
                prop_assert!(tile_at.slot < level.slots);
                prop_assert!(seen.insert((at.layer, tile_at.file, tile_at.chunk, tile_at.slot)));
                // The chunk that the tile is in, by division alone, and the way back.
                let file = level.file_coordinates(layout.append_axis(), at.layer, tile_at.file);
                let chunk = level.chunk_coordinates(&file, tile_at.chunk);
                let rect = level.rect(tile);
                let mut pixel = expected.clone();
                pixel.extend([rect.y as u64, rect.x as u64]);
                let by_division: Vec<u64> = pixel.iter().zip(&level.chunk).map(|(index, size)| index / size).collect();
                prop_assert_eq!(&chunk, &by_division);
                let mut found = None;
                layout.tiles_of_chunk(0, &chunk, |slot, plane, number| {
                    if slot == tile_at.slot {
                        found = Some((plane, number));
                    }
                });
                prop_assert_eq!(found, Some((frame_index, tile)));
            }
        }
    }

    #[test]
    fn every_plane_is_part_of_a_coarser_one(settings in settings()) {
        let dimensions = &settings.acquisition_dimensions;
        let layout = lay_out(settings.clone(), PixelType::U8, [dimensions[0].array_size_px, dimensions[1].array_size_px]).unwrap();
        let frames = layout.capacity().unwrap_or(layout.frames_per_append() * 5);
        let mut planes: Vec<u64> = (0..frames).collect();
        for level in 0..layout.levels().len() - 1 {
            let mut children: HashMap<u64, Vec<(u32, u32)>> = HashMap::new();
            for &plane in &planes {
                let parent = layout.parent(level, plane);
                prop_assert_eq!(layout.plane_of_level(level + 1, parent.plane).append_index, layout.plane_of_level(level, plane).append_index);
                children.entry(parent.plane).or_default().push((parent.part, parent.parts));
            }
            for parts in children.values() {
                let numbers: HashSet<u32> = parts.iter().map(|(part, _)| *part).collect();
                prop_assert!(parts.iter().all(|(_, count)| *count as usize == parts.len()));
                prop_assert_eq!(numbers.len(), parts.len());
            }
            planes = children.into_keys().collect();
        }
    }
}

#[test]
fn the_tutorial() {
    let kinds =
        [DimensionKind::Space, DimensionKind::Space, DimensionKind::Space, DimensionKind::Channel, DimensionKind::Time];
    let sizes = [("x", 1920, 960), ("y", 1080, 540), ("z", 10, 5), ("c", 3, 1), ("t", 0, 10)];
    let dimensions = sizes
        .iter()
        .zip(kinds)
        .map(|((name, size, chunk), kind)| Dimension { kind, ..dimension(name, *size, *chunk, 0) });
    let settings = StorageSettings { acquisition_dimensions: dimensions.collect(), ..StorageSettings::default() };
    let layout = lay_out(settings, PixelType::U8, [1920, 1080]).unwrap();
    assert_eq!(layout.shape(0, 300), [10, 3, 10, 1080, 1920]);
    assert_eq!(layout.shape(0, 271), [10, 3, 10, 1080, 1920], "an unfinished time point counts");
    assert_eq!(layout.levels()[0].chunk, [10, 1, 5, 540, 960]);
    assert_eq!((layout.frames_per_layer(), layout.levels()[0].files_per_layer), (300, 24));
    assert_eq!(layout.coordinates(275), [9, 0, 5]);
}

#[test]
fn an_axis_is_halved_while_it_is_longer_than_a_chunk_and_not_coarser_than_the_pixels() {
    let mut dimensions = vec![
        dimension("x", 512, 128, 0),
        dimension("y", 200, 128, 0),
        dimension("z", 40, 8, 0),
        dimension("t", 0, 1, 0),
    ];
    dimensions[3].kind = DimensionKind::Time;
    for (axis, scale) in [(0, 0.25), (1, 0.25), (2, 0.5)] {
        dimensions[axis].scale = scale;
        dimensions[axis].unit = "micrometer".to_owned();
    }
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
    let settings = StorageSettings { acquisition_dimensions: dimensions, multiscale, ..StorageSettings::default() };
    let layout = lay_out(settings, PixelType::U16, [512, 200]).unwrap();
    let factors: Vec<_> = layout.levels().iter().map(|level| level.factors.clone()).collect();
    assert_eq!(factors, [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 2, 4]].map(Vec::from));
}

#[test]
fn what_cannot_be_laid_out_is_said_by_name() {
    let three = || vec![dimension("x", 8, 4, 0), dimension("y", 8, 4, 0), dimension("t", 0, 2, 0)];
    let layout = |dimensions: Vec<Dimension>, order: &[&str]| {
        let storage_order = order.iter().map(|name| (*name).to_owned()).collect();
        let settings =
            StorageSettings { acquisition_dimensions: dimensions, storage_order, ..StorageSettings::default() };
        lay_out(settings, PixelType::U8, [8, 8])
    };
    assert!(layout(three(), &[]).is_ok());
    assert_eq!(layout(three()[..2].to_vec(), &[]), Err(LayoutError::TooFewDimensions(2)));
    let mut twice = three();
    twice[2].name = "x".to_owned();
    assert!(matches!(layout(twice, &[]), Err(LayoutError::Dimension { name, .. }) if name == "x"));
    let mut mixed = three();
    mixed[1].shard_size_chunks = 1;
    assert!(matches!(layout(mixed, &[]), Err(LayoutError::Dimension { name, .. }) if name == "x"));
    assert!(matches!(layout(three(), &["t", "x", "y"]), Err(LayoutError::StorageOrder(_))));
    assert!(matches!(layout(three(), &["t", "q", "y", "x"]), Err(LayoutError::StorageOrder(_))));
    let mut wide = three();
    wide[0].array_size_px = 9;
    assert!(matches!(layout(wide, &[]), Err(LayoutError::FrameSize { x: 9, .. })));
    let mut huge = three();
    huge.insert(2, dimension("a", u32::MAX, u32::MAX, 0));
    huge.insert(3, dimension("b", u32::MAX, u32::MAX, 0));
    assert!(matches!(layout(huge, &[]), Err(LayoutError::TooLarge { .. })));
}
