import type { Recovery } from "@zarrcam/protocol";

import type { Core } from "./core.ts";
import { CoreError } from "./core.ts";
import { isQuotaError } from "./files.ts";
import type { FileTree } from "./file-tree.ts";

/** What has to be done before more can be written. */
type Step =
  { open: { path: string; create: boolean } } | { move: { from: string; to: string } } | { remove: { path: string } };

/** A file that is to be read is asked for so often without a step that opens it. */
const MOST_TRIES = 3;
/**
 * What is written while a file opens is copied, and lies cold when it leaves: that took a fifth of a recording's rate. So frames wait for
 * steps that are done soon, ms, as nearly all are.
 */
const PATIENCE_MS = 20;
/** Beyond that they are taken, up to so many bytes that wait. */
const MOST_WAITING_BYTES = 32 << 20;

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === "NotFoundError";

/** Datasets in a tree of files. What the core writes leaves by `drain`, in order. */
export class Store {
  readonly core: Core;
  readonly number: number;
  readonly #tree: FileTree;
  /** Steps are done in their order, whoever asks. */
  #draining: Promise<void> | null = null;
  /** Works that need what they have opened until they have it all. */
  #keeping = 0;
  /** A step takes its time. */
  #isBusy = false;
  /** Files that somebody waits for, to read them, and what their step came to: why it failed; empty: it was done; null: there was none. */
  readonly #wanted = new Map<string, string | null>();
  #closed = false;

  private constructor(core: Core, tree: FileTree, number: number) {
    this.core = core;
    this.#tree = tree;
    this.number = number;
  }

  /** `folder`: whose files are known. Whoever writes there must be alone. */
  static async open(core: Core, tree: FileTree, folder: string): Promise<Store> {
    return Store.of(core, tree, await tree.list(folder));
  }

  /** @param listing the files that are known, with their lengths in bytes */
  static of(core: Core, tree: FileTree, listing: readonly [path: string, bytes: number][]): Store {
    const { store } = core.ask<{ store: number }>(listing, (...text) => core.exports.store_open(...text));
    return new Store(core, tree, store);
  }

  /**
   * Lets what was written leave, and waits a little for it; until it is done only where much of it has to wait. What cannot leave says the
   * next call.
   */
  async leave(): Promise<void> {
    const isBehind = this.#draining !== null;
    const drained = this.drain();
    if (isBehind || this.#isBusy) await within(PATIENCE_MS, drained);
    if (this.core.exports.store_waiting_bytes(this.number) > MOST_WAITING_BYTES) return drained;
    drained.catch(() => undefined);
  }

  /** Nothing is being done any more, whatever became of it. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** Lets all that was written leave. Throws where it cannot: then the rest is lost, and nothing more is written. */
  drain(): Promise<void> {
    const drained = this.#draining ? this.#draining.then(() => this.#doSteps()) : this.#doSteps();
    const settled: Promise<void> = drained
      .catch(() => undefined)
      .then(() => {
        if (this.#draining === settled) this.#draining = null;
      });
    this.#draining = settled;
    return drained;
  }

  async #doSteps(): Promise<void> {
    while (!this.#closed) {
      const step = this.core.read<Step | false>(this.core.exports.store_next_step(this.number));
      if (!step) return;
      this.#isBusy = true;
      await this.#carryOut(step).finally(() => (this.#isBusy = false));
    }
  }

  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  async recover(path: string): Promise<Recovery | null> {
    const { exports } = this.core;
    if (!(await this.needsRecovery(path))) return null;
    const recovery = await this.againWhenOpen(() =>
      this.core.withText(path, (...text) => this.core.read<Recovery>(exports.store_recover(this.number, ...text))),
    );
    exports.store_let_go(this.number);
    await this.drain();
    return recovery;
  }

  /** Whether a dataset was left open. */
  needsRecovery(path: string): Promise<boolean> {
    const { exports } = this.core;
    return this.againWhenOpen(() =>
      this.core.withText(path, (...text) =>
        this.core.read<boolean>(exports.store_needs_recovery(this.number, ...text)),
      ),
    );
  }

  /** Nothing must be under way: `idle`. */
  close(): void {
    this.#closed = true;
    this.core.exports.store_close(this.number);
  }

  /** The core reads at once; where it meets a file that is not open, that is opened and it begins anew. */
  async againWhenOpen<T>(ask: () => T): Promise<T> {
    this.#keeping += 1;
    try {
      const answer = await this.#whenOpen(ask);
      await this.drain();
      return answer;
    } finally {
      this.#keeping -= 1;
    }
  }

  /** As `againWhenOpen`, of what only reads: what was opened for it is closed again. */
  async look<T>(ask: () => T): Promise<T> {
    let opened = false;
    try {
      return await this.#whenOpen(ask, () => (opened = true));
    } finally {
      if (opened && this.#keeping === 0) {
        this.core.exports.store_let_go(this.number);
        await this.drain();
      }
    }
  }

  async #whenOpen<T>(ask: () => T, opening: () => void = () => undefined): Promise<T> {
    for (let times = 0; ;) {
      try {
        return ask();
      } catch (error) {
        if (!(error instanceof CoreError) || error.code !== "not_open_yet" || this.#closed) throw error;
        const path = error.path ?? "";
        this.#wanted.set(path, null);
        opening();
        await this.drain();
        const refused = this.#wanted.get(path) ?? null;
        this.#wanted.delete(path);
        if (refused) throw new Error(refused, { cause: error });
        // One that was opened may have been replaced since: whoever writes was faster.
        times = refused === null ? times + 1 : 0;
        if (times === MOST_TRIES) throw error;
      }
    }
  }

  async #carryOut(step: Step): Promise<void> {
    const { exports } = this.core;
    const path = "open" in step ? step.open.path : "move" in step ? step.move.to : step.remove.path;
    try {
      if ("open" in step) {
        const file = await this.#tree.open(path, step.open.create);
        if (this.#closed) file.close();
        else exports.store_opened(this.number, this.core.files.add(file));
        this.#note(path, "");
      } else {
        if ("move" in step) await this.#tree.move(step.move.from, path);
        else await this.#tree.remove(path);
        if (!this.#closed) exports.store_done(this.number);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#note(path, `${path}: ${message}`);
      if (this.#closed) return;
      const failure = { path, message, quota: isQuotaError(error), missing: isMissing(error) };
      this.core.withText(JSON.stringify(failure), (...text) => exports.store_refused(this.number, ...text));
    }
  }

  #note(path: string, refused: string): void {
    if (this.#wanted.has(path)) this.#wanted.set(path, refused);
  }
}

/** Waits until it is done, however it ends, but no longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
