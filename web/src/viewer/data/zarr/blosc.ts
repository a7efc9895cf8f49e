import { MOST_CHUNK_BYTES } from "./bounds.ts";
import { bloscLz } from "./blosclz.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { inflate } from "./inflate.ts";
import { lz4Block } from "./lz4.ts";
import { unshuffle, unshuffleBits } from "./shuffle.ts";
import { zstd } from "./zstd.ts";

const HEADER = 16;
/** Of the container, and of every compressor's own format. */
const [FORMAT, INNER_FORMAT] = [2, 1];
const [SHUFFLE, STORED, BIT_SHUFFLE, RESERVED, NOT_SPLIT] = [1, 2, 4, 8, 16];
/** Blocks are cut into one stream a byte of an element where that makes streams worth compressing. */
const [MOST_SPLITS, LEAST_STREAM] = [16, 128];

type Inflater = (source: Uint8Array, out: Uint8Array) => void | Promise<void>;

const whole =
  (decode: (source: Uint8Array, length: number) => Promise<Uint8Array>): Inflater =>
  async (source, out) => {
    const made = await decode(source, out.length);
    if (made.length !== out.length) throw new DamageError(`a part of it gives ${made.length} bytes of ${out.length}`);
    out.set(made);
  };

/** By the number that the header has for them; lz4hc is lz4. */
const INFLATERS: Partial<Record<number, Inflater>> = {
  0: bloscLz,
  1: lz4Block,
  3: whole((source, length) => inflate(source, "deflate", length)),
  4: whole(zstd),
};

/**
 * A Blosc 1 container. The decoder of numcodecs gives back old memory where the data is damaged and says nothing; here
 * every length in the container is checked against the bytes that there are, and every stream by its own decoder.
 * Throws `DamageError`. A flipped bit in pixels that no checksum covers cannot be known.
 */
export async function blosc(source: Uint8Array, expected: number | null): Promise<Uint8Array> {
  if (source.length < HEADER) throw new DamageError(`${source.length} bytes hold no Blosc header`);
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const flags = source[2] as number;
  const typeSize = source[3] as number;
  const length = view.getUint32(4, true);
  const blockSize = view.getUint32(8, true);
  const stored = view.getUint32(12, true);
  if (stored > source.length) throw new DamageError(`it is cut short: ${source.length} of ${stored} bytes are there`);
  if (expected !== null && length !== expected) {
    throw new DamageError(`it says that it holds ${length} bytes; its shape takes ${expected}`);
  }
  if (length > MOST_CHUNK_BYTES) throw new DamageError(`it says that it holds ${length} bytes`);
  if (length === 0) return new Uint8Array(0);
  // Of a container that is stored as it was, too: its block size decodes nothing, but a wrong one shows damage.
  const sound =
    source[0] === FORMAT && (flags & RESERVED) === 0 && typeSize > 0 && blockSize > 0 && blockSize <= length;
  if (!sound) throw new DamageError("its Blosc header makes no sense");
  if (flags & STORED) {
    if (stored !== length + HEADER) throw new DamageError("its Blosc header makes no sense");
    return source.slice(HEADER, HEADER + length);
  }
  const codec = flags >> 5;
  const inflater = source[1] === INNER_FORMAT ? INFLATERS[codec] : undefined;
  if (!inflater) {
    if (codec === 2) throw new NotShownError("It is compressed by Blosc with snappy, which this page does not decode.");
    throw new DamageError("its Blosc header names no compressor that there is");
  }
  const blocks = Math.ceil(length / blockSize);
  if (HEADER + 4 * blocks > stored) throw new DamageError("its Blosc header makes no sense");

  const out = new Uint8Array(length);
  const bytes = (flags & SHUFFLE) !== 0 && typeSize > 1;
  const bits = !bytes && (flags & BIT_SHUFFLE) !== 0 && blockSize >= typeSize;
  const shuffled = bytes || bits ? new Uint8Array(Math.min(blockSize, length)) : null;
  for (let block = 0; block < blocks; block++) {
    const to = block * blockSize;
    const size = Math.min(blockSize, length - to);
    const target = out.subarray(to, to + size);
    const made = shuffled?.subarray(0, size) ?? target;
    const split =
      (flags & NOT_SPLIT) === 0 &&
      typeSize <= MOST_SPLITS &&
      blockSize / typeSize >= LEAST_STREAM &&
      size === blockSize;
    const streams = split ? typeSize : 1;
    const part = Math.floor(size / streams);
    let from = view.getUint32(HEADER + 4 * block, true);
    if (from < HEADER + 4 * blocks) throw new DamageError(`its block ${block} lies outside of it`);
    for (let stream = 0; stream < streams; stream++) {
      if (from + 4 > stored) throw new DamageError(`its block ${block} lies outside of it`);
      const packed = view.getUint32(from, true);
      from += 4;
      if (packed === 0 || from + packed > stored) throw new DamageError(`its block ${block} lies outside of it`);
      const data = source.subarray(from, from + packed);
      const place = made.subarray(stream * part, (stream + 1) * part);
      if (packed === part) place.set(data);
      else {
        const waiting = inflater(data, place);
        if (waiting) await waiting;
      }
      from += packed;
    }
    if (bytes) unshuffle(made, target, typeSize);
    // Blosc shuffles bits of whole eights of elements only.
    else if (bits && Math.floor(size / typeSize) % 8 === 0) unshuffleBits(made, target, typeSize);
    else if (bits) target.set(made);
  }
  return out;
}
