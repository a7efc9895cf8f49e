import type { Gap, Rectangle } from "../core/picture.ts";
import type { StoredArray } from "../core/stored-value.ts";
import { type Described, describeImage } from "./describe-image.ts";
import { findImage } from "./find-image.ts";
import type { StoreDescription, StorePlace, StoreSource } from "./messages.ts";
import { atEdge, padded } from "./plane-edges.ts";
import { readPlane } from "./zarr/plane.ts";
import type { Store } from "./zarr/store.ts";
import type { ZarrArray } from "./zarr/stored-array.ts";

/** Chunks that are looked for before it is said that a dataset has none. */
const SAMPLES = 16;

type OpenStore = (at: StorePlace, live: boolean) => Store;

/** A plane of one level, or a part of it, as it is stored. */
export interface StoredPlane {
  /** Values, rows without gaps. */
  values: StoredArray;
  width: number;
  height: number;
  /** How many px of the full level one value stands for, along x and y. */
  scale: [x: number, y: number];
  /** The part that it covers, px of the full level. */
  region: Rectangle;
  /** Parts that show no stored value. */
  gaps: Gap[];
  /** Axes besides x and y along which a value is reduced, and how many elements of each it stands for. */
  depth: { axis: string; scale: number }[];
  /** Says, for users, what is known of the other chunks where none of this plane is there; null: one is. */
  nothing: string | null;
}

/** The planes of one Zarr image, of all its levels. */
export class ImageStore {
  readonly description: StoreDescription;
  readonly #source: StoreSource;
  readonly #store: Store;
  readonly #openStore: OpenStore;
  #byLog: Promise<ImageStore> | null = null;
  readonly #arrays: ZarrArray[];
  readonly #axes: { x: number; y: number };
  /** Which states of files were read: the documents, and the chunks of the last plane. */
  readonly #documents: Map<string, string | null>;
  #chunks = new Map<string, string | null>();

  private constructor(
    source: StoreSource,
    openStore: OpenStore,
    store: Store,
    opened: Described,
    documents: Map<string, string | null>,
  ) {
    this.#source = source;
    this.#openStore = openStore;
    this.#store = store;
    this.#arrays = opened.arrays;
    this.#axes = opened.axes;
    this.#documents = documents;
    this.description = opened.description;
  }

  /** Opens the image at a source. @param serial number of this opening. @throws NotShownError with a sentence for users */
  static async open(
    source: StoreSource,
    openStore: OpenStore,
    serial: number,
    signal: AbortSignal,
  ): Promise<ImageStore> {
    const store = openStore(source.at, source.live);
    const version = source.format === "zarr2" ? 2 : 3;
    const { image, documents } = await findImage(store, { version, array: source.isArray }, signal);
    signal.throwIfAborted();
    return new ImageStore(source, openStore, store, describeImage(source, image, serial), documents.versions);
  }

