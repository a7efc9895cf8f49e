import type { FieldMessage, Form } from "../ui/form.ts";
import type { Draft } from "./draft.svelte.ts";
import type { Editing } from "./editing.svelte.ts";
import type { Remedies } from "./remedies.svelte.ts";

/** The fields of the page as a form of the draft: a problem stands beside the field of its path. */
export class DraftForm implements Form {
  readonly #draft: Draft;
  readonly #editing: Pick<Editing, "lockedReason">;
  readonly #remedies: Remedies;

  constructor(draft: Draft, editing: Pick<Editing, "lockedReason">, remedies: Remedies) {
    this.#draft = draft;
    this.#editing = editing;
    this.#remedies = remedies;
  }

  get lockedReason(): string | null {
    return this.#editing.lockedReason;
  }

  messagesOf(paths: readonly string[]): FieldMessage[] {
    return this.#draft.problemsAt(paths).map((problem) => ({
      key: problem.path + problem.code + problem.message,
      severity: problem.severity === "error" ? "error" : "warning",
      text: problem.message,
      actions: this.#remedies.actionsOf(problem),
    }));
  }

  register(paths: readonly string[]): () => void {
    return this.#draft.fields.register(paths);
  }
  unreadableText(path: string): string | undefined {
    return this.#draft.text(path);
  }
  keepUnreadable(path: string, text: string, reason: string): void {
    this.#draft.setText(path, text, reason);
  }
  clearUnreadable(path: string): void {
    this.#draft.clearText(path);
  }
}
