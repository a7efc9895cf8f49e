import type { Form } from "./form.ts";
import { formatForField } from "./format.ts";
import { parseQuantity, type QuantityRule } from "./quantity.ts";

export interface NumberEntryOptions {
  form: Pick<Form, "unreadableText" | "keepUnreadable" | "clearUnreadable">;
  path: () => string;
  /** In the field's own unit; null: shown as `empty`. */
  value: () => number | null;
  rule: () => QuantityRule;
  /** What null is written as: "", or a word such as "until stopped". */
  empty: () => string | null;
  step: () => number;
  commit: (value: number | null) => void;
}

/** The text of one number field: what is being typed, what could not be read, else the value in force. */
export class NumberEntry {
  readonly #options: NumberEntryOptions;
  #typed = $state<string | null>(null);

  constructor(options: NumberEntryOptions) {
    this.#options = options;
  }

  get text(): string {
    const { form, path, value, empty } = this.#options;
    const number = value();
    return this.#typed ?? form.unreadableText(path()) ?? (number === null ? (empty() ?? "") : formatForField(number));
  }

  type(text: string): void {
    this.#typed = text;
  }

  /** Enter, or the field is left. */
  commit(): void {
    const typed = this.#typed;
    if (typed === null) return;
    this.#typed = null;
    const { form, path, rule, empty, commit, value } = this.#options;
    // What stood there already is no edit: a rate is shown shorter than the period behind it.
    if (typed === this.text) return;
    const none = empty();
    if (none !== null && (typed.trim() === "" || typed.trim().toLowerCase() === none.toLowerCase())) {
      form.clearUnreadable(path());
      if (value() !== null) commit(null);
      return;
    }
    const read = parseQuantity(typed, rule());
    if ("message" in read) {
      form.keepUnreadable(path(), typed, read.message);
      return;
    }
    form.clearUnreadable(path());
    if (read.value !== value()) commit(read.value);
  }

  /** Escape: back to the value in force. */
  revert(): void {
    this.#typed = null;
    this.#options.form.clearUnreadable(this.#options.path());
  }

  stepBy(steps: number): void {
    const { rule, value, step, commit } = this.#options;
    const read = parseQuantity(this.text, rule());
    const now = "value" in read ? read.value : (value() ?? 0);
    const next = Math.max(rule().least ?? 0, Number.parseFloat((now + steps * step()).toPrecision(12)));
    this.revert();
    if (next !== value()) commit(next);
  }
}
