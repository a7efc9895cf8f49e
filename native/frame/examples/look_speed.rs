//! What looking at a frame costs, one thread, the frame not in cache:
//! `cargo run --release -p zarrcam-frame --example look_speed [-- WIDTH HEIGHT]`

use std::hint::black_box;
use std::time::Instant;

use zarrcam_frame::{Histogram, PixelType, Region, mean_of};

const FRAMES: usize = 24;
const ROUNDS: usize = 4;

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let argument = |index: usize, otherwise| arguments.get(index).copied().unwrap_or(otherwise);
    let (width, height) = (argument(0, 1920), argument(1, 1080));
    println!("{width} x {height}, ms a frame");
    for (what, pixel_type, noise) in [
        ("U8 noise", PixelType::U8, true),
        ("U16 noise", PixelType::U16, true),
        ("U16 smooth", PixelType::U16, false),
        ("U12 noise", PixelType::U12, true),
        ("I16 noise", PixelType::I16, true),
        ("F32 smooth", PixelType::F32, false),
    ] {
        let frames: Vec<Vec<u8>> = (0..FRAMES).map(|frame| pixels(pixel_type, noise, width * height, frame)).collect();
        let per_frame = |look: &dyn Fn(&[u8])| {
            let begun = Instant::now();
            (0..ROUNDS).for_each(|_| frames.iter().for_each(|frame| look(frame)));
            begun.elapsed().as_secs_f64() * 1e3 / (FRAMES * ROUNDS) as f64
        };
        print!("{what:10}  histogram {:5.2}", per_frame(&|frame| drop(black_box(Histogram::of(frame, pixel_type)))));
        let region = Region { x: 0, y: 0, width: width as u32, height: height as u32 };
        for scale in [1, 2, 3, 4, 7] {
            let cost = per_frame(&|frame| drop(black_box(mean_of(frame, pixel_type, width as u32, region, scale))));
            print!("  mean of {scale} {cost:5.2}");
        }
        println!();
    }
}

fn pixels(pixel_type: PixelType, noise: bool, count: usize, seed: usize) -> Vec<u8> {
    let mut state = seed as u64 + 1;
    let value = |at: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if noise { (state >> 40) as u32 } else { (at / 50 % 60_000) as u32 }
    };
    let values = (0..count).map(value);
    match pixel_type {
        PixelType::F32 => values.flat_map(|value| (value as f32).to_le_bytes()).collect(),
        _ if pixel_type.bytes() == 1 => values.map(|value| value as u8).collect(),
        _ if pixel_type.bits() < 16 => {
            values.flat_map(|value| (value as u16 & ((1 << pixel_type.bits()) - 1)).to_le_bytes()).collect()
        }
        _ => values.flat_map(|value| (value as u16).to_le_bytes()).collect(),
    }
}
