//! What the simulated cameras show, against formulas written a second time, one pixel at a time.
#![expect(clippy::approx_constant, reason = "the formula of the rings says 6.28")]

use crate::common::{EMPTY, RANDOM, SINE, frames, settings, values};
use proptest::prelude::*;
use zarrcam_camera::{SimulatedKind, SimulatedPicture};
use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;

fn render(kind: SimulatedKind, settings: &CameraSettings, period_us: f64, id: u64) -> Vec<u8> {
    let picture = SimulatedPicture::new(kind, settings, period_us);
    let mut out = vec![0xa5; picture.frame_bytes()];
    picture.render(id, &mut out);
    out
}

/// The mean of s over the sensor pixels of pixel (x, y).
fn sine(settings: &CameraSettings, time_s: f64, x: u32, y: u32) -> f64 {
    let b = settings.binning;
    let centre =
        |axis: usize| f64::from(b) * (f64::from(settings.offset[axis]) + f64::from(settings.shape[axis]) / 2.0);
    let mut sum = 0.0;
    for j in 0..b {
        for i in 0..b {
            let (dx, dy) = (f64::from(b * x + i) - centre(0), f64::from(b * y + j) - centre(1));
            sum += (6.28 * (10.0 * time_s + (dx * dx + dy * dy) * 0.01)).sin();
        }
    }
    sum / f64::from(b * b)
}

fn sine_pixel(s: f64, pixel_type: PixelType) -> f64 {
    match pixel_type {
        PixelType::U8 => 127.0 * (s + 1.0),
        PixelType::U10 => 511.0 * (s + 1.0),
        PixelType::U12 => 2047.0 * (s + 1.0),
        PixelType::U14 => 8191.0 * (s + 1.0),
        PixelType::U16 => 32767.0 * (s + 1.0),
        PixelType::I8 => 127.0 * s,
        PixelType::I16 => 32767.0 * s,
        PixelType::F32 => 0.5 * (s + 1.0),
    }
}

fn assert_sine(settings: &CameraSettings, period_us: f64, time_s: f64, id: u64) {
    let frame = values(&render(SimulatedKind::RadialSin, settings, period_us, id), settings.pixel_type);
    let tolerance = if settings.pixel_type == PixelType::F32 { 2e-6 } else { 0.6 };
    let [width, height] = settings.shape;
    for y in 0..height {
        for x in 0..width {
            let expected = sine_pixel(sine(settings, time_s, x, y), settings.pixel_type);
            let got = frame[(y * width + x) as usize];
            assert!(
                (got - expected).abs() <= tolerance,
                "({x}, {y}) of frame {id}: {got}, not {expected}; {settings:?}"
            );
        }
    }
}

#[test]
fn sine_of_the_tutorial() {
    let settings = settings(1920, 1080, PixelType::U8);
    for id in [0, 1, 299] {
        assert_sine(&settings, 70_000.0, id as f64 * 0.07, id);
    }
}

#[test]
fn sine_in_every_pixel_type_and_binning() {
    for pixel_type in PixelType::ALL {
        for binning in [1, 2, 4, 8] {
            let settings = CameraSettings { binning, offset: [3, 11], ..settings(33, 47, pixel_type) };
            assert_sine(&settings, 33_333.3, 1234.0 * 0.033_333_3, 1234);
        }
    }
}

#[test]
fn sine_as_fast_as_possible_moves_by_a_millisecond_a_frame() {
    assert_sine(&settings(64, 48, PixelType::U8), 0.0, 0.017, 17);
}

#[test]
fn sine_holds_at_the_far_corner_of_the_sensor() {
    let settings = CameraSettings { offset: [8182, 8187], ..settings(10, 5, PixelType::U16) };
    assert_sine(&settings, 1e6, 3600.0, 3600);
}

#[test]
fn sine_uses_the_range_of_its_type() {
    for (pixel_type, low, high) in [
        (PixelType::U8, 0.0, 254.0),
        (PixelType::U12, 0.0, 4094.0),
        (PixelType::U16, 0.0, 65534.0),
        (PixelType::I8, -127.0, 127.0),
        (PixelType::I16, -32767.0, 32767.0),
    ] {
        let frame = values(&render(SimulatedKind::RadialSin, &settings(640, 480, pixel_type), 1e4, 0), pixel_type);
        let (min, max) = frame.iter().fold((f64::MAX, f64::MIN), |(min, max), v| (min.min(*v), max.max(*v)));
        assert!(min >= low && max <= high, "{pixel_type:?}: {min} to {max}");
        assert!(
            min - low <= (high - low) * 1e-3 && high - max <= (high - low) * 1e-3,
            "{pixel_type:?}: {min} to {max}"
        );
    }
}

fn hash(mut v: u32) -> u32 {
    v ^= v >> 16;
    v = v.wrapping_mul(0x7feb_352d);
    v ^= v >> 15;
    v = v.wrapping_mul(0x846c_a68b);
    v ^ v >> 16
}

fn noise(id: u64, x: u32, y: u32) -> u32 {
    let frame = hash(id as u32 ^ hash((id >> 32) as u32 ^ 0x9e37_79b9));
    hash(hash(frame.wrapping_add(hash(y))).wrapping_add(x))
}

fn noise_pixel(random: u32, pixel_type: PixelType) -> f64 {
    match pixel_type {
        PixelType::U8 => f64::from(random >> 24),
        PixelType::I8 => f64::from((random >> 24) as u8 as i8),
        PixelType::U10 => f64::from(random >> 22),
        PixelType::U12 => f64::from(random >> 20),
        PixelType::U14 => f64::from(random >> 18),
        PixelType::U16 => f64::from(random >> 16),
        PixelType::I16 => f64::from((random >> 16) as u16 as i16),
        PixelType::F32 => f64::from(random >> 8) / f64::from(1 << 24),
    }
}

