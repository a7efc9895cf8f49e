// What turns the bytes of a chunk into the bytes of its elements. Each step checks what it can, and throws `DamageError`.
import { shortName } from "./bounds.ts";
import { blosc } from "./blosc.ts";
import type { Codec, MakeCodec } from "./codec.ts";
import { crc32 } from "../../../zip/crc32.ts";
import { adler32, crc32c } from "./checksums.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { FILTERS } from "./filters.ts";
import { inflate } from "./inflate.ts";
import type { JsonObject } from "./json.ts";
import { lz4Block } from "./lz4.ts";
import { unshuffle } from "./shuffle.ts";
import { zstd } from "./zstd.ts";

/** A byte of lz4 repeats 255 at most: what says more is no lz4, and no memory is taken for it. */
const MOST_LZ4_RATIO = 255;

const compressor =
  (decode: Codec["decode"]): MakeCodec =>
  () => ({ decode, encodedSize: () => null });

function checksum(name: string, sum: (bytes: Uint8Array) => number, location: "start" | "end"): MakeCodec {
  return (configuration) => {
    const atEnd = (configuration["location"] ?? location) === "end";
    return {
      decode(bytes) {
        if (bytes.length < 4) throw new DamageError(`${bytes.length} bytes hold no ${name} checksum`);
        const [body, own] = atEnd
          ? [bytes.subarray(0, -4), bytes.subarray(-4)]
          : [bytes.subarray(4), bytes.subarray(0, 4)];
        const said = new DataView(own.buffer, own.byteOffset, 4).getUint32(0, true);
        if (sum(body) !== said) throw new DamageError(`its ${name} checksum is wrong`);
        return body;
      },
      encodedSize: (decoded) => decoded + 4,
    };
  };
}

/** By their names in V2; in V3 some stand under the same, the others behind "numcodecs.". */
const CODECS: Record<string, MakeCodec> = {
  blosc: compressor(blosc),
  zstd: compressor(zstd),
  gzip: compressor((bytes, expected) => inflate(bytes, "gzip", expected)),
  zlib: compressor((bytes, expected) => inflate(bytes, "deflate", expected)),
  lz4: compressor((bytes, expected) => {
    if (bytes.length < 5) throw new DamageError(`${bytes.length} bytes hold no lz4 data`);
    const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    if (expected !== null && length !== expected) {
      throw new DamageError(`it says that it holds ${length} bytes; its shape takes ${expected}`);
    }
    if (length > MOST_LZ4_RATIO * bytes.length) throw new DamageError("its lz4 data makes no sense");
    const out = new Uint8Array(length);
    lz4Block(bytes.subarray(4), out);
    return out;
  }),
  crc32c: checksum("crc32c", crc32c, "end"),
  crc32: checksum("crc32", crc32, "start"),
  adler32: checksum("adler32", adler32, "start"),
  shuffle: (configuration) => {
    const size = Number(configuration["elementsize"] ?? 4);
    if (!(Number.isInteger(size) && size > 0)) throw new DamageError('its codec "shuffle" makes no sense');
    return {
      decode(bytes) {
        if (bytes.length % size !== 0) throw new DamageError(`its ${bytes.length} bytes are no whole elements`);
        const out = new Uint8Array(bytes.length);
        unshuffle(bytes, out, size);
        return out;
      },
      encodedSize: (decoded) => decoded,
    };
  },
  ...FILTERS,
};

/** @param name as the metadata has it. Throws `NotShownError` where this page has no such codec. */
export function makeCodec(name: string, configuration: JsonObject): Codec {
  const make = CODECS[name.replace(/^numcodecs\./, "")];
  if (!make) throw new NotShownError(`It is compressed by "${shortName(name)}", which this page does not decode.`);
  return make(configuration);
}

/** What a compressor adds to bytes that do not shrink, at most, as a part of them and in bytes. */
const [EXPANSION, OVERHEAD_BYTES] = [1 / 8, 64 << 10];

/** Bytes that an encoded chunk may have at most: a longer one is none. @param size of what comes out, bytes */
export function mostEncodedBytes(codecs: Codec[], size: number): number {
  const encoded = codecs.reduce((bytes, codec) => codec.encodedSize(bytes) ?? bytes * (1 + EXPANSION), size);
  return encoded + OVERHEAD_BYTES;
}

/** @param codecs in the order in which they encode. @param size of what comes out, bytes */
export async function decodeAll(bytes: Uint8Array, codecs: Codec[], size: number): Promise<Uint8Array> {
  const sizes: (number | null)[] = [size];
  for (const codec of codecs) {
    const before = sizes.at(-1) ?? null;
    sizes.push(before === null ? null : codec.encodedSize(before));
  }
  let now = bytes;
  for (let at = codecs.length - 1; at >= 0; at--) {
    const expected = sizes[at] ?? null;
    now = await (codecs[at] as Codec).decode(now, expected);
    checkLength(now, expected);
  }
  checkLength(now, size);
  return now;
}

function checkLength(bytes: Uint8Array, expected: number | null): void {
  if (expected === null || bytes.length === expected) return;
  throw new DamageError(`it gives ${bytes.length} bytes; its shape takes ${expected}`);
}
