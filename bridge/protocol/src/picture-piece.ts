// A piece of a picture: over a slow link a large one comes in many binary messages, between which answers to commands come. A header of
// 32 bytes, little-endian, and the bytes. README.md has the table.
import { MAX_PREVIEW_MESSAGE_BYTES } from "./preview-record.ts";
import { PreviewFormatError } from "./preview-frame.ts";

/** "ZCPP" as it lies in memory. */
const MAGIC = 0x5050435a;
const VERSION = 1;
export const PICTURE_PIECE_HEADER_BYTES = 32;

/** A header's fields; `at` from the start of the message, bytes. */
export const picturePieceFields = {
  magic: { at: 0, number: "u32" },
  version: { at: 4, number: "u16" },
  headerBytes: { at: 6, number: "u16" },
  subscription: { at: 8, number: "u32" },
  begin: { at: 16, number: "u64" },
  pictureBytes: { at: 24, number: "u64" },
} as const;

export interface PicturePiece {
  /** The number of the picture's answer. */
  subscription: number;
  /** Where the piece begins in the picture's message, bytes. */
  begin: number;
  /** Length of the picture's whole message. */
  pictureBytes: number;
  bytes: Uint8Array;
}

/** Whether a binary message is a piece of a picture, and not a whole one. */
export function isPicturePiece(message: Uint8Array): boolean {
  if (message.length < PICTURE_PIECE_HEADER_BYTES) return false;
  return new DataView(message.buffer, message.byteOffset).getUint32(picturePieceFields.magic.at, true) === MAGIC;
}

export function picturePiece({ subscription, begin, pictureBytes, bytes }: PicturePiece): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(PICTURE_PIECE_HEADER_BYTES + bytes.length);
  const view = new DataView(message.buffer);
  const at = picturePieceFields;
  view.setUint32(at.magic.at, MAGIC, true);
  view.setUint16(at.version.at, VERSION, true);
  view.setUint16(at.headerBytes.at, PICTURE_PIECE_HEADER_BYTES, true);
  view.setUint32(at.subscription.at, subscription, true);
  view.setBigUint64(at.begin.at, BigInt(begin), true);
  view.setBigUint64(at.pictureBytes.at, BigInt(pictureBytes), true);
  message.set(bytes, PICTURE_PIECE_HEADER_BYTES);
  return message;
}

/** @throws PreviewFormatError where it is none of this version's. */
export function parsePicturePiece(message: Uint8Array): PicturePiece {
  if (!isPicturePiece(message)) throw new PreviewFormatError("not a piece of a picture");
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const at = picturePieceFields;
  const version = view.getUint16(at.version.at, true);
  const headerBytes = view.getUint16(at.headerBytes.at, true);
  if (version !== VERSION || headerBytes !== PICTURE_PIECE_HEADER_BYTES)
    throw new PreviewFormatError(`a piece of version ${version} with a header of ${headerBytes} bytes`);
  const begin = Number(view.getBigUint64(at.begin.at, true));
  const pictureBytes = Number(view.getBigUint64(at.pictureBytes.at, true));
  const bytes = message.subarray(PICTURE_PIECE_HEADER_BYTES);
  if (pictureBytes > MAX_PREVIEW_MESSAGE_BYTES || bytes.length === 0 || begin + bytes.length > pictureBytes)
    throw new PreviewFormatError(`a piece of ${bytes.length} bytes at ${begin} of ${pictureBytes}`);
  return { subscription: view.getUint32(at.subscription.at, true), begin, pictureBytes, bytes };
}
