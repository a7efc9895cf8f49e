import type { Core } from "./core.ts";
import { CoreError } from "./core.ts";
import { isQuotaError } from "./files.ts";
import type { FileTree } from "./file-tree.ts";

/** What has to be done before more can be written. */
type Step =
  { open: { path: string; create: boolean } } | { move: { from: string; to: string } } | { remove: { path: string } };

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === "NotFoundError";

/** Datasets in a tree of files. What the core writes leaves by `drain`, in order. */
export class Store {
  readonly core: Core;
  readonly number: number;
  readonly #tree: FileTree;

  private constructor(core: Core, tree: FileTree, number: number) {
    this.core = core;
    this.#tree = tree;
    this.number = number;
  }

  /** `folder`: whose files are known. Whoever writes there must be alone. */
  static async open(core: Core, tree: FileTree, folder: string): Promise<Store> {
    const listing = await tree.list(folder);
    const { store } = core.ask<{ store: number }>(listing, (...text) => core.exports.store_open(...text));
    return new Store(core, tree, store);
  }

  /** Lets all that was written leave. Throws where it cannot: then the rest is lost, and nothing more is written. */
  async drain(): Promise<void> {
    for (;;) {
      const step = this.core.read<Step | false>(this.core.exports.store_next_step(this.number));
      if (!step) return;
      await this.#carryOut(step);
    }
  }

  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  async recover(path: string): Promise<unknown> {
    const { exports } = this.core;
    const needed = await this.againWhenOpen(() =>
      this.core.withText(path, (...text) =>
        this.core.read<boolean>(exports.store_needs_recovery(this.number, ...text)),
      ),
    );
    if (!needed) return null;
    const recovery = await this.againWhenOpen(() =>
      this.core.withText(path, (...text) => this.core.read<unknown>(exports.store_recover(this.number, ...text))),
    );
    exports.store_let_go(this.number);
    await this.drain();
    return recovery;
  }

  close(): void {
    this.core.exports.store_close(this.number);
  }

  /** The core reads at once; where it meets a file that is not open, that is opened and it begins anew. */
  async againWhenOpen<T>(ask: () => T): Promise<T> {
    for (;;) {
      try {
        const answer = ask();
        await this.drain();
        return answer;
      } catch (error) {
        if (!(error instanceof CoreError) || error.code !== "not_open_yet") throw error;
        await this.drain();
      }
    }
  }

  async #carryOut(step: Step): Promise<void> {
    const { exports } = this.core;
    const path = "open" in step ? step.open.path : "move" in step ? step.move.to : step.remove.path;
    try {
      if ("open" in step) {
        const file = await this.#tree.open(path, step.open.create);
        exports.store_opened(this.number, this.core.files.add(file));
      } else {
        if ("move" in step) await this.#tree.move(step.move.from, path);
        else await this.#tree.remove(path);
        exports.store_done(this.number);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const failure = { path, message, quota: isQuotaError(error), missing: isMissing(error) };
      this.core.withText(JSON.stringify(failure), (...text) => {
        exports.store_refused(this.number, ...text);
      });
    }
  }
}
