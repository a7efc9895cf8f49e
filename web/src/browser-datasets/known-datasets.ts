import type { DatasetInfo } from "@zarrcam/protocol";

import { type Core } from "../recorder/core.ts";
import { StoredDataset } from "../recorder/dataset.ts";
import { Store } from "../recorder/store.ts";
import { lockName } from "../recorder/with-store.ts";
import { ownFiles } from "./find-datasets.ts";
import type { ReadTree } from "./read-tree.ts";

interface Known {
  signature: string;
  info: DatasetInfo;
}
/** What a dataset's files take together, and how long it took to find out. */
interface Measured {
  signature: string;
  bytes: number;
  atMs: number;
  tookMs: number;
}

/** What grows is measured again only after so many times the time that it took. */
const REST = 30;

/** What is known of datasets, asked of the core again only where their files have changed. */
export class KnownDatasets {
  readonly #core: Core;
  readonly #tree: ReadTree;
  readonly #known = new Map<string, Known>();
  readonly #measured = new Map<string, Measured>();

  constructor(core: Core, tree: ReadTree) {
    this.#core = core;
    this.#tree = tree;
  }

  async info(name: string): Promise<DatasetInfo> {
    const isWritten = await isBeingWritten(name);
    const { files, signature } = await ownFiles(this.#tree, name);
    const now = `${isWritten}\n${signature}`;
    const known = this.#known.get(name);
    if (known?.signature === now) return known.info;
    const bytes = await this.#bytes(name, now);
    const listing = files.map(({ path, bytes: size }): [string, number] => [path, size]);
    const info = await this.#ask<DatasetInfo>(name, listing, isWritten, { info: { bytes } });
    // What went on meanwhile is asked for again.
    if (!isWritten) this.#known.set(name, { signature: now, info });
    return info;
  }

  /** `{losses: …}` or `{settings: {}}`. */
  async ask<T>(name: string, question: object): Promise<T> {
    const { files } = await ownFiles(this.#tree, name);
    const listing = files.map(({ path, bytes }): [string, number] => [path, bytes]);
    return this.#ask<T>(name, listing, await isBeingWritten(name), question);
  }

  async #ask<T>(name: string, listing: [string, number][], isWritten: boolean, question: object): Promise<T> {
    const store = Store.of(this.#core, this.#tree, listing);
    try {
      const dataset = await StoredDataset.open(store, `/${name}`, isWritten);
      try {
        return await dataset.ask<T>(question);
      } finally {
        dataset.close();
      }
    } finally {
      store.close();
    }
  }

  async #bytes(name: string, signature: string): Promise<number> {
    const known = this.#measured.get(name);
    const now = performance.now();
    if (known && (known.signature === signature || now - known.atMs < known.tookMs * REST)) return known.bytes;
    const files = await this.#tree.facts(name, true);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#measured.set(name, { signature, bytes, atMs: now, tookMs: performance.now() - now });
    return bytes;
  }
}

/** Whether a tab or worker of this origin has the right to write it now. */
export async function isBeingWritten(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === lockName(`/${name}`));
}
