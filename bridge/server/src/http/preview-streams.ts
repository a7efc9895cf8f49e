import type { IncomingMessage, ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";

import { ZarrcamError } from "@zarrcam/client/native";
import { filledUp, previewRecordHeader } from "@zarrcam/protocol";

const KEY_BYTES = 16;
const KEY = /^[\w-]{22}$/;

/** Null: the path is another one. The key of a session, as `/sessions/{key}/previews` names it. */
export function previewsTarget(segments: readonly string[], url: string): string | null {
  const [sessions, key = "", previews, ...more] = segments;
  if (sessions !== "sessions" || previews !== "previews" || more.length > 0) return null;
  if (url.includes("?")) {
    throw new ZarrcamError("invalid_params", "Nothing is asked for here but the stream: leave out the query.");
  }
  return key;
}

/** The body of one answer that gives previews until it is ended: records, each as the system takes them. */
export class PreviewStream {
  readonly #response: ServerResponse;
  readonly #untaken = new Set<() => void>();
  readonly #drained = new Set<() => void>();
  #pictures = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200);
    // Says that the road is open to its end: who keeps bytes back on the way keeps this one, too.
    response.write(previewRecordHeader("begin"));
    response.once("close", () => {
      call(this.#untaken);
      call(this.#drained);
    });
  }

  get pictures(): number {
    return this.#pictures;
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  send(message: Uint8Array, taken: () => void): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return taken();
    this.#pictures += 1;
    this.#untaken.add(taken);
    const done = () => {
      // A stream that is gone has called it already.
      if (!this.#untaken.delete(taken)) return;
      taken();
      call(this.#drained);
    };
    const fill = filledUp(message.length) - message.length;
    // One chunk, and one call of the system.
    response.cork();
    response.write(previewRecordHeader("picture", message.length, this.#pictures));
    response.write(message, fill === 0 ? done : undefined);
    if (fill > 0) response.write(new Uint8Array(fill), done);
    response.uncork();
  }

  whenDrained(callback: () => void): void {
    if (this.#response.destroyed) callback();
    else this.#drained.add(callback);
  }

  cutOff(): void {
    // In order where all of it has been taken: browsers log a body that is cut short.
    if (this.bufferedBytes() === 0) this.#response.end();
    else this.#response.destroy();
  }
}

function call(callbacks: Set<() => void>): void {
  const all = [...callbacks];
  callbacks.clear();
  for (const callback of all) callback();
}

/** What a session does with streams of its pictures. */
export interface PreviewStreamTaker {
  opened(stream: PreviewStream): void;
  ended(stream: PreviewStream): void;
}

/** Which sessions may be streamed to: each has a key, which it alone is told. */
export class PreviewStreams {
  readonly #takers = new Map<string, { taker: PreviewStreamTaker; principalId: string }>();

  /** @returns the key of a session of this principal's that takes streams until `forget`. */
  register(taker: PreviewStreamTaker, principalId: string): string {
    const key = randomBytes(KEY_BYTES).toString("base64url");
    this.#takers.set(key, { taker, principalId });
    return key;
  }
  forget(key: string): void {
    this.#takers.delete(key);
  }

  /** Sends until the stream ends, by whomever; throws what refuses it before anything was sent. */
  async send(request: IncomingMessage, response: ServerResponse, key: string, principalId: string): Promise<void> {
    const found = KEY.test(key) ? this.#takers.get(key) : undefined;
    // Another's key is no key: it cannot even be known whether there is such a session.
    if (found?.principalId !== principalId)
      throw new ZarrcamError("not_found", "There is no such session: `hello` tells each its own key.");
    const { taker } = found;
    response.setHeader("Content-Type", "application/octet-stream");
    response.setHeader("Cache-Control", "no-store");
    // Reverse proxies keep bodies back until they are long enough, or over.
    response.setHeader("X-Accel-Buffering", "no");
    if (request.method === "HEAD") return void response.writeHead(200).end();
    if (response.destroyed) return;
    response.shouldKeepAlive = false;
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    const stream = new PreviewStream(response);
    taker.opened(stream);
    await closed;
    taker.ended(stream);
  }
}
