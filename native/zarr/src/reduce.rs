//! Half the size of a plane: what a level of the pyramid is made of. Everything is by blocks of 2 x 2, 2 x 1 or 1 x 2 pixels.
//!
//! At an odd edge a block has fewer pixels, and only those count. The kernels see it as a full block whose missing pixels repeat
//! the ones that exist: mean, minimum and maximum of that are the same.

use zarrcam_config::DownsampleMethod;
use zarrcam_frame::PixelType;

use crate::pixel_ops::{Pixel, for_pixel_type};

/// Pixels of a frame, or of a part of it.
#[derive(Clone, Copy, Debug)]
pub struct PlaneView<'a> {
    /// From the first pixel on.
    pub bytes: &'a [u8],
    /// Columns, px.
    pub width: usize,
    /// Rows, px.
    pub height: usize,
    /// From the start of one row to the next.
    pub stride_bytes: usize,
}

impl<'a> PlaneView<'a> {
    /// A plane whose rows follow each other without gaps.
    pub fn tight(pixel_type: PixelType, bytes: &'a [u8], width: usize, height: usize) -> Self {
        Self { bytes, width, height, stride_bytes: width * pixel_type.bytes() }
    }

    #[inline(always)]
    fn row(&self, index: usize, row_bytes: usize) -> &'a [u8] {
        &self.bytes[index * self.stride_bytes..][..row_bytes]
    }
}

/// Which axes of a plane are halved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Halve {
    /// The width is halved.
    pub x: bool,
    /// The height is halved.
    pub y: bool,
}

impl Halve {
    /// Both are halved.
    pub const BOTH: Self = Self { x: true, y: true };

    /// (width, height) of the reduced plane.
    pub fn size(self, width: usize, height: usize) -> (usize, usize) {
        let half = |size: usize, halve| if halve { size.div_ceil(2) } else { size };
        (half(width, self.x), half(height, self.y))
    }

    fn log2_count(self) -> u32 {
        u32::from(self.x) + u32::from(self.y)
    }
}

/// Reduces a plane into `out`, whose rows begin `out_stride_bytes` apart and have the reduced width ([`Halve::size`]).
/// Means round halves of integers up. `Decimate` takes the first pixel of each block.
///
/// # Panics
/// If `source` or `out` is shorter than its size says.
pub fn reduce_plane(
    pixel_type: PixelType,
    method: DownsampleMethod,
    halve: Halve,
    source: PlaneView<'_>,
    out: &mut [u8],
    out_stride_bytes: usize,
) {
    for_pixel_type!(pixel_type, P => match method {
        DownsampleMethod::Mean => reduce_with::<P, MeanOf>(halve, source, out, out_stride_bytes),
        DownsampleMethod::Decimate => reduce_with::<P, FirstOf>(halve, source, out, out_stride_bytes),
        DownsampleMethod::Min => reduce_with::<P, LeastOf>(halve, source, out, out_stride_bytes),
        DownsampleMethod::Max => reduce_with::<P, GreatestOf>(halve, source, out, out_stride_bytes),
    });
}

/// What becomes of a block's pixels, in C order.
trait Reduction<P> {
    fn of_two(a: P, b: P) -> P;
    fn of_four(a: P, b: P, c: P, d: P) -> P;
}

struct MeanOf;
struct FirstOf;
struct LeastOf;
struct GreatestOf;

impl<P: Pixel> Reduction<P> for MeanOf {
    #[inline(always)]
    fn of_two(a: P, b: P) -> P {
        P::mean(a.widen() + b.widen(), 1)
    }
    #[inline(always)]
    fn of_four(a: P, b: P, c: P, d: P) -> P {
        P::mean((a.widen() + b.widen()) + (c.widen() + d.widen()), 2)
    }
}

impl<P: Pixel> Reduction<P> for FirstOf {
    #[inline(always)]
    fn of_two(a: P, _: P) -> P {
        a
    }
    #[inline(always)]
    fn of_four(a: P, _: P, _: P, _: P) -> P {
        a
    }
}

