import { type AuditEntry, type AuditPage, MAX_AUDIT_ENTRIES } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import { actionWord, nameWord } from "./audit-words.ts";

/** The audit log as somebody reads it: newest first, of one person or one action where that is chosen. */
export class AuditView {
  page = $state.raw<AuditPage | null>(null);
  /** Why it could not be read; null: it could. */
  failure = $state<string | null>(null);
  /** What is chosen; "": everybody, everything. */
  person = $state("");
  action = $state("");
  readonly #read: (part: { from: number; count: number }) => Promise<AuditPage>;
  #asking = false;

  constructor(read: (part: { from: number; count: number }) => Promise<AuditPage>) {
    this.#read = read;
  }

  readonly people = $derived.by(() => choices(this.page, nameWord));
  readonly actions = $derived.by(() => choices(this.page, actionWord));
  readonly shown = $derived.by(() =>
    (this.page?.entries ?? []).filter(
      (entry) =>
        (this.person === "" || nameWord(entry) === this.person) &&
        (this.action === "" || actionWord(entry) === this.action),
    ),
  );

  /** Reads the newest entries, as many as the camera computer gives at once. */
  async refresh(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.page = await this.#read({ from: 0, count: MAX_AUDIT_ENTRIES });
      this.failure = null;
    } catch (error) {
      this.failure = errorText(error);
    } finally {
      this.#asking = false;
    }
  }
}

function choices(page: AuditPage | null, word: (entry: AuditEntry) => string): string[] {
  return [...new Set((page?.entries ?? []).map(word))].sort((one, other) => one.localeCompare(other));
}
