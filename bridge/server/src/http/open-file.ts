import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

// NOFOLLOW: a symlink that was put there after the path was resolved. NONBLOCK: a named pipe must not hang us.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** To read more bytes at once is no faster. */
const MOST_READ_BYTES = 1 << 20;

export interface FileFacts {
  size: number;
  /** A weak entity tag: a chunk that is filled in place changes within one tick of the file system's clock. */
  etag: string;
}

/** How many files may stay open between two slices. */
export class OpenFileBudget {
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }
  tryTake(): boolean {
    if (this.#count >= this.#most) return false;
    this.#count += 1;
    return true;
  }
  giveBack(): void {
    this.#count -= 1;
  }
}

/**
 * A regular file that is read in slices. It stays open between them where there is room; beyond that it is opened for
 * each, and must be the same file then.
 */
export class OpenFile {
  readonly facts: FileFacts;
  readonly #path: string;
  readonly #identity: string;
  readonly #budget: OpenFileBudget;
  #handle: FileHandle | null;

  private constructor(
    path: string,
    budget: OpenFileBudget,
    handle: FileHandle | null,
    identity: string,
    facts: FileFacts,
  ) {
    this.#path = path;
    this.#budget = budget;
    this.#handle = handle;
    this.#identity = identity;
    this.facts = facts;
  }

  /** @param path free of symlinks. @returns null where there is no regular file. Close it. */
  static async open(path: string, budget: OpenFileBudget): Promise<OpenFile | null> {
    let handle: FileHandle;
    try {
      handle = await open(path, FLAGS);
    } catch (error) {
      if (isOutOfHandles(error)) throw error;
      return null;
    }
    let stays = false;
    try {
      const stat = await handle.stat({ bigint: true });
      if (!stat.isFile()) return null;
      stays = budget.tryTake();
      const facts = { size: Number(stat.size), etag: etagOf(stat) };
      return new OpenFile(path, budget, stays ? handle : null, `${stat.dev}:${stat.ino}`, facts);
    } finally {
      if (!stays) await handle.close();
    }
  }

  /** The first bytes of `start` to `end`; none where the file has become shorter. Throws where another file stands there now. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (this.#handle) return readFrom(this.#handle, start, end);
    const handle = await open(this.#path, FLAGS);
    try {
      const { dev, ino } = await handle.stat({ bigint: true });
      if (`${dev}:${ino}` !== this.#identity) throw new Error("The file was replaced.");
      return await readFrom(handle, start, end);
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    this.#handle = null;
    this.#budget.giveBack();
    await handle.close();
  }
}

export function etagOf({ size, mtimeNs, ino }: Pick<BigIntStats, "size" | "mtimeNs" | "ino">): string {
  return `W/"${[size, mtimeNs, ino].map((part) => part.toString(16)).join("-")}"`;
}

async function readFrom(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const length = Math.min(end - start, MOST_READ_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}

function isOutOfHandles(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE";
}
