import type { Configuration, Meaning, Plan, Problem, Validation } from "@zarrcam/protocol";
import { applyChanges, contains, diff, getAt, overlaps, same, type Change } from "../configuration/path.ts";

/** The bridge as the draft needs it. `apply` rejects with `code` "stale_revision" or "invalid_configuration". */
export interface DraftPort {
  fetch(): Promise<Applied>;
  validate(configuration: Configuration): Promise<Validation>;
  apply(configuration: Configuration, revision: number): Promise<Applied>;
}

export interface Applied {
  configuration: Configuration;
  revision: number;
}

/** A field that somebody else changed while an edit of ours was not applied yet. Ours stays in the field. */
export interface Conflict {
  path: string;
  was: unknown;
  mine: unknown;
  theirs: unknown;
}

/** What stands in a field but is no value: "12 px px". */
export interface UnreadableText {
  text: string;
  message: string;
}

interface UndoEntry {
  label: string;
  changes: Change[];
}

const EMPTY: Configuration = { video: [] };
const UNDO_LIMIT = 200;
/** A write on an old revision is tried again on the new one this often before the page asks for a moment's quiet. */
const STALE_RETRIES = 5;

/**
 * The one draft of the configuration. `applied` is what the bridge has; `working` is that with all edits of this page.
 * Valid edits are applied at once; the others stay in `working`, with their problems, until they are mended or undone.
 */
export class DraftCore {
  applied: Configuration = EMPTY;
  working: Configuration = EMPTY;
  revision = -1;
  problems: Problem[] = [];
  plans: (Plan | null)[] = [];
  /** What each stream's settings mean, by the core. */
  meanings: (Meaning | null)[] = [];
  /** Free now where each stream would write. */
  diskFreeBytes: (number | null)[] = [];
  conflicts: Conflict[] = [];
  texts = new Map<string, UnreadableText>();
  /** Validation or a write is under way. */
  busy = false;
  /** Why the last write failed, other than by problems with a path. */
  failure: string | null = null;

  readonly #port: DraftPort;
  readonly #changed: () => void;
  readonly #notice: (message: string) => void;
  readonly #describe: (path: string, value: unknown) => string;
  #undo: UndoEntry[] = [];
  #redo: UndoEntry[] = [];
  #dirty = false;
  #settling: Promise<void> | null = null;
  #lastEdit: Change[] = [];
  #remote: { applied: Applied; by: string } | null = null;

  constructor(
    port: DraftPort,
    options: {
      changed?: () => void;
      /** What somebody else changed, in words. */
      notice?: (message: string) => void;
      describe?: (path: string, value: unknown) => string;
    } = {},
  ) {
    this.#port = port;
    this.#changed = options.changed ?? (() => undefined);
    this.#notice = options.notice ?? (() => undefined);
    this.#describe = options.describe ?? ((path, value) => `${path} = ${JSON.stringify(value)}`);
  }

  get canUndo(): string | null {
    return this.#undo.at(-1)?.label ?? null;
  }

  get canRedo(): string | null {
    return this.#redo.at(-1)?.label ?? null;
  }

  /** Edits of this page that the bridge does not have. */
  get pending(): Change[] {
    return diff(this.applied, this.working);
  }

  get settled(): boolean {
    return !this.busy && this.texts.size === 0 && this.conflicts.length === 0 && same(this.applied, this.working);
  }

  /** The first configuration, and what stands after a reconnection. Edits not applied are kept. */
  adopt(applied: Applied): void {
    if (this.revision < 0) {
      this.applied = applied.configuration;
      this.working = applied.configuration;
      this.revision = applied.revision;
      this.#dirty = true;
      this.#settle();
      return;
    }
    this.#rebase(applied, "the camera computer");
    this.#dirty = true;
    this.#settle();
  }

  /** A `configuration` notification: somebody wrote, perhaps this page itself. */
  remoteChange(applied: Applied, by: string): void {
    if (applied.revision <= this.revision) return;
    if (this.busy) {
      this.#remote = { applied, by };
      return;
    }
    this.#rebase(applied, by);
    this.#dirty = true;
    this.#settle();
  }

  /**
   * One edit; several fields that belong together are one edit and one step of undo.
   * @param joined it follows from the edit before, and goes with it when that one is undone
   */
  edit(label: string, changes: readonly { path: string; value: unknown }[], { joined = false } = {}): void {
    const before = this.working;
    const after = applyChanges(
      before,
      changes.map(({ path, value }) => ({ path, to: value })),
    );
    for (const { path } of changes) this.texts.delete(path);
    this.conflicts = this.conflicts.filter((conflict) => !changes.some(({ path }) => overlaps(path, conflict.path)));
    this.#commit(label, before, after, joined);
  }

  /** The whole document: an import, an example, a preset. */
  replace(label: string, document: Configuration): void {
    this.texts.clear();
    this.conflicts = [];
    this.#commit(label, this.working, document);
  }

  /** Keeps in its field what could not be read as a value. */
  setText(path: string, text: string, message: string): void {
    this.texts.set(path, { text, message });
    this.#changed();
  }

  clearText(path: string): void {
    if (this.texts.delete(path)) this.#changed();
  }

  undo(): void {
    const entry = this.#undo.pop();
    if (!entry) return;
    this.#redo.push(entry);
    this.#step(entry.changes.map(({ path, from }) => ({ path, to: from })).reverse());
  }

  redo(): void {
    const entry = this.#redo.pop();
    if (!entry) return;
    this.#undo.push(entry);
    this.#step(entry.changes);
  }

  resolve(conflict: Conflict, keep: "mine" | "theirs"): void {
    this.conflicts = this.conflicts.filter((other) => other !== conflict);
    if (keep === "theirs") this.working = applyChanges(this.working, [{ path: conflict.path, to: conflict.theirs }]);
    this.#dirty = true;
    this.#settle();
  }

