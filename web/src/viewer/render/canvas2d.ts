import type { Size, View } from "../core/geometry.ts";
import type { Look } from "../core/look.ts";
import type { Picture } from "../core/picture.ts";
import { paint } from "./paint.ts";
import { colouring, projection } from "./projection.ts";
import type { RenderCounters, Renderer } from "./renderer.ts";

/** The same picture without a GPU, on a 2-D canvas. */
export class Canvas2dRenderer implements Renderer {
  readonly kind = "canvas2d";
  readonly counters: RenderCounters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  #image: ImageData | null = null;
  #picture: Picture | null = null;

  constructor(canvas: OffscreenCanvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser gives no 2-D canvas.");
    this.#canvas = canvas;
    this.#context = context;
  }

  resize({ width, height }: Size): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#image = null;
  }

  setPicture(picture: Picture | null): void {
    this.#picture = picture;
    if (!picture) return;
    this.counters.uploads++;
    this.counters.uploadedBytes += picture.pixels.byteLength;
  }

  draw(view: View, look: Look): null {
    this.counters.draws++;
    if (!this.#picture) {
      this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
      return null;
    }
    const { width, height } = this.#canvas;
    const image = (this.#image ??= new ImageData(width, height));
    const out = new Uint32Array(image.data.buffer);
    const canvas = { width, height };
    const project = projection(view, canvas, this.#picture);
    paint(this.#picture, project, look, colouring(look, this.#picture), canvas, out);
    this.#context.putImageData(image, 0, 0);
    return null;
  }

  capture(view: View, look: Look) {
    this.draw(view, look);
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    return Promise.resolve({ width, height, data: new Uint8ClampedArray(data) });
  }

  dispose(): void {
    this.#picture = null;
    this.#image = null;
  }
}
