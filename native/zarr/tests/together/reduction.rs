//! Planes of any size, type and method against the definition: a block's existing pixels, one by one, in exact arithmetic.

use proptest::prelude::*;
use zarrcam_config::DownsampleMethod;
use zarrcam_frame::PixelType;
use zarrcam_zarr::{Halve, PlaneView, ZAccumulator, reduce_plane};

const METHODS: [DownsampleMethod; 4] =
    [DownsampleMethod::Mean, DownsampleMethod::Decimate, DownsampleMethod::Min, DownsampleMethod::Max];

fn read(pixel_type: PixelType, bytes: &[u8], index: usize) -> f64 {
    match pixel_type {
        PixelType::U8 => f64::from(bytes[index]),
        PixelType::I8 => f64::from(bytes[index] as i8),
        PixelType::I16 => f64::from(i16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]])),
        PixelType::F32 => f64::from(f32::from_le_bytes(bytes[4 * index..][..4].try_into().unwrap())),
        _ => f64::from(u16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]])),
    }
}

fn reduce(pixel_type: PixelType, method: DownsampleMethod, values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    match method {
        DownsampleMethod::Mean if pixel_type == PixelType::F32 => f64::from(mean as f32),
        DownsampleMethod::Mean => (mean + 0.5).floor(),
        DownsampleMethod::Decimate => values[0],
        DownsampleMethod::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        DownsampleMethod::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// The pixels of block (x, y) of a plane, in C order.
fn block(pixel_type: PixelType, halve: Halve, plane: &PlaneView<'_>, x: usize, y: usize) -> Vec<f64> {
    let range = |at: usize, halve: bool, size: usize| {
        let step = if halve { 2 } else { 1 };
        at * step..((at + 1) * step).min(size)
    };
    let mut values = Vec::new();
    for row in range(y, halve.y, plane.height) {
        for column in range(x, halve.x, plane.width) {
            values.push(read(pixel_type, &plane.bytes[row * plane.stride_bytes..], column));
        }
    }
    values
}

fn plane_bytes(pixel_type: PixelType, pixels: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    match pixel_type {
        PixelType::F32 => (0..pixels).flat_map(|_| (random() as i32 as f32 / 1e3).to_le_bytes()).collect(),
        _ => (0..pixels * pixel_type.bytes()).map(|_| if random() % 5 == 0 { 0xFF } else { random() as u8 }).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plane_is_reduced_by_its_definition(
        pixel_type in prop::sample::select(PixelType::ALL.to_vec()),
        method in prop::sample::select(METHODS.to_vec()),
        (x, y) in any::<(bool, bool)>(),
        (width, height) in (1usize..150, 1usize..20),
        (gap, out_gap) in (0usize..5, 0usize..5),
        seed in any::<u64>(),
    ) {
        let halve = Halve { x, y };
        let item_bytes = pixel_type.bytes();
        let stride_bytes = (width + gap) * item_bytes;
        let bytes = plane_bytes(pixel_type, (width + gap) * height, seed);
        let plane = PlaneView { bytes: &bytes, width, height, stride_bytes };
        let (out_width, out_height) = halve.size(width, height);
        let out_stride = (out_width + out_gap) * item_bytes;
        let mut out = vec![0xA5; out_stride * out_height];
        reduce_plane(pixel_type, method, halve, plane, &mut out, out_stride);
        for row in 0..out_height {
            for column in 0..out_width {
                let expected = reduce(pixel_type, method, &block(pixel_type, halve, &plane, column, row));
                prop_assert_eq!(read(pixel_type, &out[row * out_stride..], column), expected);
            }
            prop_assert!(out[row * out_stride..][out_width * item_bytes..out_stride].iter().all(|&byte| byte == 0xA5));
        }
    }

    #[test]
    fn a_pair_in_z_is_reduced_by_its_definition(
        pixel_type in prop::sample::select(PixelType::ALL.to_vec()),
        method in prop::sample::select(METHODS.to_vec()),
        (x, y) in any::<(bool, bool)>(),
        (width, height) in (1usize..90, 1usize..12),
        exists in prop::sample::select(vec![[true, true], [true, false], [false, true], [false, false]]),
        seed in any::<u64>(),
    ) {
        let halve = Halve { x, y };
        let planes = [0, 1].map(|z| plane_bytes(pixel_type, width * height, seed ^ (z << 40)));
        let mut pair = ZAccumulator::new(pixel_type, method, halve, width, height);
        let mut out = vec![0; pair.out_bytes()];
        // Twice: the second pair must know nothing of the first.
        for _ in 0..2 {
            for z in 0..2 {
                if exists[z] {
                    pair.push(z == 1, PlaneView::tight(pixel_type, &planes[z], width, height));
                }
            }
            let counts = if method == DownsampleMethod::Decimate { exists[0] } else { exists[0] || exists[1] };
            prop_assert_eq!(pair.finish(&mut out), counts);
            let (out_width, out_height) = halve.size(width, height);
            for at in (0..out_width * out_height).filter(|_| counts) {
                let values: Vec<f64> = (0..2)
                    .filter(|&z| exists[z])
                    .flat_map(|z| {
                        let plane = PlaneView::tight(pixel_type, &planes[z], width, height);
                        block(pixel_type, halve, &plane, at % out_width, at / out_width)
                    })
                    .collect();
                prop_assert_eq!(read(pixel_type, &out, at), reduce(pixel_type, method, &values));
            }
        }
    }
}

#[test]
fn halves_are_rounded_up() {
    let mean = |pixel_type, bytes: [u8; 4]| {
        let mut out = [0];
        let plane = PlaneView::tight(pixel_type, &bytes, 2, 2);
        reduce_plane(pixel_type, DownsampleMethod::Mean, Halve::BOTH, plane, &mut out, 1);
        out[0]
    };
    assert_eq!(mean(PixelType::U8, [0, 1, 0, 1]), 1, "0.5");
    assert_eq!(mean(PixelType::U8, [0, 0, 0, 1]), 0, "0.25");
    assert_eq!(mean(PixelType::U8, [255; 4]), 255);
    let signed = |values: [i8; 4]| mean(PixelType::I8, values.map(|value| value as u8)) as i8;
    assert_eq!(signed([-1, 0, -1, 0]), 0, "-0.5");
    assert_eq!(signed([-1, -1, -1, 0]), -1, "-0.75");
    assert_eq!(signed([-128; 4]), -128);
}

#[test]
fn a_mean_of_large_floats_is_no_infinity() {
    let bytes: Vec<u8> = [f32::MAX; 4].iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut out = [0; 4];
    let plane = PlaneView::tight(PixelType::F32, &bytes, 2, 2);
    reduce_plane(PixelType::F32, DownsampleMethod::Mean, Halve::BOTH, plane, &mut out, 4);
    assert_eq!(f32::from_le_bytes(out), f32::MAX);
}
