// What page and data worker say to each other.
import type { PixelType } from "@zarrcam/protocol";

import type { Rectangle } from "../core/picture.ts";
import type { PlaneAddress, PlaneImage } from "../core/plane-source.ts";

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

export interface StoreAxis {
  name: string;
  kind: "Space" | "Channel" | "Time" | "Other";
  unit: string;
  scale: number;
  size: number;
}

/** What one opening of a store found. */
export interface StoreDescription extends PlaneImage {
  /** Which opening it is: planes are asked for by it. */
  store: number;
  /** Slowest first, x and y left out. */
  axes: StoreAxis[];
  x: StoreAxis;
  y: StoreAxis;
}

/** A plane of the store itself. */
export interface StoredPlaneRequest {
  /** One for every axis but x and y, slowest first: the store's own order. */
  index: number[];
  level: number;
  /** Px of the full level; null: the whole plane. */
  region: Rectangle | null;
}

/** A plane for the view worker, with what its caption says of it. */
export interface ChannelPlaneRequest extends StoredPlaneRequest {
  channel: number;
  position: number[];
  frameIndex: number | null;
}

/** From the page to the data worker. */
export type ToData =
  /** A port to the view worker: planes go there. */
  | { kind: "connect"; port: MessagePort }
  | { kind: "open"; request: number; source: StoreSource }
  | { kind: "planes"; request: number; store: number; planes: ChannelPlaneRequest[]; address: PlaneAddress }
  /** A small picture of a plane, for the page itself. */
  | { kind: "thumbnail"; request: number; store: number; plane: StoredPlaneRequest; width: number; height: number }
  /** Whether the files of a store are others than those that were read. */
  | { kind: "changed"; request: number; store: number }
  | { kind: "abort"; request: number }
  | { kind: "close"; store: number };

/** From the data worker to the page. Decoded planes are not among it: they go to the view worker. */
export type FromData =
  | { kind: "opened"; request: number; description: StoreDescription }
  /** The planes that were asked for are on their way to the view worker. */
  | { kind: "delivered"; request: number }
  | { kind: "thumbnail"; request: number; image: ImageData | null }
  | { kind: "changed"; request: number; changed: boolean }
  | { kind: "refused"; request: number; aborted: boolean; message: string };
