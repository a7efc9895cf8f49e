// A dataset of ours as the worker has it that records it, or else the one that keeps the browser's datasets: `@live` over a message
// port, with the keys and ranges that it has over HTTP.

/** Which bytes of what stands at a key. */
export type LiveRange =
  | { kind: "whole" }
  | { kind: "nothing" }
  | { kind: "from"; start: number; end: number }
  | { kind: "last"; count: number };

export type LiveQuestion =
  /** Of this run only; null: of whichever stands there. */
  | { get: { run: string | null; key: string; range: LiveRange } }
  | { losses: { from: number; count: number } }
  /** A `DatasetInfo`. */
  | { info: object };

/** What stands at a key; `bytes` is null where the range begins behind its end. */
export interface LiveFound {
  bytes: Uint8Array<ArrayBuffer> | null;
  totalBytes: number;
  etag: string;
}

export type ToLive = { id: number; question: LiveQuestion } | { cancel: number };
export type FromLive =
  | { id: number; answer: unknown }
  | { id: number; refused: string }
  /** Whoever answered does so no more; another may. */
  | { gone: true };

/** Whoever answered has gone. */
export class GoneError extends Error {
  override readonly name = "GoneError";
  constructor() {
    super("The recording of this dataset has ended.");
  }
}

/** A worker that was ended says no more. */
const SILENT_MS = 10_000;

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** The side that asks. */
export class LivePort {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #heardMs = performance.now();
  #silence: ReturnType<typeof setInterval> | undefined;
  #gone = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromLive>) => this.#take(data);
    // Chromium tells when nobody has the other end any more.
    port.addEventListener("close", () => this.#end());
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Null: nothing stands there, or not yet. */
  get(run: string | null, key: string, range: LiveRange, signal: AbortSignal): Promise<LiveFound | null> {
    return this.ask({ get: { run, key, range } }, signal);
  }

  ask<T>(question: LiveQuestion, signal?: AbortSignal): Promise<T> {
    if (this.#gone) return Promise.reject(new GoneError());
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(new DOMException("aborted", "AbortError"));
      if (this.#waiting.size === 0) this.#listen();
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener(
        "abort",
        () => {
          if (!this.#waiting.has(id)) return;
          this.#settled(id);
          this.#port.postMessage({ cancel: id } satisfies ToLive);
          reject(new DOMException("aborted", "AbortError"));
        },
        { once: true },
      );
      this.#port.postMessage({ id, question } satisfies ToLive);
    });
  }

  close(): void {
    this.#end();
  }

  #take(message: FromLive): void {
    this.#heardMs = performance.now();
    if ("gone" in message) return this.#end();
    const waiting = this.#waiting.get(message.id);
    this.#settled(message.id);
    if ("refused" in message) waiting?.reject(new Error(message.refused));
    else waiting?.resolve(message.answer as never);
  }
  #settled(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) clearInterval(this.#silence);
  }
  #listen(): void {
    this.#heardMs = performance.now();
    clearInterval(this.#silence);
    this.#silence = setInterval(() => {
      if (performance.now() - this.#heardMs > SILENT_MS) this.#end();
    }, SILENT_MS / 4);
  }
  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearInterval(this.#silence);
    this.#port.close();
    for (const waiting of this.#waiting.values()) waiting.reject(new GoneError());
    this.#waiting.clear();
  }
}