impl<P: Pixel> Reduction<P> for LeastOf {
    #[inline(always)]
    fn of_two(a: P, b: P) -> P {
        a.lesser(b)
    }
    #[inline(always)]
    fn of_four(a: P, b: P, c: P, d: P) -> P {
        a.lesser(b).lesser(c.lesser(d))
    }
}

impl<P: Pixel> Reduction<P> for GreatestOf {
    #[inline(always)]
    fn of_two(a: P, b: P) -> P {
        a.greater(b)
    }
    #[inline(always)]
    fn of_four(a: P, b: P, c: P, d: P) -> P {
        a.greater(b).greater(c.greater(d))
    }
}

fn reduce_with<P: Pixel, R: Reduction<P>>(halve: Halve, source: PlaneView<'_>, out: &mut [u8], stride: usize) {
    let (width, height) = halve.size(source.width, source.height);
    let row_bytes = source.width * P::BYTES;
    for row in 0..height {
        let (top, bottom) = source_rows(halve, &source, row, row_bytes);
        let out = &mut out[row * stride..][..width * P::BYTES];
        reduce_row::<P, R>(halve.x, top, bottom, out);
    }
}

/// The two rows of the source that a row of the result is made of; where there is but one, it stands for both.
#[inline(always)]
fn source_rows<'a>(halve: Halve, source: &PlaneView<'a>, row: usize, row_bytes: usize) -> (&'a [u8], &'a [u8]) {
    if !halve.y {
        let only = source.row(row, row_bytes);
        return (only, only);
    }
    let top = source.row(2 * row, row_bytes);
    let bottom = if 2 * row + 1 < source.height { source.row(2 * row + 1, row_bytes) } else { top };
    (top, bottom)
}

fn reduce_row<P: Pixel, R: Reduction<P>>(halve_x: bool, top: &[u8], bottom: &[u8], out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide<P: Pixel, R: Reduction<P>>(halve_x: bool, top: &[u8], bottom: &[u8], out: &mut [u8]) {
            reduce_row_body::<P, R>(halve_x, top, bottom, out);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: this processor has AVX2, the only feature that `wide` asks for.
            return unsafe { wide::<P, R>(halve_x, top, bottom, out) };
        }
    }
    reduce_row_body::<P, R>(halve_x, top, bottom, out);
}

#[inline(always)]
fn reduce_row_body<P: Pixel, R: Reduction<P>>(halve_x: bool, top: &[u8], bottom: &[u8], out: &mut [u8]) {
    if !halve_x {
        let columns = top.chunks_exact(P::BYTES).zip(bottom.chunks_exact(P::BYTES));
        for (out, (top, bottom)) in out.chunks_exact_mut(P::BYTES).zip(columns) {
            R::of_two(P::read(top), P::read(bottom)).write(out);
        }
        return;
    }
    let blocks = top.chunks_exact(2 * P::BYTES).zip(bottom.chunks_exact(2 * P::BYTES));
    for (out, (top, bottom)) in out.chunks_exact_mut(P::BYTES).zip(blocks) {
        let (a, b) = (P::read(&top[..P::BYTES]), P::read(&top[P::BYTES..]));
        let (c, d) = (P::read(&bottom[..P::BYTES]), P::read(&bottom[P::BYTES..]));
        R::of_four(a, b, c, d).write(out);
    }
    let pixels = top.len() / P::BYTES;
    if !pixels.is_multiple_of(2) {
        let last = (pixels - 1) * P::BYTES;
        let (a, c) = (P::read(&top[last..]), P::read(&bottom[last..]));
        let out_last = out.len() - P::BYTES;
        R::of_four(a, a, c, c).write(&mut out[out_last..]);
    }
}

/// Makes one plane of the next level out of the two planes of a pair in z (and halves x and y on the way, as asked). Planes come
/// in order of z; one that is missing is left out of mean, minimum and maximum. Exact: rounded once, at the end.
pub struct ZAccumulator {
    pixel_type: PixelType,
    method: DownsampleMethod,
    halve: Halve,
    width: usize,
    height: usize,
    planes: u32,
    state: State,
}

