import { TooLongError, readBody } from "./read-body.ts";

/** Bytes that are read anywhere, a part at a time. */
export interface RandomAccess {
  size(signal: AbortSignal): Promise<number>;
  /** Exactly so many. Throws a sentence for users where they cannot be had. */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** A file that the user has given to the page. */
export class FileAccess implements RandomAccess {
  readonly #file: Blob;
  constructor(file: Blob) {
    this.#file = file;
  }
  size(): Promise<number> {
    return Promise.resolve(this.#file.size);
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.#file.slice(offset, offset + length).arrayBuffer());
    } catch (error) {
      throw new Error("It cannot be read any more: it was changed, moved or deleted since it was opened.", {
        cause: error,
      });
    }
  }
}

/** A file of a server, by ranges; never the whole of it. */
export class UrlAccess implements RandomAccess {
  readonly #url: string;
  #etag: string | null | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async size(signal: AbortSignal): Promise<number> {
    const { headers, body } = await this.#ask({ headers: { Range: "bytes=0-0" } }, signal);
    void body?.cancel();
    const total = /\/(\d+)$/.exec(headers.get("Content-Range") ?? "")?.[1];
    if (total !== undefined) return Number(total);
    // A server of another origin must allow that header to be read; the length of an answer may always be.
    const whole = await this.#fetch({ method: "HEAD" }, signal);
    const length = Number(whole.headers.get("Content-Length") ?? Number.NaN);
    if (!whole.ok || !Number.isSafeInteger(length)) throw new Error("Its server does not tell how long it is.");
    return length;
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const response = await this.#ask({ headers: { Range: `bytes=${offset}-${offset + length - 1}` } }, signal);
    const bytes = await readBody(response, length).catch((error: unknown) => {
      if (error instanceof TooLongError) return null;
      throw error;
    });
    if (bytes?.length !== length) throw new Error("Its server gave another part than it was asked for.");
    return bytes;
  }

  async #ask(request: RequestInit, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(request, signal);
    if (response.status !== 206) void response.body?.cancel();
    if (response.status === 200) throw new Error("Its server gives no parts of files (HTTP ranges), only all of it.");
    if (response.status !== 206) throw new Error(`Its server answers ${response.status}.`);
    const etag = response.headers.get("ETag");
    if (this.#etag !== undefined && etag !== this.#etag) throw new Error("It was replaced since it was opened.");
    this.#etag = etag;
    return response;
  }

  async #fetch(request: RequestInit, signal: AbortSignal): Promise<Response> {
    try {
      return await fetch(this.#url, { ...request, signal, cache: "no-store", credentials: "same-origin" });
    } catch (error) {
      signal.throwIfAborted();
      throw new Error("Its server cannot be reached, or does not let other pages read it (CORS).", { cause: error });
    }
  }
}