  /** Reads a plane, or a part of it. @param region px of the full level; null: the whole plane */
  async plane(index: number[], level: number, region: Rectangle | null, signal: AbortSignal): Promise<StoredPlane> {
    const array = this.#arrays[level];
    const own = this.description.levels[level];
    const full = this.description.levels[0];
    if (!array || !own || !full) throw new Error(`There is no zoom level ${level}.`);
    const part = region ?? { x: 0, y: 0, width: full.width, height: full.height };
    const [scaleX, scaleY] = own.scale;
    const from = { x: start(part.x, scaleX), y: start(part.y, scaleY) };
    const to = {
      x: Math.min(own.width, end(part.x + part.width, scaleX)),
      y: Math.min(own.height, end(part.y + part.height, scaleY)),
    };
    const plane = await readPlane(array, this.#axes, this.#indexAt(array, index, level), from, to, signal);
    signal.throwIfAborted();
    this.#chunks = new Map([...array.versions].slice(0, 4));
    const known =
      plane.absent && this.#source.byLog !== null ? await this.#readByLog(index, level, region, signal) : null;
    if (known) return known;
    const trusted = this.#source.logged && !plane.absent;
    const gaps = plane.gaps
      .filter(({ kind }) => kind === "damaged" || !trusted)
      .map(({ kind, x, y, width, height, chunk, why }): Gap => {
        const corner = { x: (from.x + x) * scaleX, y: (from.y + y) * scaleY };
        return { kind, chunk, why, region: { ...corner, width: width * scaleX, height: height * scaleY } };
      });
    const empty = plane.width > 0 && gaps.length === 1 && isAll(plane.gaps[0], plane);
    const nothing = empty && gaps[0]?.kind === "fill" ? await this.#whatThereIs(array, plane.sample, signal) : null;
    const [x, y] = [from.x * scaleX, from.y * scaleY];
    // A size that was rounded down leaves out a part of a px at the end: the last one stands for it too.
    const wide = to.x === own.width && to.x * scaleX < full.width ? 1 : 0;
    const high = to.y === own.height && to.y * scaleY < full.height ? 1 : 0;
    return {
      ...padded(plane, this.description.dtype, wide, high),
      scale: own.scale,
      region: {
        x,
        y,
        width: Math.min(full.width, (to.x + wide) * scaleX) - x,
        height: Math.min(full.height, (to.y + high) * scaleY) - y,
      },
      gaps: gaps.map((gap) => atEdge(gap, to, own, wide, high)),
      depth: this.#depth(array, level),
      nothing,
    };
  }

  /** Whether somebody has written this dataset anew since it was read. */
  async changed(signal: AbortSignal): Promise<boolean> {
    if (this.#source.live) return false;
    const known = [...this.#documents, ...this.#chunks].filter(([, version]) => version !== null);
    const now = await Promise.all(known.map(([key]) => this.#store.version(key, signal)));
    return known.some(([, version], at) => version !== now[at]);
  }

  /** Frames whose pixels are all fill leave no file; one that was removed looks the same. The log knows. Null: it does not. */
  async #readByLog(
    index: number[],
    level: number,
    region: Rectangle | null,
    signal: AbortSignal,
  ): Promise<StoredPlane | null> {
    const at = this.#source.byLog ?? this.#source.at;
    const source: StoreSource = { ...this.#source, at, live: true, format: "zarr3", byLog: null };
    this.#byLog ??= ImageStore.open(source, this.#openStore, this.description.store, new AbortController().signal);
    try {
      return await (await this.#byLog).plane(index, level, region, signal);
    } catch {
      signal.throwIfAborted();
      // It may answer another time.
      this.#byLog = null;
      return null;
    }
  }

  get #rest(): number[] {
    const { x, y } = this.#axes;
    return (this.#arrays[0]?.metadata.shape ?? []).map((_, axis) => axis).filter((axis) => axis !== x && axis !== y);
  }

  /** Levels may be reduced along z and others too. A store that grows has more by now than when it was opened. */
  #indexAt(array: ZarrArray, index: number[], level: number): number[] {
    const at = new Array<number>(array.metadata.shape.length).fill(0);
    this.#rest.forEach((axis, which) => {
      const factor = this.description.levels[level]?.factors[axis] ?? 1;
      const wanted = index[which] ?? 0;
      const own = factor === 1 ? wanted : Math.floor((wanted + 0.5) / factor);
      at[axis] = this.#source.live ? own : Math.max(0, Math.min((array.metadata.shape[axis] as number) - 1, own));
    });
    return at;
  }

  #depth(array: ZarrArray, level: number): StoredPlane["depth"] {
    return this.#rest.flatMap((axis, which) => {
      const scale = this.description.levels[level]?.factors[axis] ?? 1;
      return scale === 1 ? [] : [{ axis: this.description.axes[which]?.name ?? "", scale }];
    });
  }

  /** Words for a plane of which no chunk is there. */
  async #whatThereIs(array: ZarrArray, sample: number[], signal: AbortSignal): Promise<string> {
    const { shape, chunk, key } = array.metadata;
    const counts = shape.map((size, axis) => Math.max(1, Math.ceil(size / (chunk.shape[axis] as number))));
    const total = counts.reduce((product, count) => product * count, 1);
    const samples = Math.min(SAMPLES, total);
    const spread = Array.from({ length: samples }, (_, at) => {
      let left = Math.floor((at * (total - 1)) / Math.max(1, samples - 1));
      return counts.toReversed().map((count) => {
        const own = left % count;
        left = Math.floor(left / count);
        return own;
      });
    }).map((one) => one.reverse());
    const there = await Promise.all(spread.map((one) => array.exists(one, signal)));
    if (there.some((one) => one)) return "No chunk of this plane is stored.";
    const misplaced = await array.misplaced(sample, signal);
    const other = misplaced === null ? "" : `; but one lies at ${misplaced}: the files have another separator`;
    const most = total > samples ? `none of ${samples} chunks that were looked for is there` : "no chunk is there";
    return `Nothing of this dataset is found: by its metadata a chunk lies at ${key(sample)}, and ${most}${other}.`;
  }
}

// A region that was cut at whole px must not take in one more because of how a fraction is rounded.
const start = (px: number, scale: number) => Math.max(0, Math.floor(px / scale + 1e-9));
const end = (px: number, scale: number) => Math.ceil(px / scale - 1e-9);

function isAll(
  gap: { x: number; y: number; width: number; height: number } | undefined,
  plane: { width: number; height: number },
): boolean {
  return gap !== undefined && gap.width === plane.width && gap.height === plane.height;
}
