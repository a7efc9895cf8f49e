import { GoneError, type LiveFound, LivePort, type LiveRange } from "../../../live-port/live-port.ts";
import { NotStoredError } from "./http-store.ts";
import type { ByteRange, Found, Store } from "./store.ts";

/** Who answered has gone, and another may not know of it yet: so often is asked for one, and after so long. */
const TRIES = 20;
const PAUSE_MS = 100;

/**
 * A dataset's `@live` in this browser, by the worker that has it. A recording ends, and then another worker answers.
 *
 * A missing shard is no fill: it is a frame that is not stored yet, which throws.
 */
export class LiveStore implements Store {
  readonly #connect: () => Promise<MessagePort>;
  readonly #run: string | null;
  #port: Promise<LivePort> | null = null;

  /** @param run the only one that is read; null: whichever stands there */
  constructor(connect: () => Promise<MessagePort>, run: string | null) {
    this.#connect = connect;
    this.#run = run;
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal): Promise<Found | null> {
    const found = await this.#ask(key, range ? rangeOf(range) : { kind: "whole" }, signal);
    if (!found) {
      if (/(^|\/)c\//.test(key)) throw new NotStoredError("This frame is not stored yet.");
      return null;
    }
    return { bytes: found.bytes ?? new Uint8Array(0), total: found.totalBytes, version: found.etag };
  }

  async version(key: string, signal: AbortSignal): Promise<string | null> {
    return (await this.#ask(key, { kind: "nothing" }, signal))?.etag ?? null;
  }

  async #ask(key: string, range: LiveRange, signal: AbortSignal): Promise<LiveFound | null> {
    for (let tries = 1; ; tries += 1) {
      const connecting = (this.#port ??= this.#connect().then((port) => new LivePort(port)));
      try {
        return await (await connecting).get(this.#run, key, range, signal);
      } catch (error) {
        if (this.#port === connecting) this.#port = null;
        if (!(error instanceof GoneError)) throw error;
        if (tries === TRIES) throw new Error("This dataset cannot be read in this browser any more.", { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
    }
  }
}

function rangeOf(range: ByteRange): LiveRange {
  if ("last" in range) return { kind: "last", count: range.last };
  return { kind: "from", start: range.offset, end: range.offset + range.length };
}