/// From NumPy, by the words of the crate's documentation.
#[test]
fn noise_is_what_numpy_makes_of_its_formula() {
    #[rustfmt::skip]
    let known: [(u64, [u32; 2], [u32; 8]); 4] = [
        (0, [0, 0], [0x41f39e5e, 0x2b4b55bb, 0xde0bb691, 0x54254fca, 0x542a3bba, 0x8ef97ff0, 0x8a91b3e7, 0x3e408c28]),
        (1, [0, 0], [0x13f967eb, 0xad442dbd, 0x18a938ec, 0xf0604cad, 0x4e02efba, 0xac82a6d0, 0x52d9ffb9, 0x2dc41db7]),
        (299, [5, 7], [0xdf9feaa7, 0x6da9f5eb, 0x79d89542, 0xa4324d29, 0x711824a6, 0xebe39d85, 0xcd449667, 0x3f566a6f]),
        ((1 << 32) + 3, [8000, 100], [0x001fef48, 0xccbca2df, 0x6bd11470, 0x703759cb, 0x898a7678, 0x97fa0e3a, 0x96676d82, 0x7d64d6b5]),
    ];
    for (id, offset, hashes) in known {
        let settings = CameraSettings { offset, ..settings(4, 2, PixelType::U16) };
        let expected: Vec<f64> = hashes.iter().map(|hash| f64::from(hash >> 16)).collect();
        assert_eq!(values(&render(SimulatedKind::UniformRandom, &settings, 0.0, id), PixelType::U16), expected);
    }
}

#[test]
fn noise_in_every_pixel_type() {
    for pixel_type in PixelType::ALL {
        let settings = CameraSettings { offset: [101, 7], ..settings(33, 47, pixel_type) };
        for id in [0, 1, 300, u64::MAX] {
            let expected: Vec<f64> = (0..47)
                .flat_map(|y| (0..33).map(move |x| noise_pixel(noise(id, 101 + x, 7 + y), pixel_type)))
                .collect();
            let frame = render(SimulatedKind::UniformRandom, &settings, 0.0, id);
            assert_eq!(values(&frame, pixel_type), expected, "{pixel_type:?}, frame {id}");
        }
    }
}

#[test]
fn noise_is_uniform_and_new_in_every_frame() {
    let settings = settings(512, 512, PixelType::U8);
    let first = render(SimulatedKind::UniformRandom, &settings, 0.0, 0);
    let mut counts = [0_u32; 256];
    first.iter().for_each(|value| counts[usize::from(*value)] += 1);
    // 1024 each, standard deviation 32.
    assert!(counts.iter().all(|count| count.abs_diff(1024) < 192), "{counts:?}");
    for id in 1..20 {
        let other = render(SimulatedKind::UniformRandom, &settings, 0.0, id);
        let same = first.iter().zip(&other).filter(|(one, other)| one == other).count();
        // 1024 of 262144 by chance.
        assert!(same.abs_diff(1024) < 192, "frame {id} shares {same} pixels with frame 0");
    }
}

#[test]
fn empty_shows_nothing_of_a_buffers_past() {
    for pixel_type in PixelType::ALL {
        for frame in frames(EMPTY, &settings(33, 47, pixel_type), 3, 0xff) {
            assert!(frame.iter().all(|byte| *byte == 0), "{pixel_type:?}");
        }
    }
}

fn any_settings() -> impl Strategy<Value = CameraSettings> {
    let binning = prop_oneof![Just(1_u32), Just(2), Just(4), Just(8)];
    (binning, 0..8_usize, 1..70_u32, 1..50_u32, any::<[u32; 2]>()).prop_map(|(binning, kind, width, height, offset)| {
        let sensor = 8192 / binning;
        let offset = [offset[0] % (sensor - width + 1), offset[1] % (sensor - height + 1)];
        CameraSettings { binning, offset, ..settings(width, height, PixelType::ALL[kind]) }
    })
}

proptest! {
    /// Acquire's binning wrote past its buffer and binned the first row alone.
    #[test]
    fn every_byte_is_written_and_follows_from_id_and_settings(settings in any_settings(), name in prop::sample::select(vec![RANDOM, SINE, EMPTY])) {
        let [one, other] = [0x00, 0xff].map(|stale| frames(name, &settings, 3, stale));
        prop_assert_eq!(one[0].len(), (settings.shape[0] * settings.shape[1]) as usize * settings.pixel_type.bytes());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_region_of_a_noise_frame_is_the_frame_of_that_region(whole in any_settings(), part in any::<[u32; 4]>(), id in any::<u64>()) {
        let inner = [part[0] % whole.shape[0], part[1] % whole.shape[1]];
        let shape = [1 + part[2] % (whole.shape[0] - inner[0]), 1 + part[3] % (whole.shape[1] - inner[1])];
        let offset = [whole.offset[0] + inner[0], whole.offset[1] + inner[1]];
        let frame = render(SimulatedKind::UniformRandom, &whole, 0.0, id);
        let bytes = whole.pixel_type.bytes();
        let cropped: Vec<u8> = (0..shape[1])
            .flat_map(|y| {
                let start = ((inner[1] + y) * whole.shape[0] + inner[0]) as usize * bytes;
                frame[start..start + shape[0] as usize * bytes].to_vec()
            })
            .collect();
        prop_assert_eq!(render(SimulatedKind::UniformRandom, &CameraSettings { offset, shape, ..whole }, 0.0, id), cropped);
    }

    #[test]
    fn the_rings_follow_their_formula(settings in any_settings(), id in 0..1_000_000_u64) {
        assert_sine(&settings, 1e4, id as f64 * 0.01, id);
    }
}
