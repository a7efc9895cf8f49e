import type { PictureAdaptation, PixelType } from "@zarrcam/protocol";

import { type DataType, type StoredArray, type StoredValue, isInteger } from "./stored-value.ts";

/** A part of a plane or of a canvas: from its upper left corner, px. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type PixelArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;
/** How a pixel of a picture came from scale x scale pixels of the frame. */
export type Reduction = "none" | "mean" | "decimate" | "min" | "max" | "unknown";

/** A part of a picture that shows no stored value. */
export interface Gap {
  /** `fill`: nobody wrote it; `damaged`: its chunk cannot be read. */
  kind: "fill" | "damaged";
  /** Where it is, px of the frame. */
  region: Rectangle;
  /** Coordinates of a damaged chunk in the array, "1/0/0". */
  chunk: string;
  /** What is wrong with a damaged chunk, a clause for users. */
  why: string;
}

/** Pixels to look at: a frame, or a part of it, at full resolution or reduced. */
export interface Picture {
  pixelType: PixelType;
  /** Pixels to draw, rows without gaps. */
  pixels: PixelArray;
  /**
   * Where the pixels are narrower than what is stored: the values themselves, and which pixels stand for them:
   * (value - origin) x gain, in 32 bit float.
   */
  wide?: { values: StoredArray; origin: StoredValue; gain: number };
  /** Type of the stored array; left out: the pixel type says it. */
  dataType?: DataType;
  /** Parts that show no stored value; left out: there are none. */
  gaps?: Gap[];
  /** Says, for users, that no chunk of it is there; left out: there is one. */
  nothing?: string;
  /** Axes besides x and y along which a value is reduced, and how many elements of each it stands for. */
  depth?: { axis: string; scale: number }[];
  /** How it was made smaller for a slow network; null or left out: it was not. */
  adaptation?: PictureAdaptation | null;
  /** Width of the picture, px. */
  width: number;
  /** Height of the picture, px. */
  height: number;
  /** How many px of the frame a px of the picture stands for, along x and y. */
  scale: [x: number, y: number];
  reduction: Reduction;
  /** Which part of the frame the picture covers, px of the frame. */
  region: Rectangle;
  /** Size of the whole frame, px. */
  frameWidth: number;
  frameHeight: number;
}

/** How often which values occur. */
export interface Histogram {
  /** Lower end of the first bin, as a pixel value. */
  origin: number;
  /** How many pixel values a bin covers. */
  binWidth: number;
  /** Pixels in each bin: bin k covers [origin + k * binWidth, origin + (k + 1) * binWidth). */
  counts: Uint32Array;
  /** How many pixels have the largest value that the sensor gives. */
  saturated: number;
  /** Smallest counted value. */
  minimum: number;
  /** Largest counted value. */
  maximum: number;
  /** The smallest and the largest value as they are stored; null: none is stored. Left out: `minimum` and `maximum` are stored. */
  ends?: [StoredValue, StoredValue] | null;
  /** Whether some pixels show no stored value, and are not counted. */
  partial?: boolean;
  /** What was counted: all pixels of the frame, of a reduced level of it, or of the part that is shown. */
  of: "frame" | "level" | "part";
}

/** What is known of a picture besides its pixels. */
export interface Caption {
  /** Whether it came from the camera, or is stored. */
  source: "camera" | "stored";
  /** How the camera itself counted the frame (hardware id); null: a store does not tell. */
  frameId: number | null;
  /** Index of the frame in the run that goes on or was the last; null: it is not saved, or of another run. */
  frameIndex: number | null;
  /** Index along each axis but x and y, the fastest axis first; empty for a camera. */
  position: number[];
  /** Wall clock of the camera computer at capture, ms since 1970-01-01 UTC. */
  unixMs: number | null;
  /** Number of the run, as the bridge counts them; null: it is stored. */
  run: number | null;
  /** Frames that the preview left out before this one. No loss. */
  skipped: number;
  histogram: Histogram;
}

