// For tests.
import type { DisplaySettings } from "../core/display-settings.ts";
import type { ImageLayer, Renderer } from "../render/renderer.ts";

/** Draws nothing, and remembers what it was to draw. */
export class FakeRenderer implements Renderer {
  readonly kind = "canvas2d";
  readonly counters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly drawn: { first: number | undefined; display: DisplaySettings }[] = [];
  layers: ImageLayer[] = [];
  ready = true;
  /** What stands on the canvas, r g b a of each px; null: nobody can tell. */
  pixels: Uint8ClampedArray | null = null;
  read(): Uint8ClampedArray | null {
    return this.pixels;
  }
  resize(): void {}
  /** What `draw` answers; a function: what it does instead. */
  answer: Promise<void> | null | (() => Promise<void>) = null;
  draw(_: unknown, layers: ImageLayer[]): Promise<void> | null {
    if (typeof this.answer === "function") return this.answer();
    this.counters.draws++;
    this.layers = layers;
    for (const { picture, display } of layers) this.drawn.push({ first: picture.pixels[0], display });
    return this.answer;
  }
  capture(): never {
    throw new Error("not here");
  }
  dispose(): void {}
}
