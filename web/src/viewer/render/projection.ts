import { type Size, type View, toFrame } from "../core/geometry.ts";
import { colourTable, markColour } from "../core/colour-maps.ts";
import { type DisplaySettings, colourIndex } from "../core/display-settings.ts";
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

/** Entries of a lookup table between values and colours: finer than the eye and the 256 colours. */
export const LUT_SIZE = 4096;

/** How values become colours, for both renderers. */
export interface Colouring {
  /** The lookup table: a colour for each of `LUT_SIZE` brightnesses, r g b a bytes. */
  lut: Uint32Array;
  /** The value that the first entry stands for, and how many entries a unit of value is. */
  minimum: number;
  toLut: number;
  mark: number;
  /** Infinity: nothing is marked. */
  white: number;
}

export function colouring(display: DisplaySettings, picture: Picture): Colouring {
  const white = display.markSaturated ? whiteOf(picture.pixelType) : null;
  return {
    lut: lookupTable(display),
    minimum: minimumOf(display, picture),
    toLut: (LUT_SIZE - 1) / Math.max((display.max - display.min) * (picture.wide?.gain ?? 1), 1e-30),
    mark: markColour(display.map),
    white: white ?? Infinity,
  };
}

/** In what the pixels are: wider values are drawn by their distance from an origin. */
function minimumOf(display: DisplaySettings, { wide }: Picture): number {
  return wide ? (display.min - Number(wide.origin)) * wide.gain : display.min;
}

const tables = new Map<string, Uint32Array>();

/** Contrast limits are no part of it: a drag of them makes no table. */
function lookupTable({ map, gamma }: DisplaySettings): Uint32Array {
  const key = `${map} ${gamma}`;
  let lut = tables.get(key);
  if (!lut) {
    const colours = colourTable(map);
    lut = Uint32Array.from(
      { length: LUT_SIZE },
      (_, at) => colours[colourIndex({ min: 0, max: LUT_SIZE - 1, gamma }, at)] ?? 0,
    );
    // A drag of gamma makes one a step.
    if (tables.size >= 32) tables.clear();
    tables.set(key, lut);
  }
  return lut;
}
