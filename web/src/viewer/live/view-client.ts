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

export class ViewClient {
  readonly #worker = new Worker(new URL("./view.worker.ts", import.meta.url), { type: "module", name: "zarrcam view" });
  readonly #waiting = new Map<number, (value: never) => void>();
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
  capture(pane: number): Promise<CapturedImage | null> {
    return this.#ask((request) => ({ kind: "capture", pane, request }));
  }
  /** Answers when all that was sent before has been taken. */
  sync(): Promise<ViewCounters> {
    return this.#ask((request) => ({ kind: "sync", request }));
  }
  dispose(): void {
    this.#worker.terminate();
  }

  #ask<T>(make: (request: number) => ToView): Promise<T> {
    const request = this.#next++;
    return new Promise<T>((resolve) => {
      this.#waiting.set(request, resolve);
      this.send(make(request));
    });
  }
  #answer(request: number, value: unknown): void {
    this.#waiting.get(request)?.(value as never);
    this.#waiting.delete(request);
  }
}
