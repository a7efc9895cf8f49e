//! The size of a pixel, as TIFF says it: pixels a centimetre, as fractions.

/// 10,000 um.
const CENTIMETRE_UM: f64 = 1e4;
/// Further off than that a fraction says something else.
const NEAR: f64 = 1e-6;

/// Numerator and denominator of pixels a centimetre; `None`: no fraction of 32 bits comes near.
pub(super) fn pixels_per_centimetre(pixel_um: f64) -> Option<[u32; 2]> {
    let wanted = CENTIMETRE_UM / pixel_um;
    // Continued fractions: each step is the nearest with a denominator of its size.
    let (mut before, mut now) = ([0_u64, 1_u64], [1_u64, 0_u64]);
    let mut rest = wanted;
    for _ in 0..64 {
        let whole = rest.floor();
        if !(0.0..=f64::from(u32::MAX)).contains(&whole) {
            break;
        }
        let next = [0, 1].map(|part| now[part].saturating_mul(whole as u64).saturating_add(before[part]));
        if next.iter().any(|part| *part > u64::from(u32::MAX)) {
            break;
        }
        (before, now) = (now, next);
        let error = (now[0] as f64 / now[1] as f64 - wanted).abs();
        if error <= wanted * f64::EPSILON {
            break;
        }
        rest = 1.0 / (rest - whole);
    }
    let [numerator, denominator] = now;
    let said = numerator as f64 / denominator as f64;
    ((said - wanted).abs() <= wanted * NEAR).then_some([numerator as u32, denominator as u32])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn round_sizes_are_round_fractions() {
        assert_eq!(pixels_per_centimetre(1.0), Some([10_000, 1]));
        assert_eq!(pixels_per_centimetre(0.25), Some([40_000, 1]));
        assert_eq!(pixels_per_centimetre(0.108), Some([2_500_000, 27]));
        assert_eq!(pixels_per_centimetre(30_000.0), Some([1, 3]));
        assert_eq!(pixels_per_centimetre(1e-7), None);
        assert_eq!(pixels_per_centimetre(1e20), None);
        assert_eq!(pixels_per_centimetre(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn every_size_of_a_microscope_comes_back(exponent in -4.0..6.0_f64) {
            let um = 10_f64.powf(exponent);
            let [numerator, denominator] = pixels_per_centimetre(um).unwrap();
            let back = 1e4 * f64::from(denominator) / f64::from(numerator);
            prop_assert!((back / um - 1.0).abs() < 1e-8, "{um} {back}");
        }
    }
}
