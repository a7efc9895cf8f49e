// The page's side of the view worker.
import type { Size } from "../core/geometry.ts";
import type { PlaneAddress } from "../core/plane-source.ts";
import type { RendererChoice } from "../core/renderer-choice.ts";
import type { FromView, PlanesMessage, ToView, ViewCounters } from "./messages.ts";
import type { PicturesPlace } from "./pictures-place.ts";

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

/** As much of the view worker as a pane needs. */
export interface PaneLink {
  send(message: ToView): void;
  planes(address: PlaneAddress, planes: PlanesMessage["planes"]): void;
}

export class ViewClient implements PaneLink {
  readonly #worker = new Worker(new URL("./view.worker.ts", import.meta.url), { type: "module", name: "zarrcam view" });
  readonly #waiting = new Map<number, Asked>();
  #next = 1;

  constructor(renderer: RendererChoice, onMessage: (message: FromView) => void) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromView>) => {
      if (data.kind === "captured") this.#answer(data.request, data.image);
      else if (data.kind === "synced") this.#answer(data.request, data.counters);
      else onMessage(data);
    });
    this.#worker.addEventListener("error", ({ message }) => onMessage({ kind: "failed", message }));
    this.send({ kind: "open", renderer });
  }

  /** Where live pictures come from; null: there are no cameras. A port leaves the page. */
  takePicturesFrom(from: PicturesPlace | null): void {
    const transfer = from?.kind === "port" ? [from.port] : [];
    this.#worker.postMessage({ kind: "pictures", from } satisfies ToView, transfer);
  }

  send(message: ToView): void {
    this.#worker.postMessage(message);
  }
  /** The pixels leave the page. */
  planes(address: PlaneAddress, planes: PlanesMessage["planes"]): void {
    const transfer = planes.flatMap(({ captioned: { picture } }) => [
      picture.pixels.buffer,
      ...(picture.wide ? [picture.wide.values.buffer] : []),
    ]);
    this.#worker.postMessage({ kind: "planes", address, planes } satisfies ToView, transfer);
  }
  /** For a worker that reads planes: what it posts there, a `PlanesMessage`, reaches the pane that it names. */
  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ kind: "connect", port: port1 } satisfies ToView, [port1]);
    return port2;
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
