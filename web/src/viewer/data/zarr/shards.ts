import { MOST_INDEX_BYTES, gigabytes } from "./bounds.ts";
import { decodeAll } from "./codecs.ts";
import { valuesOf } from "./data-type.ts";
import { DamageError, NotShownError } from "./errors.ts";
import type { ArrayMetadata, ShardLayout } from "./metadata.ts";
import type { Store } from "./store.ts";

/** Indexes of shards that are kept. */
const MOST_INDEXES = 256;
const NOTHING = 0xffff_ffff_ffff_ffffn;

/** Where a chunk lies in its shard, bytes; null: it holds nothing but fill. */
export type Place = { offset: number; length: number } | null;

interface Index {
  entries: BigUint64Array;
  total: number | null;
  version: string | null;
}

/** The indexes of an array's shards. */
export class ShardIndexes {
  readonly #store: Store;
  readonly #layout: ShardLayout;
  readonly #known = new Map<string, Promise<Index | null>>();
  /** How many are kept. */
  readonly #most: number;

  constructor(store: Store, layout: ShardLayout) {
    this.#store = store;
    this.#layout = layout;
    const bytes = indexBytes(layout);
    if (bytes > MOST_INDEX_BYTES) {
      throw new NotShownError(`The index of a shard takes ${gigabytes(bytes)}, which is more than this page reads.`);
    }
    this.#most = Math.max(1, Math.min(MOST_INDEXES, Math.floor(MOST_INDEX_BYTES / bytes)));
  }

  /** Null: there is no such shard. Throws `DamageError`. */
  async of(key: string, signal: AbortSignal): Promise<Index | null> {
    const kept = this.#known.get(key);
    if (kept) {
      this.#known.delete(key);
      this.#known.set(key, kept);
      try {
        return await kept;
      } catch (error) {
        // Aborted by whoever asked first.
        if (error instanceof DamageError || signal.aborted) throw error;
      }
    }
    const reading = this.#read(key, signal);
    this.#known.set(key, reading);
    // What failed, or is not there yet, is asked for again.
    reading.then(
      (index) => index === null && this.#known.delete(key),
      () => this.#known.delete(key),
    );
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value as string);
    return reading;
  }
  /** The shard was replaced. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** @param within coordinates of the chunk in its shard */
  place({ entries, total }: Index, within: number[]): Place {
    const at = within.reduce((sum, one, axis) => sum * (this.#layout.chunks[axis] as number) + one, 0);
    const [offset = NOTHING, length = NOTHING] = entries.subarray(2 * at, 2 * at + 2);
    if (offset === NOTHING && length === NOTHING) return null;
    const end = offset + length;
    if (length === 0n || end > BigInt(total ?? Number.MAX_SAFE_INTEGER)) {
      throw new DamageError("its shard's index points to bytes that are not there");
    }
    return { offset: Number(offset), length: Number(length) };
  }

  async #read(key: string, signal: AbortSignal): Promise<Index | null> {
    const { indexCodecs, indexAtStart, indexBigEndian } = this.#layout;
    const plain = indexBytes(this.#layout);
    const size = indexCodecs.reduce((bytes, codec) => codec.encodedSize(bytes) ?? bytes, plain);
    const found = await this.#store.get(key, indexAtStart ? { offset: 0, length: size } : { last: size }, signal);
    if (found === null) return null;
    if (found.bytes.length !== size) throw new DamageError("its shard is shorter than the index of one");
    const bytes = await decodeAll(found.bytes, indexCodecs, plain).catch((error: unknown) => {
      if (error instanceof DamageError) throw new DamageError(`of its shard's index ${error.message}`);
      throw error;
    });
    const entries = valuesOf(bytes, "uint64", indexBigEndian) as BigUint64Array;
    return { entries, total: found.total, version: found.version };
  }
}

/** Two numbers of eight bytes for each chunk. */
function indexBytes({ chunks }: ShardLayout): number {
  return chunks.reduce((product, count) => product * count, 16);
}

/** Of a chunk: its shard, and where it is in there. */
export function shardOf({ shard }: ArrayMetadata, coordinates: number[]): { shard: number[]; within: number[] } {
  const counts = shard?.chunks ?? coordinates.map(() => 1);
  return {
    shard: coordinates.map((one, axis) => Math.floor(one / (counts[axis] as number))),
    within: coordinates.map((one, axis) => one % (counts[axis] as number)),
  };
}
