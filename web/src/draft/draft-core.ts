// Longer than the rest: one state machine, whose steps make no sense one without the other.
import type { Configuration, ResolvedSettings, Plan, Problem, Validation } from "@zarrcam/protocol";
import { applyChanges, diff, overlaps, same, type Change } from "../configuration/path.ts";
import { EditHistory } from "./edit-history.ts";
import { merge, type Conflict } from "./merge.ts";

/** The camera computer as the draft needs it. */
export interface DraftPort {
  fetch(): Promise<Applied>;
  validate(configuration: Configuration): Promise<Validation>;
  /**
   * Applies a document as a whole, or nothing of it.
   * Rejects with `code` "stale_revision" where somebody else was faster, "invalid_configuration" or "exists" where it cannot be in force.
   */
  apply(configuration: Configuration, revision: number): Promise<Applied & { validation: Validation }>;
}

export interface Applied {
  configuration: Configuration;
  revision: number;
}

/** What stands in a field but is no value: "12 px px". */
export interface UnreadableText {
  text: string;
  message: string;
}

export interface DraftOptions {
  /** Called whenever anything of the draft has changed. */
  changed?: () => void;
  /** Called with the core's validation of the document that stands in the fields. */
  validated?: (validation: Validation) => void;
  /** Called with a sentence about what somebody else changed. */
  notice?: (message: string) => void;
  describe?: (path: string, value: unknown) => string;
}

const EMPTY: Configuration = { video: [] };
/** A write on an old revision is tried again on the new one this often before the page asks for a moment's quiet. */
const STALE_RETRIES = 5;
/** Of what somebody else changed, so much is named. */
const MOST_NAMED = 4;

/**
 * The one draft of the configuration. `applied` is what the bridge has; `working` is that with all edits of this page.
 * What can be in force is applied at once, by one call; the rest stays in `working`, with its problems, until it is put right or undone.
 */
export class DraftCore {
  applied: Configuration = EMPTY;
  working: Configuration = EMPTY;
  revision = -1;
  problems: Problem[] = [];
  plans: (Plan | null)[] = [];
  /** What each stream's settings mean, by the core. */
  resolved: (ResolvedSettings | null)[] = [];
  /** Bytes free now where each stream would write. */
  diskFreeBytes: (number | null)[] = [];
  conflicts: Conflict[] = [];
  texts = new Map<string, UnreadableText>();
  /** Validation or a write is under way. */
  busy = false;
  /** Why the last write failed, other than by problems with a path. */
  failure: string | null = null;

  readonly #port: DraftPort;
  readonly #options: DraftOptions;
  readonly #history = new EditHistory();
  #dirty = false;
  #settling: Promise<void> | null = null;
  #lastEdit: Change[] = [];
  #remote: { applied: Applied; by: string } | null = null;

  constructor(port: DraftPort, options: DraftOptions = {}) {
    this.#port = port;
    this.#options = options;
  }

  get canUndo(): string | null {
    return this.#history.canUndo;
  }

  get canRedo(): string | null {
    return this.#history.canRedo;
  }

  /** Edits of this page that the bridge does not have. */
  get pending(): Change[] {
    return diff(this.applied, this.working);
  }

  /** Whether all that stands in the fields is in force. */
  get isInForce(): boolean {
    return !this.busy && this.texts.size === 0 && this.conflicts.length === 0 && same(this.applied, this.working);
  }

  /** Takes the first configuration, and the one after a reconnection. Edits that are not applied are kept. */
  adopt(applied: Applied): void {
    if (this.revision < 0) {
      this.applied = applied.configuration;
      this.working = applied.configuration;
      this.revision = applied.revision;
    } else this.#rebase(applied, "the camera computer");
    this.revalidate();
  }

  /** Takes a `configuration` notification: somebody wrote, perhaps this page itself. */
  remoteChange(applied: Applied, by: string): void {
    if (applied.revision <= this.revision) return;
    if (this.busy) {
      this.#remote = { applied, by };
      return;
    }
    this.#rebase(applied, by);
    this.revalidate();
  }

