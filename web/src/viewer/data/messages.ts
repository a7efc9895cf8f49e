import type { PixelType } from "@zarrcam/protocol";

import type { ColourMap } from "../core/colour-maps.ts";
import type { CaptionedPicture, Rectangle, Reduction } from "../core/picture.ts";
import type { DataType } from "../core/stored-value.ts";

/** A store to read: a dataset of the data folder, or what is being recorded (`@live`). */
export interface StoreSource {
  url: string;
  /** Grows while it is read; its shards are frames. */
  live: boolean;
  format: "zarr2" | "zarr3";
  /** It is likely a plain array, with no group around it. */
  isArray: boolean;
  /** A log tells which frames are stored: where one has no chunk, its pixels are the fill value. */
  logged: boolean;
  /** Where the same frames are read by that log, for chunks whose file is not there; null: nowhere. */
  byLog: string | null;
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
  /** The same along every axis, slowest first. */
  factors: number[];
  width: number;
  height: number;
}

export interface StoreDescription {
  /** Which opening of the store this is: planes are asked for by it. */
  store: number;
  /** Slowest first, x and y left out. */
  axes: StoreAxis[];
  x: StoreAxis;
  y: StoreAxis;
  levels: StoreLevel[];
  pixelType: PixelType;
  dtype: DataType;
  /** How levels were reduced. */
  reduction: Exclude<Reduction, "none">;
  chunks: number[];
  /** By channel, as OME's rendering hints have them; empty: none. */
  channels: ChannelHint[];
  /** Sentences about what is not as it should be, or not shown. */
  remarks: string[];
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
  | { kind: "plane"; request: number; store: number; plane: PlaneRequest }
  /** Whether the files of a store are others than those that were read. */
  | { kind: "changed"; request: number; store: number }
  | { kind: "abort"; request: number }
  | { kind: "close"; store: number };

export type FromData =
  | { kind: "opened"; request: number; description: StoreDescription }
  | { kind: "plane"; request: number; captioned: CaptionedPicture }
  | { kind: "changed"; request: number; changed: boolean }
  | { kind: "refused"; request: number; aborted: boolean; message: string };
