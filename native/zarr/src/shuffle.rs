//! Byte and bit shuffle as c-blosc 1 defines them. Byte shuffle: all first bytes of the elements, then all second ones, and
//! so on. Bit shuffle: within each such plane of bytes, all lowest bits, then all second ones; only where the elements come in
//! eights, else the data stays as it is.
//!
//! The loops are written for the compiler to vectorise, and compiled twice on x86-64: for the baseline and for AVX2, chosen
//! when the program runs. Planes of bits, which no compiler finds, have vectors of their own there and in wasm.

macro_rules! with_avx2 {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:ident) => {
        $(#[$meta])*
        $visibility fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn wide($($arg: $type),*) {
                    $body($($arg),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: this processor has AVX2, the only feature that `wide` asks for.
                    return unsafe { wide($($arg),*) };
                }
            }
            $body($($arg),*)
        }
    };
}

/// Shuffles `source`, whole elements that begin at element `first` of a block of `count`, into their places in `block`.
pub(crate) fn shuffle_part(item_bytes: usize, source: &[u8], block: &mut [u8], first: usize, count: usize) {
    match item_bytes {
        1 => block[first..first + source.len()].copy_from_slice(source),
        2 => {
            let (low, high) = block.split_at_mut(count);
            let elements = source.len() / 2;
            shuffle_2(source, &mut low[first..first + elements], &mut high[first..first + elements]);
        }
        4 => {
            let elements = source.len() / 4;
            let (p0, rest) = block.split_at_mut(count);
            let (p1, rest) = rest.split_at_mut(count);
            let (p2, p3) = rest.split_at_mut(count);
            let range = first..first + elements;
            shuffle_4(source, &mut p0[range.clone()], &mut p1[range.clone()], &mut p2[range.clone()], &mut p3[range]);
        }
        _ => {
            for (plane, target) in block.chunks_exact_mut(count).take(item_bytes).enumerate() {
                for (to, element) in target[first..].iter_mut().zip(source.chunks_exact(item_bytes)) {
                    *to = element[plane];
                }
            }
        }
    }
}

/// The whole of [`shuffle_part`] and back; `count` elements, nothing else.
pub(crate) fn unshuffle(item_bytes: usize, block: &[u8], out: &mut [u8]) {
    let count = block.len() / item_bytes;
    match item_bytes {
        1 => out.copy_from_slice(block),
        2 => unshuffle_2(block, out),
        4 => unshuffle_4(block, out),
        _ => {
            for (plane, bytes) in block.chunks_exact(count.max(1)).take(item_bytes).enumerate() {
                for (element, byte) in out.chunks_exact_mut(item_bytes).zip(bytes) {
                    element[plane] = *byte;
                }
            }
            // c-blosc leaves bytes that make no whole element where they are.
            let whole = count * item_bytes;
            out[whole..].copy_from_slice(&block[whole..]);
        }
    }
}

/// Whether bit shuffle touches a block of so many elements at all.
pub(crate) fn bit_shuffles(count: usize) -> bool {
    count.is_multiple_of(8)
}

/// Bit shuffle's second half: planes of bytes (see [`shuffle_part`]), each a multiple of 8 long, to planes of bits.
pub(crate) fn bytes_to_bits(planes: &[u8], count: usize, out: &mut [u8]) {
    for (plane, bits) in planes.chunks_exact(count).zip(out.chunks_exact_mut(count)) {
        plane_to_bits(plane, bits);
    }
}

pub(crate) fn bits_to_bytes(bits: &[u8], count: usize, planes: &mut [u8]) {
    let row = count / 8;
    for (bits, plane) in bits.chunks_exact(count).zip(planes.chunks_exact_mut(count)) {
        for (group, bytes) in plane.chunks_exact_mut(8).enumerate() {
            let mut eight = [0; 8];
            for (bit, byte) in eight.iter_mut().enumerate() {
                *byte = bits[bit * row + group];
            }
            bytes.copy_from_slice(&transpose_8x8(u64::from_le_bytes(eight)).to_le_bytes());
        }
    }
}

with_avx2! { fn shuffle_2(source: &[u8], low: &mut [u8], high: &mut [u8]) = shuffle_2_body }
with_avx2! { fn shuffle_4(source: &[u8], p0: &mut [u8], p1: &mut [u8], p2: &mut [u8], p3: &mut [u8]) = shuffle_4_body }
with_avx2! { fn unshuffle_2(block: &[u8], out: &mut [u8]) = unshuffle_2_body }
with_avx2! { fn unshuffle_4(block: &[u8], out: &mut [u8]) = unshuffle_4_body }

