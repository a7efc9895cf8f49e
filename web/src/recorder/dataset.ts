import type { LiveFound, LiveRange } from "../live-port/live-port.ts";
import type { LiveSource } from "../live-port/live-server.ts";
import type { Store } from "./store.ts";

/** A dataset in a store that is looked at, closed or not, by the core. */
export class StoredDataset implements LiveSource {
  readonly runId: string;
  readonly #store: Store;
  readonly #dataset: number;

  private constructor(store: Store, dataset: number, runId: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.runId = runId;
  }

  /** @param isWritten somebody else has the right to write it. Throws a `CoreError` `not_a_dataset` where none of ours stands there. */
  static async open(store: Store, path: string, isWritten: boolean): Promise<StoredDataset> {
    const { core } = store;
    const opened = await store.look(() =>
      core.ask<{ dataset: number; run_id: string }>({ path, is_written: isWritten }, (...text) =>
        core.exports.dataset_open(store.number, ...text),
      ),
    );
    return new StoredDataset(store, opened.dataset, opened.run_id);
  }

  /** `{info: {bytes}}`, `{losses: {from, count}}`, `{settings: {}}`: see `native/wasm/src/dataset.rs`. */
  ask<T>(question: object): Promise<T> {
    const { core } = this.#store;
    return this.#store.look(() => core.ask<T>(question, (...text) => core.exports.dataset_ask(this.#dataset, ...text)));
  }

  get(key: string, range: LiveRange): Promise<LiveFound | null> {
    const { core } = this.#store;
    return this.#store.look(() => {
      const found = core.ask<{ total_bytes: number; etag: string; body?: { start: number; bytes: number } } | null>(
        { key, range },
        (...text) => core.exports.dataset_get(this.#dataset, ...text),
      );
      if (!found) return null;
      const { total_bytes: totalBytes, etag, body } = found;
      return { totalBytes, etag, bytes: body ? core.view(body).slice() : null };
    });
  }

  close(): void {
    this.#store.core.exports.dataset_close(this.#dataset);
  }
}