/** A picture, and what is known of it. */
export interface CaptionedPicture {
  picture: Picture;
  caption: Caption;
}

/** A picture, and the channel whose display settings it is drawn with. */
export interface ChannelPicture {
  captioned: CaptionedPicture;
  channel: number;
}

/** The largest value that a sensor of this type gives; null: the type has none. */
export function whiteOf(pixelType: PixelType): number | null {
  switch (pixelType) {
    case "U8":
      return 255;
    case "I8":
      return 127;
    case "U10":
      return 1023;
    case "U12":
      return 4095;
    case "U14":
      return 16383;
    case "U16":
      return 65535;
    case "I16":
      return 32767;
    case "F32":
      return null;
  }
}

/** The values that the type can hold; null: any. */
export function rangeOf(pixelType: PixelType): [low: number, high: number] | null {
  const white = whiteOf(pixelType);
  if (white === null) return null;
  return [pixelType === "I8" ? -128 : pixelType === "I16" ? -32768 : 0, white];
}

/** Whether values between whole numbers mean nothing. */
export function holdsIntegers({ pixelType, dataType }: Pick<Picture, "pixelType" | "dataType">): boolean {
  return dataType === undefined ? pixelType !== "F32" : isInteger(dataType);
}

/** What is known of a point of the frame. */
export interface Reading {
  /** The value there; null: it cannot be read. */
  value: StoredValue | null;
  /** Type of the stored value; left out: it is a camera's. */
  dataType?: DataType;
  /** How many px of the frame the value stands for, along x and y. */
  scale: [x: number, y: number];
  /** Axes besides x and y along which the value is reduced, and how many elements of each it stands for. */
  depth: { axis: string; scale: number }[];
  reduction: Reduction;
  /** Whether the value is one of 256 and passed through a lossy encoding: near what was measured, and not it. */
  approximate?: boolean;
  /** The part without a stored value that the point lies in; null: a value is stored. */
  gap: Gap | null;
}

/** What is known of a point of the frame. Null: outside the picture. */
export function valueAt(picture: Picture, frameX: number, frameY: number): Reading | null {
  const { region, scale, width, height, pixels, reduction, wide, gaps = [], depth = [], dataType } = picture;
  // The middle of a px of the frame: a px of the picture need not begin where one of the frame does.
  const [middleX, middleY] = [Math.floor(frameX) + 0.5, Math.floor(frameY) + 0.5];
  if (!within(region, middleX, middleY)) return null;
  const x = Math.min(width - 1, Math.max(0, Math.floor((middleX - region.x) / scale[0])));
  const y = Math.min(height - 1, Math.max(0, Math.floor((middleY - region.y) / scale[1])));
  const value = (wide?.values ?? pixels)[y * width + x];
  if (value === undefined) return null;
  // At the end of what was reduced fewer pixels are left for the last one.
  const left = (from: number, at: number, factor: number, length: number) =>
    Number.isInteger(factor) ? Math.min(factor, from + length - (from + at * factor)) : factor;
  const own: [number, number] = [
    left(region.x, x, scale[0], region.width) || scale[0],
    left(region.y, y, scale[1], region.height) || scale[1],
  ];
  // By the px of the picture that is read: it lies in one chunk.
  const [ownX, ownY] = [region.x + (x + 0.5) * scale[0], region.y + (y + 0.5) * scale[1]];
  const gap = gaps.find(({ region: part }) => within(part, ownX, ownY)) ?? null;
  const type = dataType === undefined ? {} : { dataType };
  const lossy = picture.adaptation?.window ? { approximate: true } : {};
  return { value: gap?.kind === "damaged" ? null : value, ...type, scale: own, depth, reduction, ...lossy, gap };
}

function within({ x, y, width, height }: Rectangle, atX: number, atY: number): boolean {
  return atX >= x && atY >= y && atX < x + width && atY < y + height;
}