enum State {
    Sums(Sums),
    /// Minimum, maximum: the plane so far, and one to reduce into. Decimation: the first plane.
    Plane(Vec<u8>, Vec<u8>),
}

enum Sums {
    U8(Vec<u16>),
    I8(Vec<i16>),
    U16(Vec<u32>),
    I16(Vec<i32>),
    F32(Vec<f64>),
}

impl ZAccumulator {
    /// For planes of `width` x `height`, before reduction.
    pub fn new(pixel_type: PixelType, method: DownsampleMethod, halve: Halve, width: usize, height: usize) -> Self {
        let (out_width, out_height) = halve.size(width, height);
        let pixels = out_width * out_height;
        let state = match method {
            DownsampleMethod::Mean => State::Sums(match pixel_type {
                PixelType::U8 => Sums::U8(vec![0; pixels]),
                PixelType::I8 => Sums::I8(vec![0; pixels]),
                PixelType::I16 => Sums::I16(vec![0; pixels]),
                PixelType::F32 => Sums::F32(vec![0.0; pixels]),
                _ => Sums::U16(vec![0; pixels]),
            }),
            _ => {
                let plane = || vec![0; pixels * pixel_type.bytes()];
                let second = if method == DownsampleMethod::Decimate { Vec::new() } else { plane() };
                State::Plane(plane(), second)
            }
        };
        Self { pixel_type, method, halve, width, height, planes: 0, state }
    }

    /// Bytes of the plane that [`Self::finish`] gives.
    pub fn out_bytes(&self) -> usize {
        let (width, height) = self.halve.size(self.width, self.height);
        width * height * self.pixel_type.bytes()
    }

    /// Takes a plane. `second` tells which of the pair it is: decimation keeps the first, and only that.
    pub fn push(&mut self, second: bool, plane: PlaneView<'_>) {
        assert_eq!((plane.width, plane.height), (self.width, self.height), "every plane of a pair has the same size");
        let (out_width, _) = self.halve.size(self.width, self.height);
        let stride = out_width * self.pixel_type.bytes();
        match &mut self.state {
            State::Sums(sums) => {
                let first = self.planes == 0;
                match sums {
                    Sums::U8(sums) => add_plane::<u8>(self.halve, plane, first, sums),
                    Sums::I8(sums) => add_plane::<i8>(self.halve, plane, first, sums),
                    Sums::U16(sums) => add_plane::<u16>(self.halve, plane, first, sums),
                    Sums::I16(sums) => add_plane::<i16>(self.halve, plane, first, sums),
                    Sums::F32(sums) => add_plane::<f32>(self.halve, plane, first, sums),
                }
            }
            State::Plane(so_far, next) => match self.method {
                DownsampleMethod::Decimate if second => return,
                _ if self.planes == 0 => {
                    reduce_plane(self.pixel_type, self.method, self.halve, plane, so_far, stride);
                }
                _ => {
                    reduce_plane(self.pixel_type, self.method, self.halve, plane, next, stride);
                    for_pixel_type!(self.pixel_type, P => if self.method == DownsampleMethod::Min {
                        combine::<P, LeastOf>(so_far, next);
                    } else {
                        combine::<P, GreatestOf>(so_far, next);
                    });
                }
            },
        }
        self.planes += 1;
    }

    /// Writes the plane to `out`, tight rows, and begins anew. False: no plane came that counts, and the result is missing too.
    pub fn finish(&mut self, out: &mut [u8]) -> bool {
        let planes = std::mem::take(&mut self.planes);
        if planes == 0 {
            return false;
        }
        let log2_count = self.halve.log2_count() + u32::from(planes > 1);
        match &self.state {
            State::Sums(Sums::U8(sums)) => write_means::<u8>(sums, log2_count, out),
            State::Sums(Sums::I8(sums)) => write_means::<i8>(sums, log2_count, out),
            State::Sums(Sums::U16(sums)) => write_means::<u16>(sums, log2_count, out),
            State::Sums(Sums::I16(sums)) => write_means::<i16>(sums, log2_count, out),
            State::Sums(Sums::F32(sums)) => write_means::<f32>(sums, log2_count, out),
            State::Plane(so_far, _) => out.copy_from_slice(so_far),
        }
        true
    }
}

