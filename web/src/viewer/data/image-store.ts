import * as zarr from "zarrita";

import type { PixelArray, Rectangle } from "../core/picture.ts";
import { httpStore } from "./http-store.ts";
import type { StoreAxis, StoreDescription, StoreLevel, StoreSource } from "./messages.ts";
import { type OmeMultiscale, kindOf, omeChannels, readMultiscale } from "./ome-metadata.ts";
import { rowsOf, shownPixelType } from "./plane.ts";

type ImageArray = zarr.Array<zarr.DataType, ReturnType<typeof httpStore>>;

/** An array of a growing store is opened anew after so many planes: it never lets go of its shards' indexes. */
const PLANES_PER_OPEN = 2000;

/** The planes of one Zarr image, of all its levels. */
export class ImageStore {
  readonly description: StoreDescription;
  readonly #source: StoreSource;
  readonly #store: ReturnType<typeof httpStore>;
  readonly #x: number;
  readonly #y: number;
  #arrays: ImageArray[];
  #planes = 0;

  private constructor(source: StoreSource, store: ReturnType<typeof httpStore>, arrays: ImageArray[], axes: Axes) {
    this.#source = source;
    this.#store = store;
    this.#arrays = arrays;
    this.#x = axes.x;
    this.#y = axes.y;
    this.description = axes.description;
  }

  static async open(source: StoreSource, signal: AbortSignal): Promise<ImageStore> {
    const store = httpStore(source.url, source.live);
    const open = source.format === "zarr2" ? zarr.open.v2 : zarr.open.v3;
    const root = zarr.root(store);
    const group = await open(root, { kind: "group" });
    signal.throwIfAborted();
    const multiscale = readMultiscale(group.attrs) ?? {
      axes: [],
      datasets: [{ path: "0", scale: null }],
      reduction: "mean",
    };
    const arrays = await openLevels(
      source,
      store,
      multiscale.datasets.map(({ path }) => path),
    );
    signal.throwIfAborted();
    return new ImageStore(source, store, arrays, describe(source, multiscale, arrays, group.attrs));
  }

