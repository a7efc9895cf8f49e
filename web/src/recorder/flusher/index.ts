// A worker that forces files to the disk. One for each worker that writes, and it ends with that.
import type { FromFlusher, ToFlusher } from "./messages.ts";

type Answer = (refusal: FromFlusher["refusal"]) => void;

class Flusher {
  readonly #worker = new Worker(new URL("./flusher.worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, Answer>();
  #next = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { number, refusal } }: MessageEvent<FromFlusher>) => {
      this.#waiting.get(number)?.(refusal);
      this.#waiting.delete(number);
    };
    this.#worker.onerror = ({ message }) => {
      for (const answer of this.#waiting.values()) answer({ name: "NotSupportedError", message });
      this.#waiting.clear();
    };
  }

  flush(path: string): Promise<FromFlusher["refusal"]> {
    const number = this.#next++;
    return new Promise((answer) => {
      this.#waiting.set(number, answer);
      this.#worker.postMessage({ number, path } satisfies ToFlusher);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}

/** Browsers that open no second handle, or start no worker in a worker, say one of these. */
const LACKS = ["NoModificationAllowedError", "NotSupportedError", "InvalidStateError"];

/** Null: it cannot be done here. */
let flusher: Flusher | null | undefined;

/** False: only whoever has the file open can force it to the disk. Throws what the disk refuses. */
export async function flushElsewhere(path: string): Promise<boolean> {
  if (flusher === undefined) flusher = typeof Worker === "undefined" ? null : new Flusher();
  const refusal = await flusher?.flush(path);
  if (refusal === undefined) return false;
  if (refusal === null) return true;
  if (!LACKS.includes(refusal.name)) throw new DOMException(refusal.message, refusal.name);
  flusher?.close();
  flusher = null;
  return false;
}
