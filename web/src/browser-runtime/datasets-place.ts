// Where the runs of this page keep their datasets: the browser's own storage, or memory in tests.
import type { Core } from "../recorder/core.ts";
import type { FileTree } from "../recorder/file-tree.ts";
import { OpfsTree } from "../recorder/opfs-tree.ts";
import { type BrowserShelf, browserRoom, browserShelf } from "../recorder/shelf.ts";
import { Store } from "../recorder/store.ts";

/** A dataset's store, with the right to write it. */
export interface OpenStore {
  readonly path: string;
  readonly store: Store;
  /** Something stands there, and goes with the first step of the store. */
  readonly replaces: boolean;
  /** All is written; another may write it now. */
  close(): Promise<void>;
  /** What was made is gone. */
  remove(): Promise<void>;
}

export interface DatasetsPlace {
  shelf(): Promise<BrowserShelf>;
  /** Null: nobody says. */
  freeBytes(): Promise<number | null>;
  /** Throws where somebody else writes it. */
  open(core: Core, path: string): Promise<OpenStore>;
}

/** The right to write a dataset, over all tabs of this origin; gone with the worker that has it. */
type Lock = (path: string) => Promise<() => void>;

async function webLock(path: string): Promise<() => void> {
  return new Promise((taken, refused) => {
    const held = navigator.locks.request(`zarrcam ${path}`, { ifAvailable: true }, (lock) => {
      if (!lock) throw new Error(`${path} is being written by another tab or window.`);
      return new Promise<void>((release) => taken(release));
    });
    held.catch((error: unknown) => refused(error instanceof Error ? error : new Error(String(error))));
  });
}

export class FilesPlace implements DatasetsPlace {
  readonly #tree: FileTree;
  readonly #lock: Lock;
  readonly shelf: () => Promise<BrowserShelf>;
  readonly freeBytes: () => Promise<number | null>;

  constructor(
    tree: FileTree,
    shelf: () => Promise<BrowserShelf>,
    lock: Lock,
    freeBytes = async () => (await shelf()).free_bytes,
  ) {
    this.#tree = tree;
    this.shelf = shelf;
    this.#lock = lock;
    this.freeBytes = freeBytes;
  }

  static async ofBrowser(): Promise<FilesPlace> {
    return new FilesPlace(await OpfsTree.open(), browserShelf, webLock, browserRoom);
  }

  async open(core: Core, path: string): Promise<OpenStore> {
    const release = await this.#lock(path);
    try {
      const files = await this.#tree.list(path);
      const store = Store.of(core, this.#tree, files);
      const close = async () => {
        await store.idle();
        store.close();
        release();
      };
      const remove = async () => {
        await store.idle();
        store.close();
        try {
          await this.#tree.remove(path);
        } finally {
          release();
        }
      };
      return { path, store, replaces: files.length > 0, close, remove };
    } catch (error) {
      release();
      throw error;
    }
  }
}
