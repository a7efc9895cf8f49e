//! The types of a tag's values, by their numbers in a directory: of TIFF 6.0, and those that BigTIFF added.

/// Whole numbers of 8 bits.
pub const BYTE: u16 = 1;
/// Text, with a final NUL.
pub const ASCII: u16 = 2;
/// Whole numbers of 16 bits.
pub const SHORT: u16 = 3;
/// Whole numbers of 32 bits.
pub const LONG: u16 = 4;
/// Fractions: numerator and denominator, whole numbers of 32 bits each.
pub const RATIONAL: u16 = 5;
/// Signed whole numbers of 8 bits.
pub const SBYTE: u16 = 6;
/// Bytes that only the tag's author knows.
pub const UNDEFINED: u16 = 7;
/// Signed whole numbers of 16 bits.
pub const SSHORT: u16 = 8;
/// Signed whole numbers of 32 bits.
pub const SLONG: u16 = 9;
/// Floating-point numbers of 32 bits.
pub const FLOAT: u16 = 11;
/// Offsets of directories, of 32 bits.
pub const IFD: u16 = 13;
/// Whole numbers of 64 bits; BigTIFF's.
pub const LONG8: u16 = 16;
/// Offsets of directories, of 64 bits; BigTIFF's.
pub const IFD8: u16 = 18;