fn combine<P: Pixel, R: Reduction<P>>(so_far: &mut [u8], next: &[u8]) {
    for (so_far, next) in so_far.chunks_exact_mut(P::BYTES).zip(next.chunks_exact(P::BYTES)) {
        R::of_two(P::read(so_far), P::read(next)).write(so_far);
    }
}

fn add_plane<P: Pixel>(halve: Halve, plane: PlaneView<'_>, first: bool, sums: &mut [P::Sum]) {
    let (width, _) = halve.size(plane.width, plane.height);
    for (row, sums) in sums.chunks_exact_mut(width).enumerate() {
        let (top, bottom) = source_rows(halve, &plane, row, plane.width * P::BYTES);
        add_row::<P>(halve, first, top, bottom, sums);
    }
}

fn add_row<P: Pixel>(halve: Halve, first: bool, top: &[u8], bottom: &[u8], sums: &mut [P::Sum]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide<P: Pixel>(halve: Halve, first: bool, top: &[u8], bottom: &[u8], sums: &mut [P::Sum]) {
            add_row_body::<P>(halve, first, top, bottom, sums);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: this processor has AVX2, the only feature that `wide` asks for.
            return unsafe { wide::<P>(halve, first, top, bottom, sums) };
        }
    }
    add_row_body::<P>(halve, first, top, bottom, sums);
}

#[inline(always)]
fn add_row_body<P: Pixel>(halve: Halve, first: bool, top: &[u8], bottom: &[u8], sums: &mut [P::Sum]) {
    if first {
        sums.fill(P::Sum::default());
    }
    let read = |row: &[u8], index: usize| P::read(&row[index * P::BYTES..][..P::BYTES]).widen();
    let pixels = top.len() / P::BYTES;
    match (halve.x, halve.y) {
        (true, true) => {
            let blocks = top.chunks_exact(2 * P::BYTES).zip(bottom.chunks_exact(2 * P::BYTES));
            for (sum, (top, bottom)) in sums.iter_mut().zip(blocks) {
                *sum = *sum + (read(top, 0) + read(top, 1)) + (read(bottom, 0) + read(bottom, 1));
            }
        }
        (true, false) => {
            for (sum, pair) in sums.iter_mut().zip(top.chunks_exact(2 * P::BYTES)) {
                *sum = *sum + (read(pair, 0) + read(pair, 1));
            }
        }
        (false, true) => {
            let columns = top.chunks_exact(P::BYTES).zip(bottom.chunks_exact(P::BYTES));
            for (sum, (top, bottom)) in sums.iter_mut().zip(columns) {
                *sum = *sum + (read(top, 0) + read(bottom, 0));
            }
        }
        (false, false) => {
            for (sum, pixel) in sums.iter_mut().zip(top.chunks_exact(P::BYTES)) {
                *sum = *sum + read(pixel, 0);
            }
        }
    }
    if halve.x && !pixels.is_multiple_of(2) {
        // The last column stands for two, see the top of this file.
        let column = read(top, pixels - 1);
        let mut sum = column + column;
        if halve.y {
            let column = read(bottom, pixels - 1);
            sum = sum + (column + column);
        }
        let last = sums.len() - 1;
        sums[last] = sums[last] + sum;
    }
}

fn write_means<P: Pixel>(sums: &[P::Sum], log2_count: u32, out: &mut [u8]) {
    assert_eq!(out.len(), sums.len() * P::BYTES, "the result has the reduced size");
    for (sum, out) in sums.iter().zip(out.chunks_exact_mut(P::BYTES)) {
        P::mean(*sum, log2_count).write(out);
    }
}
