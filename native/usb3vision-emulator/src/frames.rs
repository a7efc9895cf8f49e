//! Pixels that say which frame they belong to: a ramp along x and y that moves by one with each frame.

/// A pixel's value. `bits`: of the sensor.
pub fn pixel(x: usize, y: usize, id: u64, bits: u32) -> u16 {
    ((x as u64 + y as u64 + id) & ((1 << bits) - 1)) as u16
}

/// Fills a frame, rows tight, 1 byte a pixel for 8 bits, else 2, little endian.
pub fn fill(frame: &mut [u8], width: usize, id: u64, bits: u32) {
    if bits == 8 {
        let ramp: Vec<u8> = (0..width + 256).map(|x| x as u8).collect();
        for (y, row) in frame.chunks_exact_mut(width).enumerate() {
            let start = (y as u64 + id) as u8 as usize;
            row.copy_from_slice(&ramp[start..start + width]);
        }
        return;
    }
    let period = 1_usize << bits;
    let ramp: Vec<u8> = (0..width + period).flat_map(|x| ((x & (period - 1)) as u16).to_le_bytes()).collect();
    for (y, row) in frame.chunks_exact_mut(2 * width).enumerate() {
        let start = 2 * ((y as u64 + id) as usize & (period - 1));
        row.copy_from_slice(&ramp[start..start + 2 * width]);
    }
}

/// Twelve bits a pixel, two in three bytes, the lowest bits first.
pub fn pack_12(values: &[u8]) -> Vec<u8> {
    let values: Vec<u16> = values.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let pack = |pair: &[u16]| {
        let (low, high) = (pair[0], pair.get(1).copied().unwrap_or(0));
        [low as u8, (low >> 8) as u8 | (high << 4) as u8, (high >> 4) as u8]
    };
    values.chunks(2).flat_map(pack).collect()
}
