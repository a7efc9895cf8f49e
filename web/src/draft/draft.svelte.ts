import type { Configuration, ResolvedSettings, Plan, Problem, VideoStream } from "@zarrcam/protocol";
import { getAt, overlaps } from "../configuration/path.ts";
import { withSameFix, inFieldUnit, withoutRepeats } from "../configuration/problems.ts";
import { cameraPrefix } from "../configuration/streams.ts";
import { describeValue, fieldLabel, valueText } from "../configuration/labels.ts";
import type { Edit } from "../configuration/edit.ts";
import { DraftCore, type Applied, type DraftOptions, type DraftPort } from "./draft-core.ts";
import { FieldRegistry } from "./field-registry.svelte.ts";
import type { Conflict } from "./merge.ts";

/** The draft as the components see it: the core's state, read reactively, and which field shows which problem. */
export class Draft {
  readonly #core: DraftCore;
  #version = $state(0);
  readonly fields = new FieldRegistry();

  constructor(port: DraftPort, options: Pick<DraftOptions, "notice" | "validated"> = {}) {
    this.#core = new DraftCore(port, {
      ...options,
      changed: () => (this.#version += 1),
      describe: (path, value) => cameraPrefix(this.#core.working, path) + describeValue(path, value),
    });
  }

  #read(): DraftCore {
    void this.#version;
    return this.#core;
  }

  get ready(): boolean {
    return this.#read().revision >= 0;
  }
  get working(): Configuration {
    return this.#read().working;
  }
  get applied(): Configuration {
    return this.#read().applied;
  }
  get revision(): number {
    return this.#read().revision;
  }
  get plans(): (Plan | null)[] {
    return this.#read().plans;
  }
  get resolved(): (ResolvedSettings | null)[] {
    return this.#read().resolved;
  }
  get diskFreeBytes(): (number | null)[] {
    return this.#read().diskFreeBytes;
  }
  get busy(): boolean {
    return this.#read().busy;
  }
  get failure(): string | null {
    return this.#read().failure;
  }
  get isInForce(): boolean {
    return this.#read().isInForce;
  }
  get conflicts(): Conflict[] {
    return this.#read().conflicts;
  }
  get canUndo(): string | null {
    return this.#read().canUndo;
  }
  get canRedo(): string | null {
    return this.#read().canRedo;
  }
  get pending() {
    return this.#read().pending;
  }

  /** All that keeps the draft from being what would be recorded, worst first. */
  readonly allProblems = $derived.by((): Problem[] => {
    const core = this.#read();
    const unreadable = [...core.texts].map(([path, { message }]): Problem => {
      const value = getAt(core.working, path);
      const shown = valueText(path, value);
      const fix = shown === null ? {} : { fix: { label: `Keep ${shown}`, path, value } };
      return { path, code: "type", severity: "error", message, ...fix };
    });
    const conflicts = core.conflicts.map(({ path }): Problem => ({
      path,
      code: "conflict",
      severity: "error",
      message: `${fieldLabel(path)} was changed by another page while yours was not applied.`,
    }));
    const rank = ({ severity }: Problem) => (severity === "error" ? 0 : 1);
    return withoutRepeats([...unreadable, ...conflicts, ...core.problems.map(inFieldUnit)]).sort(
      (a, b) => rank(a) - rank(b),
    );
  });
  readonly errors = $derived.by(() => this.allProblems.filter(({ severity }) => severity === "error"));
  readonly warnings = $derived.by(() => this.allProblems.filter(({ severity }) => severity === "warning"));

  /** What a problem says away from its field: of which camera, too, where there are several. */
  messageOf({ path, message }: Problem): string {
    return cameraPrefix(this.working, path) + message;
  }

  /** This problem and its like of other cameras, which one fix solves. */
  withSameFix(problem: Problem): Problem[] {
    return withSameFix(problem, this.allProblems);
  }

  stream(index: number): VideoStream | undefined {
    return this.working.video[index];
  }

  value(path: string): unknown {
    return getAt(this.working, path);
  }

  text(path: string): string | undefined {
    return this.#read().texts.get(path)?.text;
  }

  /** True where the bridge does not have what stands in the field. */
  isPending(path: string): boolean {
    return this.pending.some((change) => overlaps(change.path, path));
  }

  /** A problem stands beside the field of its path, or beside the nearest one around it. */
  problemsAt(paths: readonly string[]): Problem[] {
    return this.allProblems.filter((problem) => {
      const field = this.fields.nearest(problem.path);
      return field !== null && paths.includes(field);
    });
  }

  adopt(applied: Applied): void {
    this.#core.adopt(applied);
  }
  remoteChange(applied: Applied, by: string): void {
    this.#core.remoteChange(applied, by);
  }
  /** @param joined it follows from the edit before, and goes with it when that one is undone */
  edit(label: string, edits: readonly Edit[], { joined = false } = {}): void {
    this.#core.edit(label, edits, { joined });
  }
  replace(label: string, document: Configuration): void {
    this.#core.replace(label, document);
  }
  setText(path: string, text: string, message: string): void {
    this.#core.setText(path, text, message);
  }
  clearText(path: string): void {
    this.#core.clearText(path);
  }
  resolve(conflict: Conflict, keep: "mine" | "theirs"): void {
    this.#core.resolve(conflict, keep);
  }
  discardPending(): void {
    this.#core.discardPending();
  }
  undo(): void {
    this.#core.undo();
  }
  redo(): void {
    this.#core.redo();
  }
  revalidate(): void {
    this.#core.revalidate();
  }
  idle(): Promise<void> {
    return this.#core.idle();
  }
}
