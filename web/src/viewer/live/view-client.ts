// The page's side of the view worker.
import type { Size } from "../core/geometry.ts";
import type { ChannelPicture } from "../core/picture.ts";
import type { RendererChoice } from "../core/renderer-choice.ts";
import type { FromView, ToView, ViewCounters } from "./messages.ts";

export interface CapturedImage {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** A worker that has not answered for so long is busy beyond use, or gone, ms. */
const ANSWER_MS = 10_000;

interface Asked {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class ViewClient {
  readonly #worker = new Worker(new URL("./view.worker.ts", import.meta.url), { type: "module", name: "zarrcam view" });
  readonly #waiting = new Map<number, Asked>();
  #next = 1;

  constructor(url: string, renderer: RendererChoice, onMessage: (message: FromView) => void) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromView>) => {
      if (data.kind === "captured") this.#answer(data.request, data.image);
      else if (data.kind === "synced") this.#answer(data.request, data.counters);
      else onMessage(data);
    });
    this.#worker.addEventListener("error", ({ message }) => onMessage({ kind: "failed", message }));
    this.send({ kind: "open", url, renderer });
  }

  send(message: ToView): void {
    this.#worker.postMessage(message);
  }
  /** The pixels leave the page. */
  pictures(pane: number, layers: ChannelPicture[]): void {
    const transfer = layers.map(({ captioned }) => captioned.picture.pixels.buffer);
    this.#worker.postMessage({ kind: "pictures", pane, layers } satisfies ToView, transfer);
  }
  canvas(pane: number, generation: number, canvas: OffscreenCanvas, size: Size): void {
    this.#worker.postMessage({ kind: "canvas", pane, generation, canvas, size } satisfies ToView, [canvas]);
  }
  /** Null: there is no picture. Rejects where no answer comes. */
  capture(pane: number): Promise<CapturedImage | null> {
    return this.#ask("The image cannot be read back", (request) => ({ kind: "capture", pane, request }));
  }
  /** Answers when all that was sent before has been taken. */
  sync(): Promise<ViewCounters> {
    return this.#ask("The pictures cannot be counted", (request) => ({ kind: "sync", request }));
  }
  dispose(): void {
    this.#worker.terminate();
    for (const request of [...this.#waiting.keys()]) this.#refuse(request, "The viewer was closed.");
  }

  #ask<T>(what: string, make: (request: number) => ToView): Promise<T> {
    const request = this.#next++;
    return new Promise<T>((resolve, reject) => {
      const why = `${what}: who draws it has not answered for ${ANSWER_MS / 1000} s. Try again, or reload the page.`;
      const timer = setTimeout(() => this.#refuse(request, why), ANSWER_MS);
      this.#waiting.set(request, { resolve, reject, timer });
      this.send(make(request));
    });
  }
  #answer(request: number, value: unknown): void {
    this.#taken(request)?.resolve(value as never);
  }
  #refuse(request: number, why: string): void {
    this.#taken(request)?.reject(new Error(why));
  }
  #taken(request: number): Asked | undefined {
    const asked = this.#waiting.get(request);
    clearTimeout(asked?.timer);
    this.#waiting.delete(request);
    return asked;
  }
}
