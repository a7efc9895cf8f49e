import { MOST_CHUNK_BYTES } from "./bounds.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { unpackedBytes } from "./zstd-frames.ts";

interface Decoder {
  /** Nothing where the data is damaged: the decoder's own errors are lengths below 0. */
  decode(source: Uint8Array, bytes: number): Uint8Array;
}
let decoder: Promise<Decoder> | undefined;

/** Where frames do not say how long they are, their blocks may be fuller than they are by so much. */
const SLACK = 4;
const LEAST_ROOM_BYTES = 256 << 20;

/** Zstandard frames. The decoder says what is damaged, and checks the checksum where a frame has one. */
export async function zstd(source: Uint8Array, expected: number | null): Promise<Uint8Array> {
  const { least, most } = unpackedBytes(source);
  // Before memory is taken for what a header asks for.
  if (expected !== null && least > expected) {
    throw new DamageError(`it says that it holds ${least} bytes, not ${expected}`);
  }
  const room = Math.min(MOST_CHUNK_BYTES, Math.max(LEAST_ROOM_BYTES, SLACK * (expected ?? Infinity)));
  if (most > room) {
    throw new NotShownError("Its zstd data does not say how much it holds, and may hold more than this page takes.");
  }
  if (most === 0) return new Uint8Array(0);
  decoder ??= import("zstddec").then(async ({ ZSTDDecoder }) => {
    const made = new ZSTDDecoder();
    await made.init();
    return made;
  });
  const own = await decoder;
  // More than is expected is damage, and finds no room.
  const unpacked = own.decode(source, Math.min(most, Math.max(least, expected ?? most)));
  if (unpacked.length === 0) throw new DamageError("its zstd data is cut short or makes no sense");
  return unpacked;
}
