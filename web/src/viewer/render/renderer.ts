import type { Size, View } from "../core/geometry.ts";
import type { DisplaySettings } from "../core/display-settings.ts";
import type { Picture } from "../core/picture.ts";

export interface RenderCounters {
  /** Writes of pixels to where they are drawn from. A change of contrast makes none. */
  uploads: number;
  uploadedBytes: number;
  draws: number;
}

/** A picture to draw, and how. */
export interface ImageLayer {
  picture: Picture;
  display: DisplaySettings;
}

/**
 * Draws layers on one canvas, added up: one picture, or a picture for each of several channels. Runs in the view worker;
 * both implementations give the same colours.
 */
export interface Renderer {
  readonly kind: "webgpu" | "canvas2d";
  readonly counters: RenderCounters;
  /** Whether it can draw now; where it cannot, its canvas is gone for a while, and what was on it for good. */
  readonly ready: boolean;
  resize(size: Size): void;
  /**
   * A picture that was drawn before is not uploaded again.
   * @returns when the picture is on the canvas; null: it is already. Rejects where whoever draws does not answer in time;
   * with a device that is lost it may never settle.
   */
  draw(view: View, layers: ImageLayer[]): Promise<void> | null;
  /** A few px of the canvas itself, see `readCanvas`; in the task that drew. */
  read(x: number, y: number): Uint8ClampedArray | null;
  /** What the canvas shows, rows of r g b a bytes; read back from where it was drawn. */
  capture(
    view: View,
    layers: ImageLayer[],
  ): Promise<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }>;
  dispose(): void;
}
