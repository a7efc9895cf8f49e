import type { DatasetInfo } from "@zarrcam/protocol";

import { colourIndex } from "./core/look.ts";
import { percentileLimits } from "./core/percentile.ts";
import type { CaptionedPicture } from "./core/picture.ts";
import { StoreReader } from "./data/store-reader.ts";
import { openForOnePlane, type StoredSource, storeIndex } from "./data/stored-source.ts";

/** A plane of somebody else's store is read in whole chunks: larger ones are not worth a small picture, bytes. */
const MAX_CHUNK_BYTES = 16e6;
/** Left out at either end of the contrast. */
const IGNORED = 0.002;

/** Small pictures of datasets, one after the other, each made once. */
export class Thumbnails {
  readonly #reader = new StoreReader();
  readonly #made = new Map<string, Promise<ImageData | null>>();
  #last: Promise<unknown> = Promise.resolve();

  /** Null: there is nothing to show, or it would cost too much. */
  of(info: DatasetInfo, width: number, height: number): Promise<ImageData | null> {
    const key = [info.name, info.run_id, info.thumbnail_place, width, height].join(" ");
    let made = this.#made.get(key);
    if (!made) {
      made = this.#last.then(() => this.#make(info, width, height)).catch(() => null);
      this.#last = made;
      this.#made.set(key, made);
    }
    return made;
  }

  dispose(): void {
    this.#reader.dispose();
  }

  async #make(info: DatasetInfo, width: number, height: number): Promise<ImageData | null> {
    if ((info.kind !== "zarr2" && info.kind !== "zarr3") || info.thumbnail_place === null) return null;
    const chunkPixels = info.chunks.reduce((product, size) => product * size, 1);
    if (info.run_id === null && chunkPixels * 2 > MAX_CHUNK_BYTES) return null;
    const { signal } = new AbortController();
    const source = await openForOnePlane(this.#reader, info, signal);
    try {
      const index = storeIndex(source, indexOf(source, info.thumbnail_place));
      const { levels } = source.description;
      const level = Math.max(
        0,
        levels.findLastIndex((one) => one.width >= width || one.height >= height),
      );
      const plane = { index, level, region: null };
      return shrink(await this.#reader.plane(source.description.store, plane, signal), width, height);
    } finally {
      this.#reader.close(source);
    }
  }
}

/** A place along the axes in their order of acquisition. */
function indexOf({ axes }: StoredSource, place: number): number[] {
  return axes.map(({ stride, size }, at) => {
    const index = Math.floor(place / stride);
    return at === axes.length - 1 ? index : index % Math.max(1, size ?? 1);
  });
}

/** Fitted into the box, every pixel the mean of at most 4 x 4 samples of what it covers, in grey. */
function shrink({ picture, caption }: CaptionedPicture, width: number, height: number): ImageData | null {
  // Of nothing there is no picture.
  if (picture.nothing !== undefined) return null;
  const zoom = Math.min(width / picture.width, height / picture.height);
  const [columns, rows] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * zoom))) as [
    number,
    number,
  ];
  const { min, max } = percentileLimits(caption.histogram, IGNORED);
  const { origin, gain } = picture.wide ?? { origin: 0, gain: 1 };
  const [low, high] = [min, max].map((limit) => (limit - Number(origin)) * gain) as [number, number];
  const look = { min: low, max: high, gamma: 1 };
  const image = new ImageData(columns, rows);
  const samples = Math.min(4, Math.max(1, Math.floor(1 / zoom)));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let j = 0; j < samples; j++) {
        const row = Math.min(picture.height - 1, Math.floor(((y + (j + 0.5) / samples) * picture.height) / rows));
        for (let i = 0; i < samples; i++) {
          const column = Math.min(picture.width - 1, Math.floor(((x + (i + 0.5) / samples) * picture.width) / columns));
          sum += picture.pixels[row * picture.width + column] ?? 0;
        }
      }
      const grey = colourIndex(look, sum / (samples * samples));
      image.data.set([grey, grey, grey, 255], 4 * (y * columns + x));
    }
  }
  return image;
}
