// A stream of frames that a thread of its own reads: nothing of it waits while the recorder works.
import { FrameStream, type FramesOptions, errorFromData } from "@zarrcam/client/remote";

import type { FromReader, ToReader } from "./messages.ts";

/** As `FrameStream.open`. Where a worker may start no other it reads itself. */
export async function openFrames(url: string, { buffers, signal, ...request }: FramesOptions): Promise<FrameStream> {
  const reading = { ...(buffers ? { buffers } : {}), ...(signal ? { signal } : {}) };
  if (typeof Worker === "undefined") return FrameStream.open(url, { ...reading, ...request });
  const worker = new Worker(new URL("./frame-reader.worker.ts", import.meta.url), { type: "module" });
  const thread = new ReaderThread(worker);
  signal?.addEventListener("abort", () => {
    thread.close();
  });
  thread.say({ kind: "open", url, request });
  await thread.next("opened");
  return new FrameStream(pieces(thread), reading);
}

async function* pieces(thread: ReaderThread): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const said = await thread.next("piece");
      if (!said) return;
      yield new Uint8Array(said.memory, 0, said.bytes);
      thread.say({ kind: "return", memory: said.memory }, [said.memory]);
    }
  } finally {
    thread.close();
  }
}

type Said<K> = Extract<FromReader, { kind: K }>;

class ReaderThread {
  readonly #worker: Worker;
  readonly #said: FromReader[] = [];
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
      this.#hear(data);
    };
    worker.onerror = ({ message }) => {
      this.#hear({ kind: "failed", code: null, message: message || "Its thread could not be started." });
    };
  }

  say(message: ToReader, transfer: Transferable[] = []): void {
    if (!this.#closed) this.#worker.postMessage(message, transfer);
  }

  /** What it says next, which is of this kind; null: it has ended. Throws what failed there, and where it was closed. */
  async next<K extends "opened" | "piece">(kind: K): Promise<Said<K> | null> {
    while (this.#said.length === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    const said = this.#said.shift();
    if (!said) throw new DOMException("The stream of frames was ended here.", "AbortError");
    if (said.kind === "end") return null;
    if (said.kind === "failed")
      throw said.code === null ? new Error(said.message) : errorFromData(said.code, said.message);
    if (said.kind !== kind) throw new Error(`The thread that reads said ${said.kind} where ${kind} was due.`);
    return said as Said<K>;
  }

  /** The connection ends with it. */
  close(): void {
    this.#worker.terminate();
    this.#said.length = 0;
    this.#closed = true;
    this.#wake?.();
  }

  #hear(message: FromReader): void {
    this.#said.push(message);
    this.#wake?.();
  }
}
