//! Layouts of any kind, for properties that hold for all of them.

use proptest::prelude::*;
use zarrcam_config::{CodecName, Compression, DimensionKind, DownsampleMethod, Multiscale, Shuffle};
use zarrcam_frame::PixelType;

use super::{Case, dimension};

pub const DEVICES: [&str; 6] = [
    "Zarr",
    "ZarrBlosc1ZstdByteShuffle",
    "ZarrBlosc1Lz4ByteShuffle",
    "ZarrV3",
    "ZarrV3Blosc1ZstdByteShuffle",
    "ZarrV3Blosc1Lz4ByteShuffle",
];

pub fn cases() -> impl Strategy<Value = Case> {
    let outer = prop::collection::vec((1u32..4, 1u32..4, 1u32..3), 0..3);
    let append = (0u32..5, 1u32..4, 1u32..3);
    let image = ((1u32..40, 1u32..40, 1u32..3), (1u32..40, 1u32..40, 1u32..3));
    let compression = prop::option::of((
        prop::sample::select(vec![CodecName::None, CodecName::BloscLz4, CodecName::BloscZstd, CodecName::Zstd]),
        0i32..6,
        prop::sample::select(vec![Shuffle::None, Shuffle::Byte, Shuffle::Bit]),
    ));
    let multiscale = prop::option::of((
        prop::sample::select(vec![
            DownsampleMethod::Mean,
            DownsampleMethod::Decimate,
            DownsampleMethod::Min,
            DownsampleMethod::Max,
        ]),
        0u32..4,
    ));
    let kinds = prop::collection::vec(prop::sample::select(vec![DimensionKind::Space, DimensionKind::Channel]), 3);
    (
        (outer, append, image, kinds),
        (compression, multiscale),
        (0usize..DEVICES.len(), prop::sample::select(PixelType::ALL.to_vec()), any::<bool>(), any::<u64>()),
        (0u64..60, prop::collection::vec(0u64..60, 0..8)),
    )
        .prop_map(
            |(
                (outer, append, image, kinds),
                (compression, multiscale),
                (device, pixel_type, sharded, order),
                (frames, drops),
            )| {
                let device = DEVICES[device];
                let sharded = sharded && device.starts_with("ZarrV3");
                let shard = |size: u32| if sharded { size } else { 0 };
                let ((width, tile_width, across), (height, tile_height, down)) = image;
                let mut dimensions = vec![
                    dimension("x", DimensionKind::Space, width, tile_width, shard(across)),
                    dimension("y", DimensionKind::Space, height, tile_height, shard(down)),
                ];
                for (index, (size, chunk, chunks)) in outer.into_iter().enumerate() {
                    dimensions.push(dimension(&format!("d{index}"), kinds[index], size, chunk, shard(chunks)));
                }
                let (size, chunk, chunks) = append;
                dimensions.push(dimension("t", DimensionKind::Time, size, chunk, shard(chunks)));
                // A permutation of the outer dimensions out of one number.
                let mut names: Vec<String> =
                    dimensions[2..].iter().rev().map(|dimension| dimension.name.clone()).collect();
                let mut seed = order;
                for index in (1..names.len()).rev() {
                    names.swap(index, (seed % (index as u64 + 1)) as usize);
                    seed /= index as u64 + 1;
                }
                names.extend(["y".to_owned(), "x".to_owned()]);
                let capacity: u64 =
                    dimensions[2..].iter().map(|dimension| u64::from(dimension.array_size_px)).product();
                let frames = if size > 0 { frames.min(capacity) } else { frames };
                let mut drops: Vec<u64> = drops.into_iter().filter(|frame_index| *frame_index < frames).collect();
                drops.sort_unstable();
                drops.dedup();
                Case {
                    device,
                    compression: compression.map(|(codec, level, shuffle)| Compression { codec, level, shuffle }),
                    dimensions,
                    order: names,
                    pixel_type,
                    multiscale: multiscale.map(|(method, max_levels)| Multiscale { method, max_levels }),
                    frames,
                    drops,
                }
            },
        )
}
