import { DamageError } from "./errors.ts";

/** Gzip or zlib, by the browser itself, which checks their checksums. */
export async function inflate(source: Uint8Array, format: "gzip" | "deflate"): Promise<Uint8Array> {
  try {
    const body = new Blob([source as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
    return new Uint8Array(await new Response(body).arrayBuffer());
  } catch {
    throw new DamageError(`its ${format === "gzip" ? "gzip" : "zlib"} data is cut short or fails its checksum`);
  }
}
