use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What one pixel is. U10, U12 and U14 lie unpacked in the low bits of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum PixelType {
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// IEEE 754, 32 bits.
    F32,
    /// Unsigned, 10 bits of the sensor in 16.
    U10,
    /// Unsigned, 12 bits of the sensor in 16.
    U12,
    /// Unsigned, 14 bits of the sensor in 16.
    U14,
}

impl PixelType {
    /// All of them, in the order of the document's values.
    pub const ALL: [Self; 8] = [Self::U8, Self::U16, Self::I8, Self::I16, Self::F32, Self::U10, Self::U12, Self::U14];

    /// Size of one pixel in memory and in the store, in bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::F32 => 4,
            _ => 2,
        }
    }

    /// The sensor's bits; the true white of an unsigned type is `2^bits - 1`.
    pub const fn bits(self) -> u32 {
        match self {
            Self::U8 | Self::I8 => 8,
            Self::U10 => 10,
            Self::U12 => 12,
            Self::U14 => 14,
            Self::U16 | Self::I16 => 16,
            Self::F32 => 32,
        }
    }

    /// Zarr V3's data type name (core specification, "Core data types").
    pub const fn zarr3_name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::F32 => "float32",
            _ => "uint16",
        }
    }

    /// Zarr V2's data type (NumPy's typestr, byte order included).
    pub const fn zarr2_name(self) -> &'static str {
        match self {
            Self::U8 => "|u1",
            Self::I8 => "|i1",
            Self::I16 => "<i2",
            Self::F32 => "<f4",
            _ => "<u2",
        }
    }
}