#[inline(always)]
fn shuffle_2_body(source: &[u8], low: &mut [u8], high: &mut [u8]) {
    for ((element, low), high) in source.chunks_exact(2).zip(low).zip(high) {
        let element = u16::from_le_bytes([element[0], element[1]]);
        *low = element as u8;
        *high = (element >> 8) as u8;
    }
}

#[inline(always)]
fn shuffle_4_body(source: &[u8], p0: &mut [u8], p1: &mut [u8], p2: &mut [u8], p3: &mut [u8]) {
    for ((((element, p0), p1), p2), p3) in source.chunks_exact(4).zip(p0).zip(p1).zip(p2).zip(p3) {
        let element = u32::from_le_bytes([element[0], element[1], element[2], element[3]]);
        *p0 = element as u8;
        *p1 = (element >> 8) as u8;
        *p2 = (element >> 16) as u8;
        *p3 = (element >> 24) as u8;
    }
}

#[inline(always)]
fn unshuffle_2_body(block: &[u8], out: &mut [u8]) {
    let count = block.len() / 2;
    let (low, high) = block[..2 * count].split_at(count);
    let mut elements = out.chunks_exact_mut(2);
    for ((element, low), high) in elements.by_ref().zip(low).zip(high) {
        element.copy_from_slice(&[*low, *high]);
    }
    elements.into_remainder().copy_from_slice(&block[2 * count..]);
}

#[inline(always)]
fn unshuffle_4_body(block: &[u8], out: &mut [u8]) {
    let count = block.len() / 4;
    let (p0, rest) = block.split_at(count);
    let (p1, rest) = rest.split_at(count);
    let (p2, rest) = rest.split_at(count);
    let (p3, left_over) = rest.split_at(count);
    let mut elements = out.chunks_exact_mut(4);
    for ((((element, p0), p1), p2), p3) in elements.by_ref().zip(p0).zip(p1).zip(p2).zip(p3) {
        element.copy_from_slice(&[*p0, *p1, *p2, *p3]);
    }
    elements.into_remainder().copy_from_slice(left_over);
}

fn plane_to_bits(plane: &[u8], bits: &mut [u8]) {
    let row = plane.len() / 8;
    let done = plane_to_bits_in_vectors(plane, bits);
    for (group, bytes) in plane.chunks_exact(8).enumerate().skip(done / 8) {
        let mut eight = [0; 8];
        eight.copy_from_slice(bytes);
        let transposed = transpose_8x8(u64::from_le_bytes(eight)).to_le_bytes();
        for (bit, byte) in transposed.into_iter().enumerate() {
            bits[bit * row + group] = byte;
        }
    }
}

/// Does as many elements as the processor's vectors suit, and says how many.
#[cfg(target_arch = "x86_64")]
fn plane_to_bits_in_vectors(plane: &[u8], bits: &mut [u8]) -> usize {
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: this processor has AVX2, the only feature that the function asks for.
        unsafe { plane_to_bits_avx2(plane, bits) }
    } else {
        0
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use plane_to_bits_simd128 as plane_to_bits_in_vectors;

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
fn plane_to_bits_in_vectors(_plane: &[u8], _bits: &mut [u8]) -> usize {
    0
}

/// In groups of 32.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn plane_to_bits_avx2(plane: &[u8], bits: &mut [u8]) -> usize {
    use std::arch::x86_64::{__m256i, _mm256_add_epi8, _mm256_loadu_si256, _mm256_movemask_epi8};
    let row = plane.len() / 8;
    let groups = plane.chunks_exact(32);
    let done = groups.len() * 32;
    for (group, bytes) in groups.enumerate() {
        // SAFETY: `bytes` has 32 bytes, and the load asks for no alignment.
        let mut vector = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast::<__m256i>()) };
        for bit in (0..8).rev() {
            let mask = _mm256_movemask_epi8(vector);
            bits[bit * row + 4 * group..][..4].copy_from_slice(&mask.to_le_bytes());
            vector = _mm256_add_epi8(vector, vector);
        }
    }
    done
}

