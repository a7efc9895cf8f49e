import type { PixelType } from "@zarrcam/protocol";

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type PixelArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;
/** How a pixel of a picture came from scale x scale pixels of the frame. */
export type Reduction = "none" | "mean" | "decimate" | "min" | "max";

/** Pixels to look at: a frame, or a part of it, at full resolution or reduced. */
export interface Picture {
  pixelType: PixelType;
  /** Rows tight. */
  pixels: PixelArray;
  /** Of the picture, px. */
  width: number;
  height: number;
  /** Pixels of the frame that a pixel of the picture stands for, along x and y. */
  scale: [x: number, y: number];
  reduction: Reduction;
  /** What of the frame the picture covers, px of the frame. */
  region: Rectangle;
  frameWidth: number;
  frameHeight: number;
}

export interface Histogram {
  origin: number;
  binWidth: number;
  counts: Uint32Array;
  /** Pixels at the sensor's white. */
  saturated: number;
  minimum: number;
  maximum: number;
  /** What was counted: all pixels of the frame, of a reduced level of it, or of the part that is shown. */
  of: "frame" | "level" | "part";
}

/** What is known of a picture besides its pixels. */
export interface Caption {
  source: "camera" | "dataset";
  stream: number;
  /** The camera's own count; null: a dataset does not tell. */
  frameId: number | null;
  /** Position in the array by order of acquisition; null: not saved, or unknown. */
  place: number | null;
  /** Index along every axis but x and y; empty for a camera. */
  index: number[];
  /** Wall clock of the camera computer at capture, ms since 1970-01-01 UTC. */
  hostClockMs: number | null;
  run: number | null;
  /** Frames that the preview left out before this one. No loss. */
  skipped: number;
  histogram: Histogram;
}

export interface CaptionedPicture {
  picture: Picture;
  caption: Caption;
}

/** A picture and the channel whose look it has. */
export interface ChannelPicture {
  captioned: CaptionedPicture;
  channel: number;
}

/** The sensor's true white; null: the type has none. */
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

/** The value under a point of the frame, and how many pixels of the frame it stands for. Null: outside the picture. */
export function valueAt(
  picture: Picture,
  frameX: number,
  frameY: number,
): { value: number; scale: [number, number]; reduction: Reduction } | null {
  const { region, scale, width, height, pixels, reduction } = picture;
  if (frameX < region.x || frameY < region.y) return null;
  if (frameX >= region.x + region.width || frameY >= region.y + region.height) return null;
  const x = Math.min(width - 1, Math.floor((Math.floor(frameX) - region.x) / scale[0]));
  const y = Math.min(height - 1, Math.floor((Math.floor(frameY) - region.y) / scale[1]));
  const value = pixels[y * width + x];
  return value === undefined ? null : { value, scale, reduction };
}
