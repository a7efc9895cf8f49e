import type { Size, View } from "../core/geometry.ts";
import type { Picture } from "../core/picture.ts";
import { readCanvas } from "./canvas-reader.ts";
import { paintLayers } from "./paint.ts";
import type { ImageLayer, RenderCounters, Renderer } from "./renderer.ts";

export interface Canvas2dEvents {
  /** The browser took what it drew on, with all that was on it (Chromium, when its graphics process ends). */
  lost(): void;
  /** And gave it back, empty. */
  restored(): void;
}

/** The same picture without a GPU, on a 2-D canvas. */
export class Canvas2dRenderer implements Renderer {
  readonly kind = "canvas2d";
  readonly counters: RenderCounters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  #image: ImageData | null = null;
  #known = new Set<Picture>();

  constructor(canvas: OffscreenCanvas, events?: Canvas2dEvents) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser gives no 2-D canvas.");
    this.#canvas = canvas;
    this.#context = context;
    canvas.addEventListener("contextlost", () => events?.lost());
    canvas.addEventListener("contextrestored", () => events?.restored());
  }

  get ready(): boolean {
    // Not in every browser: the type promises too much.
    return !(this.#context as { isContextLost?: () => boolean }).isContextLost?.();
  }

  resize({ width, height }: Size): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#image = null;
  }

  draw(view: View, layers: ImageLayer[]): null {
    this.counters.draws++;
    this.#take(layers);
    const { width, height } = this.#canvas;
    if (layers.length === 0) {
      this.#context.clearRect(0, 0, width, height);
      return null;
    }
    const image = (this.#image ??= new ImageData(width, height));
    paintLayers(view, layers, { width, height }, new Uint32Array(image.data.buffer));
    this.#context.putImageData(image, 0, 0);
    return null;
  }

  read(x: number, y: number): Uint8ClampedArray | null {
    return readCanvas(this.#canvas, x, y);
  }

  capture(view: View, layers: ImageLayer[]) {
    this.draw(view, layers);
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    return Promise.resolve({ width, height, data: new Uint8ClampedArray(data) });
  }

  dispose(): void {
    this.#known.clear();
    this.#image = null;
  }

  /** Nothing is uploaded: the pixels are read where they are. They count when they come. */
  #take(layers: ImageLayer[]): void {
    for (const { picture } of layers) {
      if (this.#known.has(picture)) continue;
      this.counters.uploads++;
      this.counters.uploadedBytes += picture.pixels.byteLength;
    }
    this.#known = new Set(layers.map(({ picture }) => picture));
  }
}
