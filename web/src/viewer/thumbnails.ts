import type { DatasetInfo } from "@zarrcam/protocol";

import { positionOf } from "./core/axes.ts";
import type { DatasetPlace } from "./core/dataset-place.ts";
import { StoreReader } from "./data/store-reader.ts";
import type { StoredPlanes } from "./data/stored-planes.ts";
import { openForOnePlane } from "./data/stored-planes.ts";

/** A plane of somebody else's store is read in whole chunks: larger ones are not worth a small picture, bytes. */
const MAX_CHUNK_BYTES = 16e6;
/** Nor is a plane that has no smaller zoom level, beyond what a camera's frame has. */
const MOST_PLANE_PIXELS = 8192 * 8192;

/** Small pictures of datasets, one after the other, each made once. */
export class Thumbnails {
  readonly #reader: StoreReader;
  readonly #made = new Map<string, Promise<ImageData | null>>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param connect gives a port to the worker that has a dataset of this browser */
  constructor(connect: (dataset: string) => MessagePort) {
    this.#reader = new StoreReader(connect);
  }

  /** @param width of the box that it is fitted into, px. Null: there is nothing to show, or it would cost too much. */
  of(info: DatasetInfo, place: DatasetPlace, width: number, height: number): Promise<ImageData | null> {
    const key = [place, info.name, info.run_id, info.thumbnail_frame_index, width, height].join(" ");
    let made = this.#made.get(key);
    if (!made) {
      made = this.#last.then(() => this.#make(info, place, width, height)).catch(() => null);
      this.#last = made;
      this.#made.set(key, made);
    }
    return made;
  }

  dispose(): void {
    this.#reader.dispose();
  }

  async #make(info: DatasetInfo, place: DatasetPlace, width: number, height: number): Promise<ImageData | null> {
    if ((info.kind !== "zarr2" && info.kind !== "zarr3") || info.thumbnail_frame_index === null) return null;
    const chunkPixels = info.chunks.reduce((product, size) => product * size, 1);
    if (info.run_id === null && chunkPixels * 2 > MAX_CHUNK_BYTES) return null;
    const planes = await openForOnePlane(this.#reader, info, place, new AbortController().signal);
    try {
      return await this.#shrunk(planes, info.thumbnail_frame_index, width, height);
    } finally {
      planes.close();
    }
  }

  #shrunk(planes: StoredPlanes, frameIndex: number, width: number, height: number): Promise<ImageData | null> {
    const { levels } = planes.description;
    const level = Math.max(
      0,
      levels.findLastIndex((one) => one.width >= width || one.height >= height),
    );
    const { width: planeWidth = 0, height: planeHeight = 0 } = levels[level] ?? {};
    if (planeWidth * planeHeight > MOST_PLANE_PIXELS) return Promise.resolve(null);
    return planes.thumbnail(positionOf(planes.axes, frameIndex), level, width, height);
  }
}
