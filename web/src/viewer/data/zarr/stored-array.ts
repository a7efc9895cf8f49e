import type { StoredArray } from "../../core/stored-value.ts";
import { MOST_CHUNK_BYTES, gigabytes } from "./bounds.ts";
import { decodeAll, mostEncodedBytes } from "./codecs.ts";
import { bytesOf, valuesOf } from "./data-type.ts";
import { DamageError, NotShownError } from "./errors.ts";
import type { ArrayMetadata } from "./metadata.ts";
import { ShardIndexes, shardOf } from "./shards.ts";
import { type Found, type Store, joinKey } from "./store.ts";

/** A chunk as it is found: its values, in memory by `stride`; or none, because nobody wrote it, or it is damaged. */
export type Chunk =
  | { standing: "stored"; values: StoredArray; stride: number[] }
  | { standing: "fill"; /** There is no file for it at all. */ absent: boolean }
  | { standing: "damaged"; why: string };

/** Ranges of a shard with less than this between them are fetched as one, bytes. */
const GAP = 32 << 10;
/** Requests of one reading at the same time: a browser lets through six, and must be able to drop the rest. */
const PARALLEL = 16;

/** A Zarr array. It throws no damage: it tells of each chunk what became of it. */
export class ZarrArray {
  readonly metadata: ArrayMetadata;
  readonly path: string;
  readonly #store: Store;
  readonly #indexes: ShardIndexes | null;
  readonly #stride: number[];
  readonly #bytes: number;
  readonly #mostEncoded: number;
  /** Which states of files the last reading met: what was read is of these. */
  versions = new Map<string, string | null>();

  constructor(store: Store, path: string, metadata: ArrayMetadata) {
    this.#store = store;
    this.path = path;
    this.metadata = metadata;
    this.#indexes = metadata.shard && new ShardIndexes(store, metadata.shard);
    const { shape, order, type } = metadata.chunk;
    this.#stride = strides(shape, order);
    this.#bytes = shape.reduce((product, size) => product * size, bytesOf(type));
    if (this.#bytes > MOST_CHUNK_BYTES) {
      throw new NotShownError(`Its chunks take ${gigabytes(this.#bytes)} each, which is more than this page reads.`);
    }
    this.#mostEncoded = mostEncodedBytes(metadata.chunk.codecs, this.#bytes);
  }

  /** Of a decoded chunk. */
  get chunkBytes(): number {
    return this.#bytes;
  }

  /** Chunks by their coordinates, in the order asked for. */
  async chunks(coordinates: number[][], signal: AbortSignal): Promise<Chunk[]> {
    this.versions = new Map();
    const found = new Array<Chunk>(coordinates.length);
    const byFile = new Map<string, { at: number; within: number[] }[]>();
    coordinates.forEach((one, at) => {
      const { shard, within } = shardOf(this.metadata, one);
      const key = this.#key(this.metadata.key(shard));
      byFile.set(key, [...(byFile.get(key) ?? []), { at, within }]);
    });
    await each([...byFile], async ([key, wanted]) => {
      signal.throwIfAborted();
      const made = this.#indexes
        ? await this.#ofShard(key, wanted, this.#indexes, signal)
        : [await this.#ofFile(key, signal)];
      wanted.forEach(({ at }, which) => (found[at] = made[which] as Chunk));
    });
    return found;
  }

  /** Whether there is a file where another separator would put this chunk. @returns its key */
  async misplaced(coordinates: number[], signal: AbortSignal): Promise<string | null> {
    const { shard } = shardOf(this.metadata, coordinates);
    const { otherKey, key } = this.metadata;
    if (otherKey(shard) === key(shard)) return null;
    return (await this.#store.version(this.#key(otherKey(shard)), signal)) === null ? null : otherKey(shard);
  }
  /** Whether the file is there that this chunk is in. */
  async exists(coordinates: number[], signal: AbortSignal): Promise<boolean> {
    const { shard } = shardOf(this.metadata, coordinates);
    return (await this.#store.version(this.#key(this.metadata.key(shard)), signal)) !== null;
  }

  #key(chunk: string): string {
    return joinKey(this.path, chunk) ?? chunk;
  }

  async #ofFile(key: string, signal: AbortSignal): Promise<Chunk> {
    let file: Found | null;
    try {
      file = await this.#store.get(key, null, signal, this.#mostEncoded);
    } catch (error) {
      if (error instanceof DamageError) return { standing: "damaged", why: error.message };
      throw error;
    }
    if (file === null) return { standing: "fill", absent: true };
    this.versions.set(key, file.version);
    return this.#decode(file.bytes);
  }

  async #ofShard(
    key: string,
    wanted: { within: number[] }[],
    indexes: ShardIndexes,
    signal: AbortSignal,
    again = true,
  ): Promise<Chunk[]> {
    let index;
    try {
      index = await indexes.of(key, signal);
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      return wanted.map(() => ({ standing: "damaged", why: error.message }));
    }
    if (index === null) return wanted.map(() => ({ standing: "fill", absent: true }));
    this.versions.set(key, index.version);
    const made = new Array<Chunk>(wanted.length);
    const places: { at: number; offset: number; length: number }[] = [];
    wanted.forEach(({ within }, at) => {
      try {
        const place = indexes.place(index, within);
        if (place && place.length > this.#mostEncoded)
          made[at] = { standing: "damaged", why: "its shard's index makes it longer than it can be" };
        else if (place) places.push({ at, ...place });
        else made[at] = { standing: "fill", absent: false };
      } catch (error) {
        if (!(error instanceof DamageError)) throw error;
        made[at] = { standing: "damaged", why: error.message };
      }
    });
    let replaced = false;
    await each(together(places), async ({ offset, length, parts }) => {
      const file = await this.#store.get(key, { offset, length }, signal);
      if (file === null || file.version !== index.version) replaced = true;
      for (const part of parts) {
        const bytes = file?.bytes.subarray(part.offset - offset, part.offset - offset + part.length);
        made[part.at] =
          bytes?.length === part.length
            ? await this.#decode(bytes)
            : { standing: "damaged", why: "its shard ends before it does" };
      }
    });
    if (!replaced || !again) return made;
    // The shard is another one since its index was read.
    indexes.forget(key);
    return this.#ofShard(key, wanted, indexes, signal, false);
  }

  async #decode(bytes: Uint8Array): Promise<Chunk> {
    const { codecs, type, bigEndian } = this.metadata.chunk;
    try {
      const values = valuesOf(await decodeAll(bytes, codecs, this.#bytes), type, bigEndian);
      return { standing: "stored", values, stride: this.#stride };
    } catch (error) {
      if (error instanceof DamageError) return { standing: "damaged", why: error.message };
      throw error;
    }
  }
}

/** Ranges, those that nearly touch as one. */
function together<T extends { offset: number; length: number }>(
  places: T[],
): { offset: number; length: number; parts: T[] }[] {
  const groups: { offset: number; length: number; parts: T[] }[] = [];
  for (const part of places.toSorted((a, b) => a.offset - b.offset)) {
    const last = groups.at(-1);
    if (last && part.offset <= last.offset + last.length + GAP) {
      last.length = Math.max(last.length, part.offset + part.length - last.offset);
      last.parts.push(part);
    } else groups.push({ offset: part.offset, length: part.length, parts: [part] });
  }
  return groups;
}

async function each<T>(list: T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < list.length; at = next++) await work(list[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, list.length) }, worker));
}

/** @param order the axes in memory, slowest first */
export function strides(shape: number[], order: number[]): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (const axis of order.toReversed()) {
    stride[axis] = step;
    step *= shape[axis] as number;
  }
  return stride;
}
