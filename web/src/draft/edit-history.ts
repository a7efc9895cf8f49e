import type { Change } from "../configuration/path.ts";

interface Entry {
  label: string;
  changes: Change[];
}

/** Older edits than so many are no longer undone. */
const MOST_ENTRIES = 200;

/** What undo and redo go back and forth through: the edits of this page, each with what it changed. */
export class EditHistory {
  #undo: Entry[] = [];
  #redo: Entry[] = [];

  /** The label of the edit that undo takes back; null: there is none. */
  get canUndo(): string | null {
    return this.#undo.at(-1)?.label ?? null;
  }
  get canRedo(): string | null {
    return this.#redo.at(-1)?.label ?? null;
  }

  /** @param joined the changes follow from the edit before, and go with it when that one is undone */
  add(label: string, changes: Change[], joined: boolean): void {
    const before = joined ? this.#undo.pop() : undefined;
    this.#undo.push(before ? { ...before, changes: [...before.changes, ...changes] } : { label, changes });
    if (this.#undo.length > MOST_ENTRIES) this.#undo.shift();
    this.#redo = [];
  }

  /** @returns what takes the newest edit back; null: there is none */
  undo(): { path: string; to: unknown }[] | null {
    const entry = this.#undo.pop();
    if (!entry) return null;
    this.#redo.push(entry);
    return entry.changes.map(({ path, from }) => ({ path, to: from })).reverse();
  }

  /** @returns what makes the edit again that was undone last; null: there is none */
  redo(): { path: string; to: unknown }[] | null {
    const entry = this.#redo.pop();
    if (!entry) return null;
    this.#undo.push(entry);
    return entry.changes;
  }
}
