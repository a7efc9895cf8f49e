import type { Size, View } from "../core/geometry.ts";
import type { Look } from "../core/look.ts";
import type { Picture } from "../core/picture.ts";

export interface RenderCounters {
  /** Writes of pixels to where they are drawn from. A change of contrast makes none. */
  uploads: number;
  uploadedBytes: number;
  draws: number;
}

/** Draws one picture on one canvas. Runs in the view worker; both implementations give the same colours. */
export interface Renderer {
  readonly kind: "webgpu" | "canvas2d";
  readonly counters: RenderCounters;
  resize(size: Size): void;
  /** The pixels to draw from now on; null: none. The renderer keeps what it needs of them. */
  setPicture(picture: Picture | null): void;
  /**
   * @returns when the picture is on the canvas; null: it is already. Rejects where whoever draws does not answer in time;
   * with a device that is lost it may never settle.
   */
  draw(view: View, look: Look): Promise<void> | null;
  /** What the canvas shows, rows of r g b a bytes; read back from where it was drawn. */
  capture(view: View, look: Look): Promise<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }>;
  dispose(): void;
}
