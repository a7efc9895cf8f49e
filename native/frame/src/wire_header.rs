//! Headers of binary messages: a struct whose fields lie in the message in its order, little endian and without gaps.

use crate::PixelType;

/// A field of a header, as it lies there.
pub struct HeaderField {
    /// Its name.
    pub name: &'static str,
    /// Where it begins in the message, bytes.
    pub offset: usize,
    /// `u8` to `u64`, `f32`, `f64`; little endian.
    pub number: &'static str,
}

/// The number of a pixel type in a header.
pub fn pixel_code(pixel_type: PixelType) -> u8 {
    PixelType::ALL.iter().position(|one| *one == pixel_type).unwrap_or(0) as u8
}

/// Makes the struct `Header`, how it is written, and `header_fields`. The bytes that it takes stand first.
#[macro_export]
macro_rules! wire_header {
    ($bytes:expr; $($field:ident: $number:ty,)*) => {
        struct Header { $($field: $number),* }

        impl Header {
            fn write_to(&self, out: &mut Vec<u8>) {
                $(out.extend_from_slice(&self.$field.to_le_bytes());)*
            }
        }

        /// The fields in their order: what the protocol's TypeScript reads and writes the header by.
        pub fn header_fields() -> Vec<$crate::HeaderField> {
            let sizes = [$((stringify!($field), stringify!($number), size_of::<$number>())),*];
            let located = |offset: &mut usize, (name, number, bytes)| {
                let field = $crate::HeaderField { name, offset: *offset, number };
                *offset += bytes;
                Some(field)
            };
            sizes.into_iter().scan(0, located).collect()
        }

        const _: () = assert!(0 $(+ size_of::<$number>())* == $bytes);
    };
}
