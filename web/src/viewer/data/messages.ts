import type { PixelType } from "@zarrcam/protocol";

import type { ColourMap } from "../core/colour-maps.ts";
import type { CaptionedPicture, Rectangle } from "../core/picture.ts";

/** A store to read: a dataset of the data folder, or what is being recorded (`@live`). */
export interface StoreSource {
  url: string;
  /** Grows while it is read; its shards are frames. */
  live: boolean;
  format: "zarr2" | "zarr3";
  /** What the camera's bits were; null: as the array's type says. */
  pixelType: PixelType | null;
}

export interface ChannelHint {
  label: string;
  /** Null: none is said. */
  colour: ColourMap | null;
  active: boolean;
}

export interface StoreAxis {
  name: string;
  kind: "Space" | "Channel" | "Time" | "Other";
  unit: string;
  scale: number;
  size: number;
}

export interface StoreLevel {
  path: string;
  /** Pixels of the full level that one stands for, along x and y. */
  scale: [x: number, y: number];
  width: number;
  height: number;
}

export interface StoreDescription {
  /** Slowest first, x and y left out. */
  axes: StoreAxis[];
  x: StoreAxis;
  y: StoreAxis;
  levels: StoreLevel[];
  pixelType: PixelType;
  dtype: string;
  /** How levels were reduced. */
  reduction: "mean" | "decimate" | "min" | "max";
  chunks: number[];
  /** By channel, as OME's rendering hints have them; empty: none. */
  channels: ChannelHint[];
}

export interface PlaneRequest {
  /** One for every axis but x and y, slowest first. */
  index: number[];
  level: number;
  /** Px of the full level; null: the whole plane. */
  region: Rectangle | null;
}

export type ToData =
  | { kind: "open"; request: number; source: StoreSource }
  | { kind: "plane"; request: number; url: string; plane: PlaneRequest }
  | { kind: "abort"; request: number }
  | { kind: "close"; url: string };

export type FromData =
  | { kind: "opened"; request: number; description: StoreDescription }
  | { kind: "plane"; request: number; captioned: CaptionedPicture }
  | { kind: "refused"; request: number; aborted: boolean; message: string };
