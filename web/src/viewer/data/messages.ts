// What page and data worker say to each other.
import type { PixelType } from "@zarrcam/protocol";

import type { ArchivePlace } from "../core/archive-place.ts";
import type { Rectangle } from "../core/picture.ts";
import type { PlaneAddress, PlaneImage } from "../core/plane-source.ts";

/** Where a store is read from. */
export type StorePlace =
  /** Address of the group or array, with a slash at its end. */
  | { kind: "http"; url: string }
  /** A folder in the browser's own storage: `/embryo.zarr`. */
  | { kind: "opfs"; path: string }
  /** `@live` of a dataset of this browser, by the worker that has it; `run` null: of whichever stands there. */
  | { kind: "live"; dataset: string; run: string | null };

/** A store to read: a dataset, or what is being recorded (`@live`). */
export interface StoreSource {
  at: StorePlace;
  /** Whether it grows while it is read; its shards are frames then. */
  live: boolean;
  format: "zarr2" | "zarr3";
  /** Whether it is likely a plain array, with no group around it. */
  isArray: boolean;
  /** Whether a log tells which frames are stored: where such a frame has no chunk, its pixels are the fill value. */
  logged: boolean;
  /** Where the same frames are read by that log, for chunks whose file is not there; null: nowhere. */
  byLog: StorePlace | null;
  /** Pixel type of the camera; null: as the array's type says. */
  pixelType: PixelType | null;
}

/** An axis of the stored array. */
export interface StoreAxis {
  name: string;
  kind: "Space" | "Channel" | "Time" | "Other";
  unit: string;
  scale: number;
  size: number;
}

/** What one opening of a store found. */
export interface StoreDescription extends PlaneImage {
  /** Number of this opening of the store: planes are asked for by it. */
  store: number;
  /** The axes but x and y, slowest first. */
  axes: StoreAxis[];
  x: StoreAxis;
  y: StoreAxis;
}

/** A plane of the store itself. */
export interface StoredPlaneRequest {
  /** Index along every axis but x and y, slowest first: the store's own order. */
  index: number[];
  level: number;
  /** The part that is wanted, px of the full level; null: the whole plane. */
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
  | { kind: "open"; request: number; source: StoreSource | ArchivePlace }
  | { kind: "planes"; request: number; store: number; planes: ChannelPlaneRequest[]; address: PlaneAddress }
  /** A small picture of a plane, for the page itself. */
  | { kind: "thumbnail"; request: number; store: number; plane: StoredPlaneRequest; width: number; height: number }
  /** Whether the files of a store are others than those that were read. */
  | { kind: "changed"; request: number; store: number }
  /** Of the answer to `connect`. */
  | { kind: "port"; request: number; port: MessagePort }
  | { kind: "abort"; request: number }
  | { kind: "close"; store: number };

/** From the data worker to the page. Decoded planes are not among it: they go to the view worker. */
export type FromData =
  | { kind: "opened"; request: number; description: StoreDescription }
  /** The planes that were asked for are on their way to the view worker. */
  | { kind: "delivered"; request: number }
  | { kind: "thumbnail"; request: number; image: ImageData | null }
  | { kind: "changed"; request: number; changed: boolean }
  /** A port to the worker that has a dataset of this browser is wanted. */
  | { kind: "connect"; request: number; dataset: string }
  | { kind: "refused"; request: number; aborted: boolean; message: string };
