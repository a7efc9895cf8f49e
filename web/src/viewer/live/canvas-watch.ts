import { type Size, type View, rectangleToCanvas, toFrame } from "../core/geometry.ts";
import { SAMPLE_PX } from "../render/canvas-reader.ts";
import { paintLayers } from "../render/paint.ts";
import type { ImageLayer } from "../render/renderer.ts";

/** A canvas that was right is looked at again after so long, ms: even to read a few px waits for the graphics card. */
export const AGAIN_MS = 5000;
/** And no sooner than after so long, however often its size changes, ms. */
const LEAST_MS = 200;
/** Bytes by which both renderers, or a conversion of colours, may differ. */
const TOLERANCE = 48;

/** The canvas does not have what was drawn on it. */
export class CanvasFaultError extends Error {
  override readonly name = "CanvasFaultError";
}

export type Verdict = "good" | "doubtful" | CanvasFaultError;

/** Whether what was drawn is on the canvas: no error says so where a browser draws and does not bring it to the screen. */
export class CanvasWatch {
  #dueAtMs = 0;
  #doubts = 0;

  /** It may have changed: another canvas or size, or the page is in sight again. */
  look(): void {
    this.#dueAtMs = Math.min(this.#dueAtMs, this.#readAtMs + LEAST_MS);
  }
  /** Another canvas. */
  reset(): void {
    this.#dueAtMs = 0;
    this.#doubts = 0;
    this.#readAtMs = -LEAST_MS;
  }
  #readAtMs = -LEAST_MS;

  /** @param read px of the canvas, in the task that drew; null: they cannot be read. */
  check(
    read: (x: number, y: number) => Uint8ClampedArray | null,
    view: View,
    layers: ImageLayer[],
    canvas: Size,
    nowMs: number,
  ): Verdict {
    if (nowMs < this.#dueAtMs) return "good";
    const at = sampleOf(view, layers, canvas);
    // Nothing of a picture is in sight: another time.
    if (!at) return "good";
    this.#readAtMs = nowMs;
    this.#dueAtMs = nowMs + AGAIN_MS;
    const found = read(at.x, at.y);
    // Of floating-point pixels two renderers may make different colours, NaN above all; nothing is nothing for both.
    const colours = layers.every(({ picture }) => picture.pixelType !== "F32");
    const why = found && faultOf(found, expected(view, layers, canvas, at), colours);
    if (!why) {
      this.#doubts = 0;
      return "good";
    }
    this.#dueAtMs = nowMs;
    this.#doubts++;
    // Once may be a device that went just then, which has a better reason to tell.
    return this.#doubts < 2 ? "doubtful" : new CanvasFaultError(why);
  }
}

/** A square of the canvas on which the first picture lies; null: there is none. */
export function sampleOf(view: View, [first]: ImageLayer[], canvas: Size): { x: number; y: number } | null {
  if (!first) return null;
  const { x, y, width, height } = rectangleToCanvas(view, canvas, first.picture.region);
  const middle = (from: number, length: number, of: number) => {
    const low = Math.max(0, Math.ceil(from));
    const high = Math.min(of, Math.floor(from + length));
    return high - low < SAMPLE_PX ? null : Math.floor((low + high - SAMPLE_PX) / 2);
  };
  const [left, top] = [middle(x, width, canvas.width), middle(y, height, canvas.height)];
  return left === null || top === null ? null : { x: left, y: top };
}

/** What belongs there. */
export function expected(view: View, layers: ImageLayer[], canvas: Size, at: { x: number; y: number }): Uint8Array {
  const size = { width: SAMPLE_PX, height: SAMPLE_PX };
  const centre = toFrame(view, canvas, { x: at.x + SAMPLE_PX / 2, y: at.y + SAMPLE_PX / 2 });
  const out = new Uint32Array(SAMPLE_PX * SAMPLE_PX);
  paintLayers({ ...view, centre }, layers, size, out);
  return new Uint8Array(out.buffer);
}

/** A black picture is opaque, a canvas that nothing came to is not. */
export function faultOf(found: Uint8ClampedArray, wanted: Uint8Array, colours: boolean): string | null {
  let [drawn, missing, other] = [0, 0, 0];
  for (let at = 0; at < wanted.length; at += 4) {
    const off = (byte: number) => Math.abs((found[at + byte] ?? 0) - (wanted[at + byte] ?? 0)) > TOLERANCE;
    if ((wanted[at + 3] ?? 0) < 255) continue;
    drawn++;
    if ((found[at + 3] ?? 0) < 128) missing++;
    else if (colours && (off(0) || off(1) || off(2))) other++;
  }
  if (drawn === 0 || missing + other <= drawn / 2) return null;
  return missing >= other
    ? "The picture is drawn, but does not reach the screen."
    : "What is on the canvas is not what was drawn.";
}
