import { TooLongError, readBody } from "../../../zip/read-body.ts";
import { MOST_CHUNK_BYTES } from "./bounds.ts";
import { DamageError } from "./errors.ts";
import { type ByteRange, type Found, type Store, checkLength, cut } from "./store.ts";

/** A frame was asked for that the camera computer has not stored yet. */
export class NotStoredError extends Error {
  override readonly name = "NotStoredError";
}

/**
 * A store over http.
 *
 * While a run is recorded a missing shard is no fill: it is a frame that is not stored yet, which throws.
 */
export class HttpStore implements Store {
  readonly #url: string;
  readonly #live: boolean;

  /** @param url ends with a slash */
  constructor(url: string, live: boolean) {
    this.#url = url;
    this.#live = live;
  }

  async get(
    key: string,
    range: ByteRange | null,
    signal: AbortSignal,
    mostBytes = MOST_CHUNK_BYTES,
  ): Promise<Found | null> {
    const headers: Record<string, string> = {};
    if (range) headers["Range"] = "last" in range ? `bytes=-${range.last}` : rangeHeader(range);
    // Past the browser's cache, which queues parallel ranges of one URL, and mixes states of a file that is replaced.
    const response = await fetch(this.#address(key), { headers, signal, cache: range ? "no-store" : "no-cache" });
    const version = response.headers.get("ETag");
    if (response.status === 404) {
      if (this.#live && /(^|\/)c\//.test(key)) throw new NotStoredError("This frame is not stored yet.");
      return null;
    }
    if (response.status === 416) return { bytes: new Uint8Array(0), total: totalOf(response), version };
    if (response.status !== 200 && response.status !== 206) {
      throw new Error(`The camera computer answers ${response.status} for ${key}.`);
    }
    // A body that says how long it is is read at once.
    const said = response.headers.get("Content-Length");
    if (said !== null && response.status === 200 && Number(said) > mostBytes) {
      void response.body?.cancel();
      checkLength(Number(said), mostBytes);
    }
    const bytes = said === null ? await readAtMost(response, mostBytes) : new Uint8Array(await response.arrayBuffer());
    if (response.status === 206) return { bytes, total: totalOf(response), version };
    // All of it, whatever was asked.
    return { bytes: range ? cut(bytes, range) : bytes, total: bytes.length, version };
  }

  async version(key: string, signal: AbortSignal): Promise<string | null> {
    const response = await fetch(this.#address(key), { method: "HEAD", signal, cache: "no-store" });
    return response.ok ? (response.headers.get("ETag") ?? "") : null;
  }

  #address(key: string): string {
    return this.#url + key.split("/").map(encodeURIComponent).join("/");
  }
}

async function readAtMost(response: Response, mostBytes: number): Promise<Uint8Array> {
  try {
    return await readBody(response, mostBytes);
  } catch (error) {
    if (error instanceof TooLongError) throw new DamageError(`it has more than ${mostBytes} bytes`);
    throw error;
  }
}

function rangeHeader({ offset, length }: { offset: number; length: number }): string {
  return `bytes=${offset}-${offset + length - 1}`;
}
function totalOf(response: Response): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
  return total === undefined ? null : Number(total);
}
