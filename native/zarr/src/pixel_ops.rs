/// A pixel as arithmetic sees it. Bytes are little endian and need no alignment.
pub(crate) trait Pixel: Copy {
    const BYTES: usize;
    /// Holds the sum of at least eight pixels.
    type Sum: Copy + Default + std::ops::Add<Output = Self::Sum>;

    fn read(bytes: &[u8]) -> Self;
    fn write(self, bytes: &mut [u8]);
    fn widen(self) -> Self::Sum;
    /// The mean of `2^log2_count` pixels; halves of integers are rounded up.
    fn mean(sum: Self::Sum, log2_count: u32) -> Self;
    fn lesser(self, other: Self) -> Self;
    fn greater(self, other: Self) -> Self;
}

macro_rules! integer_pixel {
    ($type:ty, $sum:ty) => {
        impl Pixel for $type {
            const BYTES: usize = size_of::<$type>();
            type Sum = $sum;

            #[inline(always)]
            fn read(bytes: &[u8]) -> Self {
                let mut value = [0; size_of::<$type>()];
                value.copy_from_slice(bytes);
                Self::from_le_bytes(value)
            }

            #[inline(always)]
            fn write(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }

            #[inline(always)]
            fn widen(self) -> $sum {
                <$sum>::from(self)
            }

            #[inline(always)]
            fn mean(sum: $sum, log2_count: u32) -> Self {
                // 2^(log2_count - 1), and 0 for a single pixel.
                let half = ((1 << log2_count) >> 1) as $sum;
                ((sum + half) >> log2_count) as Self
            }

            #[inline(always)]
            fn lesser(self, other: Self) -> Self {
                self.min(other)
            }

            #[inline(always)]
            fn greater(self, other: Self) -> Self {
                self.max(other)
            }
        }
    };
}

integer_pixel!(u8, u16);
integer_pixel!(i8, i16);
integer_pixel!(u16, u32);
integer_pixel!(i16, i32);

impl Pixel for f32 {
    const BYTES: usize = 4;
    /// So that neither large values overflow nor small ones vanish.
    type Sum = f64;

    #[inline(always)]
    fn read(bytes: &[u8]) -> Self {
        let mut value = [0; 4];
        value.copy_from_slice(bytes);
        Self::from_le_bytes(value)
    }

    #[inline(always)]
    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_le_bytes());
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn mean(sum: f64, log2_count: u32) -> Self {
        (sum / f64::from(1u32 << log2_count)) as Self
    }

    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        self.min(other)
    }

    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Runs `$body` with `$pixel` standing for the arithmetic type of `$pixel_type`.
macro_rules! for_pixel_type {
    ($pixel_type:expr, $pixel:ident => $body:expr) => {
        match $pixel_type {
            zarrcam_frame::PixelType::U8 => {
                type $pixel = u8;
                $body
            }
            zarrcam_frame::PixelType::I8 => {
                type $pixel = i8;
                $body
            }
            zarrcam_frame::PixelType::I16 => {
                type $pixel = i16;
                $body
            }
            zarrcam_frame::PixelType::F32 => {
                type $pixel = f32;
                $body
            }
            zarrcam_frame::PixelType::U16
            | zarrcam_frame::PixelType::U10
            | zarrcam_frame::PixelType::U12
            | zarrcam_frame::PixelType::U14 => {
                type $pixel = u16;
                $body
            }
        }
    };
}
pub(crate) use for_pixel_type;
