// The page's side of the data worker.
import type { CaptionedPicture } from "../core/picture.ts";
import type { FromData, PlaneRequest, StoreDescription, StoreSource, ToData } from "./messages.ts";

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}
type Distribute<T> = T extends unknown ? Omit<T, "request"> : never;

export class StoreReader {
  readonly #worker = new Worker(new URL("./data.worker.ts", import.meta.url), { type: "module", name: "zarrcam data" });
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromData>) => {
      const waiting = this.#waiting.get(data.request);
      this.#waiting.delete(data.request);
      if (data.kind === "opened") waiting?.resolve(data.description as never);
      else if (data.kind === "plane") waiting?.resolve(data.captioned as never);
      else if (data.kind === "changed") waiting?.resolve(data.changed as never);
      else waiting?.reject(data.aborted ? new DOMException(data.message, "AbortError") : new Error(data.message));
    });
  }

  open(source: StoreSource, signal: AbortSignal): Promise<StoreDescription> {
    return this.#ask({ kind: "open", source }, signal);
  }
  /** @param store as its description has it */
  plane(store: number, plane: PlaneRequest, signal: AbortSignal): Promise<CaptionedPicture> {
    return this.#ask({ kind: "plane", store, plane }, signal);
  }
  /** Whether somebody has written the dataset anew since it was opened. */
  changed(store: number, signal: AbortSignal): Promise<boolean> {
    return this.#ask({ kind: "changed", store }, signal);
  }
  close({ description: { store } }: { description: StoreDescription }): void {
    this.#post({ kind: "close", store });
  }
  dispose(): void {
    this.#worker.terminate();
  }

  #ask<T>(message: Distribute<Extract<ToData, { request: number }>>, signal: AbortSignal): Promise<T> {
    const request = this.#next++;
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(new DOMException("aborted", "AbortError"));
      this.#waiting.set(request, { resolve, reject });
      signal.addEventListener("abort", () => this.#post({ kind: "abort", request }), { once: true });
      this.#post({ ...message, request });
    });
  }
  #post(message: ToData): void {
    this.#worker.postMessage(message);
  }
}