  /** @param region px of the full level. @returns the pixels, and what of the full level they cover. */
  async plane(
    index: number[],
    level: number,
    region: Rectangle | null,
    signal: AbortSignal,
  ): Promise<{ pixels: PixelArray; width: number; height: number; region: Rectangle }> {
    await this.#renew(index, signal);
    const array = this.#arrays[level];
    const shape = this.description.levels[level];
    const full = this.description.levels[0];
    if (!array || !shape || !full) throw new Error(`There is no zoom level ${level}.`);
    const part = region ?? { x: 0, y: 0, width: full.width, height: full.height };
    const [scaleX, scaleY] = shape.scale;
    const from = { x: Math.floor(part.x / scaleX), y: Math.floor(part.y / scaleY) };
    const to = {
      x: Math.min(shape.width, Math.ceil((part.x + part.width) / scaleX)),
      y: Math.min(shape.height, Math.ceil((part.y + part.height) / scaleY)),
    };
    let at = 0;
    const selection = array.shape.map((length, axis) => {
      if (axis === this.#x) return zarr.slice(from.x, to.x);
      if (axis === this.#y) return zarr.slice(from.y, to.y);
      const wanted = index[at] ?? 0;
      const size = this.description.axes[at++]?.size ?? length;
      // Levels may be reduced along z and others too.
      return Math.min(length - 1, level === 0 || length === size ? wanted : Math.floor((wanted * length) / size));
    });
    const chunk = await zarr.get(array, selection, { signal });
    if (typeof chunk !== "object" || !("stride" in chunk)) throw new Error("A plane has two axes.");
    signal.throwIfAborted();
    this.#planes++;
    const x = from.x * scaleX;
    const y = from.y * scaleY;
    return {
      pixels: rowsOf(chunk, this.#y < this.#x, this.description.pixelType),
      width: to.x - from.x,
      height: to.y - from.y,
      region: {
        x,
        y,
        width: Math.min(full.width, to.x * scaleX) - x,
        height: Math.min(full.height, to.y * scaleY) - y,
      },
    };
  }

  /** `shape` is fixed when an array is opened; a growing store has more by now. */
  async #renew(index: number[], signal: AbortSignal): Promise<void> {
    if (!this.#source.live) return;
    const shape = this.#arrays[0]?.shape.filter((_, axis) => axis !== this.#x && axis !== this.#y) ?? [];
    const beyond = index.some((wanted, axis) => wanted >= (shape[axis] ?? 0));
    if (!beyond && this.#planes < PLANES_PER_OPEN) return;
    this.#arrays = await openLevels(
      this.#source,
      this.#store,
      this.description.levels.map(({ path }) => path),
    );
    this.#planes = 0;
    signal.throwIfAborted();
  }
}

function openLevels(source: StoreSource, store: ReturnType<typeof httpStore>, paths: string[]): Promise<ImageArray[]> {
  const root = zarr.root(store);
  return Promise.all(
    paths.map((path) => {
      const at = root.resolve(path);
      // The group's attributes tell all; V2 arrays often have no file of their own, and a 404 would look like a fault.
      if (source.format === "zarr2") return zarr.open.v2(at, { kind: "array", attrs: false });
      return zarr.open.v3(at, { kind: "array" });
    }),
  );
}

interface Axes {
  x: number;
  y: number;
  description: StoreDescription;
}

function describe(
  source: StoreSource,
  multiscale: OmeMultiscale,
  arrays: ImageArray[],
  attributes: Record<string, unknown>,
): Axes {
  const [full] = arrays;
  if (!full || full.shape.length < 2) throw new Error("This dataset holds no image: an image has at least two axes.");
  const rank = full.shape.length;
  const names = multiscale.axes.length === rank ? multiscale.axes.map(({ name }) => name) : (full.dimensionNames ?? []);
  const named = (name: string, otherwise: number) => {
    const found = names.findIndex((one) => one.toLowerCase() === name);
    return found < 0 ? otherwise : found;
  };
  const x = named("x", rank - 1);
  const y = named("y", x === rank - 1 ? rank - 2 : rank - 1);
  const fullScale = multiscale.datasets[0]?.scale;
  const axes = full.shape.map((size, axis): StoreAxis => {
    const ome = multiscale.axes.length === rank ? multiscale.axes[axis] : undefined;
    const name = ome?.name ?? names[axis] ?? (axis === x ? "x" : axis === y ? "y" : `axis ${axis}`);
    return { name, size, kind: ome?.kind ?? kindOf("", name), unit: ome?.unit ?? "", scale: fullScale?.[axis] ?? 1 };
  });
  const levels = arrays.map((array, at): StoreLevel => {
    const scale = (axis: number) => {
      const own = multiscale.datasets[at]?.scale?.[axis];
      const first = fullScale?.[axis];
      // What a level is said to be; else what its size says.
      if (own && first) return Math.max(1, Math.round(own / first));
      return Math.max(1, Math.round((full.shape[axis] ?? 1) / (array.shape[axis] ?? 1)));
    };
    return {
      path: multiscale.datasets[at]?.path ?? "0",
      scale: [scale(x), scale(y)],
      width: array.shape[x] ?? 0,
      height: array.shape[y] ?? 0,
    };
  });
  const [xAxis, yAxis] = [axes[x], axes[y]];
  if (!xAxis || !yAxis) throw new Error("This dataset has no x and y.");
  return {
    x,
    y,
    description: {
      axes: axes.filter((_, axis) => axis !== x && axis !== y),
      x: xAxis,
      y: yAxis,
      levels,
      pixelType: shownPixelType(full.dtype, source.pixelType),
      dtype: full.dtype,
      reduction: multiscale.reduction,
      chunks: full.chunks,
      channels: omeChannels(attributes),
    },
  };
}
