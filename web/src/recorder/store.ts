import type { Recovery } from "@zarrcam/protocol";

import type { Core } from "./core.ts";
import { CoreError } from "./core.ts";
import { isQuotaError } from "./files.ts";
import type { FileTree } from "./file-tree.ts";

/** What has to be done before more can be written. */
type Step =
  | { open: { path: string; create: boolean } }
  | { move: { from: string; to: string } }
  | { remove: { path: string } }
  | { flush: Flush };

/** `behind`: nothing waits for it. */
interface Flush {
  file: number;
  path: string;
  behind: boolean;
}

/** To open one file that is to be read. */
const MOST_TRIES = 3;
/** More bytes than these do not wait for a file to open, or for the disk. */
const MOST_WAITING_BYTES = 32 << 20;
/** Files that are forced to the disk at a time, of those that nothing waits for: a layer, and its log. */
const MOST_FLUSHED = 3;

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
  /** Why the last file was not opened. */
  #refused = "";
  /** What is being forced to the disk while other steps are done. */
  readonly #flushing = new Map<string, Promise<void>>();
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

  /** Lets what was written leave, and waits for it only where much of it has to wait. What cannot leave says the next call. */
  async leave(): Promise<void> {
    const drained = this.drain();
    if (this.core.exports.store_waiting_bytes(this.number) > MOST_WAITING_BYTES) return drained;
    drained.catch(() => undefined);
  }

  /** All that was to be forced to the disk while other steps were done is there. */
  async flushed(): Promise<void> {
    while (this.#flushing.size > 0) await Promise.all(this.#flushing.values());
  }

  /** Nothing is being done any more, whatever became of it. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
    await this.flushed();
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
      await this.#carryOut(step);
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
    for (let missed = "", times = 0; ;) {
      try {
        return ask();
      } catch (error) {
        if (!(error instanceof CoreError) || error.code !== "not_open_yet") throw error;
        // The same file again and again: it does not open.
        times = error.message === missed ? times + 1 : 0;
        if (times === MOST_TRIES) throw new Error(this.#refused || error.message, { cause: error });
        missed = error.message;
        opening();
        await this.drain();
      }
    }
  }

  async #carryOut(step: Step): Promise<void> {
    const { exports } = this.core;
    const path = pathOf(step);
    try {
      if ("open" in step) {
        const file = await this.#tree.open(path, step.open.create);
        if (this.#closed) file.close();
        else exports.store_opened(this.number, this.core.files.add(file));
      } else if ("flush" in step) await this.#flush(step.flush);
      else {
        if ("move" in step) {
          await this.#flushedBelow(step.move.from);
          await this.#tree.move(step.move.from, path);
        } else {
          await this.#flushedBelow(path);
          await this.#tree.remove(path);
        }
        if (!this.#closed) exports.store_done(this.number);
      }
    } catch (error) {
      this.#refused = `${path}: ${messageOf(error)}`;
      this.#say(path, error, (...text) => exports.store_refused(this.number, ...text));
    }
  }

  async #flush({ file, path, behind }: Flush): Promise<void> {
    const { exports } = this.core;
    if (!behind) {
      const done = await this.#tree.flush(path);
      if (this.#closed) return;
      if (done) exports.store_done(this.number);
      else exports.store_flush_here(this.number, file, 0);
      return;
    }
    while (this.#flushing.has(path) || this.#flushing.size >= MOST_FLUSHED)
      await (this.#flushing.get(path) ?? Promise.race(this.#flushing.values()));
    const flushing = this.#tree
      .flush(path)
      .then(
        (done) => {
          if (!done && !this.#closed) exports.store_flush_here(this.number, file, 1);
        },
        (error: unknown) => this.#say(path, error, (...text) => exports.store_broken(this.number, ...text)),
      )
      .finally(() => this.#flushing.delete(path));
    this.#flushing.set(path, flushing);
  }

  /** What is forced to the disk is open. */
  async #flushedBelow(path: string): Promise<void> {
    const below = [...this.#flushing].filter(([one]) => one === path || one.startsWith(`${path}/`));
    await Promise.all(below.map(([, flushing]) => flushing));
  }

  #say(path: string, error: unknown, to: (refusal: number, bytes: number) => void): void {
    if (this.#closed) return;
    const failure = { path, message: messageOf(error), quota: isQuotaError(error), missing: isMissing(error) };
    this.core.withText(JSON.stringify(failure), to);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function pathOf(step: Step): string {
  if ("open" in step) return step.open.path;
  if ("move" in step) return step.move.to;
  return "flush" in step ? step.flush.path : step.remove.path;
}
