import { type Size, type View, toFrame } from "../core/geometry.ts";
import { colourTable, markColour } from "../core/colour-maps.ts";
import type { Look } from "../core/look.ts";
import { type Picture, whiteOf } from "../core/picture.ts";

/** From the middle of a canvas px to the picture: `origin + canvas * step`, in px of the picture. */
export interface Projection {
  originX: number;
  originY: number;
  stepX: number;
  stepY: number;
  /** What may be drawn: beyond the last whole px of the region the picture has nothing, px of the picture. */
  limitX: number;
  limitY: number;
  /** Pixels as squares; else smooth between their middles. */
  nearest: boolean;
  /** Samples along x and y whose mean is one canvas px, where the picture is finer than the canvas. */
  tapsX: number;
  tapsY: number;
}

const MAX_TAPS = 16;

export function projection(view: View, canvas: Size, picture: Picture): Projection {
  const corner = toFrame(view, canvas, { x: 0, y: 0 });
  const [scaleX, scaleY] = picture.scale;
  const stepX = 1 / (view.zoom * scaleX);
  const stepY = 1 / (view.zoom * scaleY);
  return {
    originX: (corner.x - picture.region.x) / scaleX,
    originY: (corner.y - picture.region.y) / scaleY,
    stepX,
    stepY,
    limitX: Math.min(picture.width, picture.region.width / scaleX),
    limitY: Math.min(picture.height, picture.region.height / scaleY),
    // Real pixels are shown as what they are; means are no squares of the sensor.
    nearest: scaleX === 1 && scaleY === 1,
    tapsX: taps(stepX),
    tapsY: taps(stepY),
  };
}

function taps(step: number): number {
  return step <= 1.001 ? 1 : Math.min(MAX_TAPS, Math.ceil(step));
}

/** What the colours follow from, for both renderers. */
export interface Colouring {
  table: Uint32Array;
  mark: number;
  /** Infinity: nothing is marked. */
  white: number;
}

export function colouring(look: Look, picture: Picture): Colouring {
  const white = look.markSaturated ? whiteOf(picture.pixelType) : null;
  return { table: colourTable(look.map), mark: markColour(look.map), white: white ?? Infinity };
}
