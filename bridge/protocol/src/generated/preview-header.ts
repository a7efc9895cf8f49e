// Made from native/runtime/src/preview/message.rs by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.

/** "ZCPV" as it lies in memory. */
export const PREVIEW_MAGIC = 0x5650435a;
export const PREVIEW_VERSION = 1;
export const PREVIEW_HEADER_BYTES = 128;
/** Pixel types in the order of their numbers in the header. */
export const previewPixelTypes = ["U8", "U16", "I8", "I16", "F32", "U10", "U12", "U14"] as const;

/** The header's fields, little-endian; `offset` from the start of the message, bytes. */
export const previewHeaderFields = {
  magic: { offset: 0, number: "u32" },
  version: { offset: 4, number: "u16" },
  header_bytes: { offset: 6, number: "u16" },
  subscription: { offset: 8, number: "u32" },
  stream: { offset: 12, number: "u32" },
  pixel_type: { offset: 16, number: "u8" },
  reduction: { offset: 17, number: "u8" },
  scale: { offset: 18, number: "u16" },
  run: { offset: 20, number: "u32" },
  width: { offset: 24, number: "u32" },
  height: { offset: 28, number: "u32" },
  frame_width: { offset: 32, number: "u32" },
  frame_height: { offset: 36, number: "u32" },
  region_x: { offset: 40, number: "u32" },
  region_y: { offset: 44, number: "u32" },
  region_width: { offset: 48, number: "u32" },
  region_height: { offset: 52, number: "u32" },
  hardware_frame_id: { offset: 56, number: "u64" },
  frame_index: { offset: 64, number: "u64" },
  hardware_clock_ns: { offset: 72, number: "u64" },
  unix_ms: { offset: 80, number: "f64" },
  histogram_origin: { offset: 88, number: "f64" },
  histogram_bin_width: { offset: 96, number: "f64" },
  histogram_bins: { offset: 104, number: "u32" },
  saturated_pixels: { offset: 108, number: "u32" },
  skipped: { offset: 112, number: "u64" },
  minimum: { offset: 120, number: "f32" },
  maximum: { offset: 124, number: "f32" },
} as const;

/** Of a picture that was made smaller for the network: its header is longer by so many bytes. */
export const PREVIEW_ADAPTED_VERSION = 2;
export const PREVIEW_ADAPTED_HEADER_BYTES = 24;
/** Encodings in the order of their numbers in the header. */
export const previewEncodings = ["raw", "blosc", "jpeg"] as const;

/** Of the longer header, behind those that all have. */
export const previewAdaptedFields = {
  encoding: { offset: 128, number: "u8" },
  bits: { offset: 129, number: "u8" },
  reduced: { offset: 130, number: "u16" },
  payload_bytes: { offset: 132, number: "u32" },
  window_minimum: { offset: 136, number: "f64" },
  window_maximum: { offset: 144, number: "f64" },
} as const;