  /** Takes back all that the bridge did not accept. */
  discardPending(): void {
    this.texts.clear();
    this.conflicts = [];
    this.replace("Discard what is not applied", this.applied);
  }

  /** Asks again: disk space and names change without an edit. */
  revalidate(): void {
    this.#dirty = true;
    this.#settle();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#settling) await this.#settling;
  }

  #commit(label: string, before: Configuration, after: Configuration, joined = false): void {
    const changes = diff(before, after);
    if (changes.length === 0) {
      this.#changed();
      return;
    }
    const first = joined ? this.#undo.pop() : undefined;
    this.#undo.push(first ? { ...first, changes: [...first.changes, ...changes] } : { label, changes });
    if (this.#undo.length > UNDO_LIMIT) this.#undo.shift();
    this.#redo = [];
    this.#step(changes);
  }

  #step(changes: { path: string; to: unknown }[]): void {
    const before = this.working;
    this.working = applyChanges(this.working, changes);
    this.#lastEdit = diff(before, this.working);
    this.#dirty = true;
    this.#settle();
  }

  #settle(): void {
    this.#changed();
    this.#settling ??= this.#run().finally(() => {
      this.#settling = null;
      this.busy = false;
      this.#changed();
      if (this.#dirty) this.#settle();
    });
  }

  async #run(): Promise<void> {
    let stale = 0;
    while (this.#dirty) {
      this.#dirty = false;
      this.busy = true;
      try {
        await this.#round();
        this.failure = null;
        stale = 0;
      } catch (error) {
        if (codeOf(error) === "stale_revision" && stale++ < STALE_RETRIES) {
          this.#rebase(await this.#port.fetch(), "another page");
          this.#dirty = true;
        } else {
          this.failure = error instanceof Error ? error.message : String(error);
        }
      }
      if (this.#remote && !this.#dirty) {
        const remote = this.#remote;
        this.#remote = null;
        if (remote.applied.revision > this.revision) {
          this.#rebase(remote.applied, remote.by);
          this.#dirty = true;
        }
      }
      this.#changed();
    }
  }

  async #round(): Promise<void> {
    const document = this.working;
    const verdict = await this.#port.validate(document);
    if (document !== this.working) {
      this.#dirty = true;
      return;
    }
    this.#judge(verdict);
    const { problems } = verdict;
    const errors = problems.filter(({ severity }) => severity === "error");
    const candidates: Configuration[] = [];
    if (errors.length === 0 && this.conflicts.length === 0) candidates.push(document);
    else {
      const held = this.conflicts.map(({ path }) => path);
      const valid = this.pending.filter(
        ({ path }) =>
          !errors.some((error) => overlaps(path, error.path)) && !held.some((other) => overlaps(path, other)),
      );
      candidates.push(applyChanges(this.applied, valid));
      const last = this.#lastEdit.filter(({ path }) => !held.some((other) => overlaps(path, other)));
      candidates.push(applyChanges(this.applied, last));
    }
    for (const candidate of candidates) {
      if (same(candidate, this.applied)) continue;
      if (candidate !== document) {
        const verdict = await this.#port.validate(candidate);
        if (verdict.problems.some(({ severity }) => severity === "error")) continue;
      }
      await this.#apply(candidate);
      return;
    }
  }

  async #apply(candidate: Configuration): Promise<void> {
    const applied = await this.#port.apply(candidate, this.revision);
    const later = diff(candidate, this.working);
    this.applied = applied.configuration;
    this.revision = applied.revision;
    this.working = applyChanges(applied.configuration, later);
    if (later.length > 0 && !this.#dirty) await this.#look();
  }

  /** What is left in the fields after a part was applied is judged on what stands now. */
  async #look(): Promise<void> {
    const document = this.working;
    const verdict = await this.#port.validate(document);
    if (document === this.working) this.#judge(verdict);
  }

  #judge({ problems, plans, disk_free_bytes, meanings }: Validation): void {
    this.problems = problems;
    this.plans = plans;
    this.diskFreeBytes = disk_free_bytes ?? [];
    this.meanings = meanings ?? [];
    this.#changed();
  }

  #rebase(theirs: Applied, by: string): void {
    const mine = diff(this.applied, this.working);
    const changes = diff(this.applied, theirs.configuration);
    for (const change of mine) {
      const against = changes.filter((other) => overlaps(other.path, change.path));
      if (against.length > 0 && !against.every((other) => other.path === change.path && same(other.to, change.to))) {
        this.#addConflict(change, against, theirs.configuration);
      }
    }
    this.applied = theirs.configuration;
    this.revision = theirs.revision;
    this.working = applyChanges(theirs.configuration, mine);
    const told = changes.filter(
      (change) => !mine.some((other) => same(other.to, change.to) && other.path === change.path),
    );
    if (told.length > 0) {
      const list = told.slice(0, 4).map(({ path, to }) => this.#describe(path, to));
      if (told.length > 4) list.push(`${told.length - 4} more`);
      this.#notice(`Changed by ${by}: ${list.join("; ")}`);
    }
  }

  #addConflict(change: Change, against: Change[], theirs: Configuration): void {
    // Where they changed a part of what we replaced (or the other way round), the choice is about the larger of both.
    const path = against.reduce((widest, other) => (contains(other.path, widest) ? other.path : widest), change.path);
    const read = (document: Configuration) => getAt(document, path);
    this.conflicts = [
      ...this.conflicts.filter((other) => other.path !== path),
      { path, was: read(this.applied), mine: read(this.working), theirs: read(theirs) },
    ];
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}
