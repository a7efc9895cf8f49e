import type { ServerResponse } from "node:http";

import { ConcurrencyLimit } from "../concurrency-limit.ts";

/** Slices that are read at the same time: libuv has four threads, and one is left to whoever comes new. */
const READ_AT_ONCE = 3;
/** A slice while nobody waits for a turn: most planes of `@live` are read at once. */
const LARGE_SLICE_BYTES = 8 << 20;
/** A slice while others wait, or while much is on its way: so every connection may hold one that nobody reads. */
export const SMALL_SLICE_BYTES = 64 << 10;
/** How many bytes may be on their way, of all bodies together, before slices become small. */
export const LARGE_SLICES_LIMIT_BYTES = 32 << 20;

/**
 * The bodies of all HTTP answers. They are read and sent in slices that take turns, so that memory and waiting stay
 * small however many there are: at most `LARGE_SLICES_LIMIT_BYTES`, and a small slice a connection. The first slice of a body goes
 * before all later ones: whoever comes new, or asks for little, does not wait for large downloads.
 */
export class Bodies {
  readonly #reads = new ConcurrencyLimit(READ_AT_ONCE);
  #onTheirWay = 0;

  /** Bytes that are being read, or that the system has not taken yet. */
  get bytesOnTheirWay(): number {
    return this.#onTheirWay;
  }

  /**
   * Reads when few others do.
   * @param read is told how many bytes it may read
   * @param first it is the first slice of a body, which goes before all later ones
   */
  read<T>(read: (mostBytes: number) => Promise<T>, first: boolean): Promise<T> {
    return this.#reads.run(async () => {
      const much = this.#reads.waiting > 0 || this.#onTheirWay + LARGE_SLICE_BYTES > LARGE_SLICES_LIMIT_BYTES;
      const most = much ? SMALL_SLICE_BYTES : LARGE_SLICE_BYTES;
      this.#onTheirWay += most;
      try {
        return await read(most);
      } finally {
        this.#onTheirWay -= most;
      }
    }, first);
  }

  /**
   * Sends `end - start` bytes and ends the response. Stops where the client has gone; throws where `read` does, or gives
   * nothing: then the body is cut short and the connection is of no more use.
   *
   * @param begun bytes from `start` on that were read already.
   */
  async send(
    response: ServerResponse,
    { start, end }: { start: number; end: number },
    read: (start: number, end: number) => Promise<Uint8Array>,
    begun?: Uint8Array,
  ): Promise<void> {
    let at = start;
    let slice = begun;
    while (at < end) {
      if (!slice || slice.length === 0)
        slice = await this.read((most) => read(at, Math.min(end, at + most)), at === start);
      if (slice.length === 0) throw new Error("The file became shorter.");
      if (response.destroyed) return;
      at += slice.length;
      await this.#write(response, slice, at === end);
      slice = undefined;
    }
  }

  /** Waits until the system has taken the bytes, or the client has gone. */
  #write(response: ServerResponse, bytes: Uint8Array, last: boolean): Promise<void> {
    this.#onTheirWay += bytes.length;
    return new Promise<void>((resolve) => {
      const done = () => {
        response.off("close", done);
        resolve();
      };
      response.once("close", done);
      if (last) response.end(bytes, done);
      else response.write(bytes, done);
    }).then(() => void (this.#onTheirWay -= bytes.length));
  }
}
