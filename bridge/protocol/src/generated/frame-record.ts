// Made from native/runtime/src/stream/frame_clients/record.rs by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.

/** "ZCFR" as it lies in memory. */
export const FRAME_RECORD_MAGIC = 0x5246435a;
export const FRAME_RECORD_VERSION = 1;
export const FRAME_RECORD_HEADER_BYTES = 80;
export const frameRecordKinds = { begin: 1, frame: 2, lost: 3, end: 4 } as const;
/** Why a client does not get a frame, by its number. */
export const frameLossCauses = { 1: "camera", 2: "queue", 3: "storage", 4: "client", 5: "busy" } as const;

/** The header's fields, little-endian; `offset` from the start of the record, bytes. */
export const frameRecordFields = {
  magic: { offset: 0, number: "u32" },
  version: { offset: 4, number: "u16" },
  header_bytes: { offset: 6, number: "u16" },
  kind: { offset: 8, number: "u8" },
  pixel_type: { offset: 9, number: "u8" },
  cause: { offset: 10, number: "u8" },
  end: { offset: 11, number: "u8" },
  run: { offset: 12, number: "u32" },
  payload_bytes: { offset: 16, number: "u64" },
  frame_index: { offset: 24, number: "u64" },
  frames: { offset: 32, number: "u64" },
  hardware_frame_id: { offset: 40, number: "u64" },
  hardware_clock_ns: { offset: 48, number: "u64" },
  unix_ns: { offset: 56, number: "u64" },
  width: { offset: 64, number: "u32" },
  height: { offset: 68, number: "u32" },
  frames_averaged: { offset: 72, number: "u32" },
  flags: { offset: 76, number: "u32" },
} as const;