  /**
   * Makes one edit; several fields that belong together are one edit and one step of undo.
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

  /** Replaces the whole document, by an import, an example or a preset. */
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
    const changes = this.#history.undo();
    if (changes) this.#step(changes);
  }

  redo(): void {
    const changes = this.#history.redo();
    if (changes) this.#step(changes);
  }

  resolve(conflict: Conflict, keep: "mine" | "theirs"): void {
    this.conflicts = this.conflicts.filter((other) => other !== conflict);
    if (keep === "theirs") this.working = applyChanges(this.working, [{ path: conflict.path, to: conflict.theirs }]);
    this.revalidate();
  }

  /** Takes back all that the bridge did not accept. */
  discardPending(): void {
    this.replace("Discard unapplied changes", this.applied);
  }

  /** Asks again: disk space and names change without an edit. */
  revalidate(): void {
    this.#dirty = true;
    this.#settle();
  }

  /** Resolves when no validation or write is under way. */
  async idle(): Promise<void> {
    while (this.#settling) await this.#settling;
  }

  #changed(): void {
    this.#options.changed?.();
  }

  #commit(label: string, before: Configuration, after: Configuration, joined = false): void {
    const changes = diff(before, after);
    if (changes.length === 0) {
      this.#changed();
      return;
    }
    this.#history.add(label, changes, joined);
    this.#step(changes);
  }

  #step(changes: readonly { path: string; to: unknown }[]): void {
    const before = this.working;
    this.working = applyChanges(this.working, changes);
    this.#lastEdit = diff(before, this.working);
    this.revalidate();
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
    const isApplied = same(this.applied, document);
    // All of it by one call, whose answer judges it too. What is wrong only once it runs, such as a taken name, may be in force.
    const whole = isApplied || this.conflicts.length > 0 ? null : await this.#apply(document);
    if (whole === "applied") return;
    const validation = await this.#port.validate(document);
    if (document !== this.working) {
      this.#dirty = true;
      return;
    }
    this.#takeValidation(validation);
    if (isApplied) return;
    for (const candidate of this.#parts(validation.problems)) {
      if (same(candidate, this.applied) || (whole && same(candidate, document))) continue;
      if ((await this.#apply(candidate)) === "applied") break;
    }
    // A camera may refuse what the rules allow: then no field has the reason.
    if (whole && !validation.problems.some(isError)) throw whole.refusal;
  }

  /** What may be applied of a document that cannot be as a whole: all without a fault, else the last edit alone. */
  #parts(problems: readonly Problem[]): Configuration[] {
    const errors = problems.filter(isError).map(({ path }) => path);
    const clashes = this.conflicts.map(({ path }) => path);
    const apart = (changes: readonly Change[], from: readonly string[]) =>
      changes.filter(({ path }) => !from.some((other) => overlaps(path, other)));
    return [
      applyChanges(this.applied, apart(this.pending, [...errors, ...clashes])),
      applyChanges(this.applied, apart(this.#lastEdit, clashes)),
    ];
  }

  /** @returns "applied", with edits made meanwhile kept on top of it, or why it cannot be in force */
  async #apply(candidate: Configuration): Promise<"applied" | { refusal: unknown }> {
    const before = this.working;
    let applied;
    try {
      applied = await this.#port.apply(candidate, this.revision);
    } catch (error) {
      if (!REFUSALS.includes(codeOf(error) ?? "")) throw error;
      return { refusal: error };
    }
    const later = diff(candidate, this.working);
    const isEdited = this.working !== before;
    this.applied = applied.configuration;
    this.revision = applied.revision;
    this.working = applyChanges(applied.configuration, later);
    if (later.length === 0) this.#takeValidation(applied.validation);
    // What is left in the fields was judged before; where the devices took other values than asked, or more was typed, it is again.
    else if (isEdited || !same(this.working, before)) this.#dirty = true;
    return "applied";
  }

  #takeValidation(validation: Validation): void {
    this.problems = validation.problems;
    this.plans = validation.plans;
    this.diskFreeBytes = validation.disk_free_bytes;
    this.resolved = validation.resolved;
    this.#changed();
    this.#options.validated?.(validation);
  }

  #rebase(theirs: Applied, by: string): void {
    const { working, conflicts, news } = merge(this.applied, this.working, this.conflicts, theirs.configuration);
    this.applied = theirs.configuration;
    this.revision = theirs.revision;
    this.working = working;
    this.conflicts = conflicts;
    if (news.length === 0) return;
    const describe = this.#options.describe ?? ((path, value) => `${path} = ${JSON.stringify(value)}`);
    const list = news.slice(0, MOST_NAMED).map(({ path, to }) => describe(path, to));
    if (news.length > MOST_NAMED) list.push(`${news.length - MOST_NAMED} more`);
    this.#options.notice?.(`Changed by ${by}: ${list.join("; ")}`);
  }
}

/** Codes of a document that cannot be in force as it is. */
const REFUSALS: readonly string[] = ["invalid_configuration", "exists"];

function isError({ severity }: Problem): boolean {
  return severity === "error";
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}
