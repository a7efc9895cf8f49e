// Records of the stream of previews: a header of 32 bytes and the preview message that it announces, filled up to a multiple of
// 8 bytes; all little-endian. README.md has the table.
import { PREVIEW_ADAPTED_HEADER_BYTES, PREVIEW_HEADER_BYTES } from "./generated/preview-header.ts";
import { MAX_PREVIEW_SIDE_PX } from "./limits.ts";
import { PreviewFormatError } from "./preview-frame.ts";

/** "ZCPS" as it lies in memory. */
const MAGIC = 0x5350435a;
const VERSION = 1;
export const PREVIEW_RECORD_HEADER_BYTES = 32;
/** Every record begins at a multiple of it, bytes. */
const ALIGNMENT_BYTES = 8;
/** The largest picture that may be asked for, in its widest pixel type, with the most bins: a longer one is a broken stream. */
export const MAX_PREVIEW_MESSAGE_BYTES =
  PREVIEW_HEADER_BYTES + PREVIEW_ADAPTED_HEADER_BYTES + (1 << 14) + 4 * MAX_PREVIEW_SIDE_PX ** 2;

export const previewRecordKinds = { begin: 1, picture: 2 } as const;

/** A header's fields; `at` from the start of the record, bytes. */
export const previewRecordFields = {
  magic: { at: 0, number: "u32" },
  version: { at: 4, number: "u16" },
  headerBytes: { at: 6, number: "u16" },
  kind: { at: 8, number: "u8" },
  payloadBytes: { at: 16, number: "u64" },
  picture: { at: 24, number: "u64" },
} as const;

export interface PreviewRecordHeader {
  /** Null: one of a later version, which is to be skipped. */
  kind: keyof typeof previewRecordKinds | null;
  /** Bytes of the message that follows, without what fills it up. */
  payloadBytes: number;
  /** Number of the picture on this stream, from 1; 0 where it is none. */
  picture: number;
}

/** Bytes of a payload with what fills it up. */
export function filledUp(payloadBytes: number): number {
  return Math.ceil(payloadBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** The header of a record; the message, and zeros up to `filledUp`, follow it. */
export function previewRecordHeader(
  kind: keyof typeof previewRecordKinds,
  payloadBytes = 0,
  picture = 0,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(PREVIEW_RECORD_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const at = previewRecordFields;
  view.setUint32(at.magic.at, MAGIC, true);
  view.setUint16(at.version.at, VERSION, true);
  view.setUint16(at.headerBytes.at, PREVIEW_RECORD_HEADER_BYTES, true);
  view.setUint8(at.kind.at, previewRecordKinds[kind]);
  view.setBigUint64(at.payloadBytes.at, BigInt(payloadBytes), true);
  view.setBigUint64(at.picture.at, BigInt(picture), true);
  return header;
}

/** @throws PreviewFormatError where it is none of this version's streams. */
export function parsePreviewRecordHeader(header: Uint8Array): PreviewRecordHeader {
  const view = new DataView(header.buffer, header.byteOffset, PREVIEW_RECORD_HEADER_BYTES);
  const at = previewRecordFields;
  if (view.getUint32(at.magic.at, true) !== MAGIC) throw new PreviewFormatError("not a record of a stream of previews");
  const version = view.getUint16(at.version.at, true);
  if (version !== VERSION) throw new PreviewFormatError(`a stream of version ${version}, not ${VERSION}`);
  const headerBytes = view.getUint16(at.headerBytes.at, true);
  if (headerBytes !== PREVIEW_RECORD_HEADER_BYTES)
    throw new PreviewFormatError(`a record's header of ${headerBytes} bytes`);
  const number = view.getUint8(at.kind.at);
  const payloadBytes = Number(view.getBigUint64(at.payloadBytes.at, true));
  if (payloadBytes > MAX_PREVIEW_MESSAGE_BYTES) throw new PreviewFormatError(`a record of ${payloadBytes} bytes`);
  const kind = number === previewRecordKinds.begin ? "begin" : number === previewRecordKinds.picture ? "picture" : null;
  return { kind, payloadBytes, picture: Number(view.getBigUint64(at.picture.at, true)) };
}
