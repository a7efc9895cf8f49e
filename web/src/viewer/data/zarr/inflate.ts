import { MOST_CHUNK_BYTES } from "./bounds.ts";
import { DamageError } from "./errors.ts";

/**
 * Gzip or zlib, by the browser itself, which checks their checksums. A few kilobytes may unpack to gigabytes: it stops where
 * more comes out than there can be.
 *
 * @param expected bytes that must come out; null: not known before
 */
export async function inflate(
  source: Uint8Array,
  format: "gzip" | "deflate",
  expected: number | null,
): Promise<Uint8Array> {
  const most = expected ?? MOST_CHUNK_BYTES;
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = new Blob([source as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream(format))
    .getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > most) break;
      parts.push(next.value);
    }
  } catch {
    throw new DamageError(`its ${format === "gzip" ? "gzip" : "zlib"} data is cut short or fails its checksum`);
  }
  if (length > most) {
    void reader.cancel().catch(() => undefined);
    throw new DamageError(`it gives more than ${most} bytes`);
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