/// In groups of 64: four vectors give a word of each row.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn plane_to_bits_simd128(plane: &[u8], bits: &mut [u8]) -> usize {
    use std::arch::wasm32::{u8x16_add, u8x16_bitmask, v128, v128_load};
    let row = plane.len() / 8;
    let groups = plane.as_chunks::<64>().0;
    for (group, bytes) in groups.iter().enumerate() {
        // SAFETY: 16 bytes are there from each of these on, and the load asks for no alignment.
        let mut vectors = [0, 16, 32, 48].map(|at| unsafe { v128_load(bytes[at..at + 16].as_ptr().cast::<v128>()) });
        for bit in (0..8).rev() {
            let word = vectors.iter().rev().fold(0, |word, vector| word << 16 | u64::from(u8x16_bitmask(*vector)));
            bits[bit * row + 8 * group..][..8].copy_from_slice(&word.to_le_bytes());
            vectors = vectors.map(|vector| u8x16_add(vector, vector));
        }
    }
    groups.len() * 64
}

/// Eight bytes as a matrix of bits, transposed; its own inverse (Hacker's Delight, 7-3).
#[inline(always)]
fn transpose_8x8(mut x: u64) -> u64 {
    let mut swap = |shift: u32, mask: u64| {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    };
    swap(7, 0x00AA_00AA_00AA_00AA);
    swap(14, 0x0000_CCCC_0000_CCCC);
    swap(28, 0x0000_0000_F0F0_F0F0);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|i| (i * 37 + i / 7) as u8).collect()
    }

    #[test]
    fn bytes_of_equal_weight_come_together() {
        let mut block = [0; 6];
        shuffle_part(2, &[1, 2, 3, 4, 5, 6], &mut block, 0, 3);
        assert_eq!(block, [1, 3, 5, 2, 4, 6]);
        let mut block = [0; 8];
        shuffle_part(4, &[1, 2, 3, 4, 5, 6, 7, 8], &mut block, 0, 2);
        assert_eq!(block, [1, 5, 2, 6, 3, 7, 4, 8]);
    }

    #[test]
    fn parts_equal_the_whole() {
        for item_bytes in [1, 2, 3, 4, 8] {
            let source = bytes(item_bytes * 131);
            let mut whole = vec![0; source.len()];
            shuffle_part(item_bytes, &source, &mut whole, 0, 131);
            let mut parts = vec![0; source.len()];
            let (a, b) = source.split_at(50 * item_bytes);
            shuffle_part(item_bytes, a, &mut parts, 0, 131);
            shuffle_part(item_bytes, b, &mut parts, 50, 131);
            assert_eq!(whole, parts);
            let mut back = vec![0; source.len()];
            unshuffle(item_bytes, &whole, &mut back);
            assert_eq!(back, source);
        }
    }

    /// What other processors run; this one most likely takes the wide versions everywhere else.
    #[test]
    fn baseline_and_wide_versions_agree() {
        let source = bytes(4 * 1001);
        let halves = |shuffle: fn(&[u8], &mut [u8], &mut [u8])| {
            let mut block = vec![0; 4004];
            let (low, high) = block.split_at_mut(2002);
            shuffle(&source, low, high);
            block
        };
        assert_eq!(halves(shuffle_2), halves(shuffle_2_body));
        let planes = || [(); 4].map(|()| vec![0; 1001]);
        let (mut a, mut b) = (planes(), planes());
        let [p0, p1, p2, p3] = &mut a;
        shuffle_4(&source, p0, p1, p2, p3);
        let [p0, p1, p2, p3] = &mut b;
        shuffle_4_body(&source, p0, p1, p2, p3);
        assert_eq!(a, b);
        for (wide, baseline) in [
            (unshuffle_2 as fn(&[u8], &mut [u8]), unshuffle_2_body as fn(&[u8], &mut [u8])),
            (unshuffle_4, unshuffle_4_body),
        ] {
            let (mut a, mut b) = (vec![0; 4004], vec![0; 4004]);
            wide(&source, &mut a);
            baseline(&source, &mut b);
            assert_eq!(a, b);
        }
    }

    #[test]
    fn bits_of_equal_weight_come_together() {
        let mut out = [0; 8];
        bytes_to_bits(&[1, 0, 1, 0, 0, 0, 0, 0x80], 8, &mut out);
        assert_eq!(out, [0b101, 0, 0, 0, 0, 0, 0, 0x80]);
    }

    #[test]
    fn bits_come_back() {
        for count in [8, 32, 40, 264] {
            let planes = bytes(count * 2);
            let (mut bits, mut back) = (vec![0; planes.len()], vec![0; planes.len()]);
            bytes_to_bits(&planes, count, &mut bits);
            bits_to_bytes(&bits, count, &mut back);
            assert_eq!(back, planes);
        }
    }
}
