import type { RuntimeState } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";
import type { Result } from "./result.ts";

/** Where the browser keeps which result was dismissed: a reload of the page does not bring it back. */
const DISMISSED = "zarrcam.dismissed";

/** What runs left, and what else is said below the plan until something starts. */
export class RunResults {
  /** What the last run left; stays until it is dismissed, or the next run begins. */
  result = $state.raw<Result | null>(null);
  /** What happened outside of any run; stays until the next start. */
  notice = $state<string | null>(null);
  /** The TIFF that was saved last; stays until the next start. */
  snapshot = $state<string | null>(null);
  readonly #storage: Pick<Storage, "getItem" | "setItem">;
  readonly #say: Say;

  constructor(storage: Pick<Storage, "getItem" | "setItem">, say: Say) {
    this.#storage = storage;
    this.#say = say;
  }

  /** A run that left less than it should, and nobody has said that they know. Live is no next run: it goes on standing. */
  get unread(): Result | null {
    return this.result && this.result.level !== "good" ? this.result : null;
  }

  /** What is shown as a card: what is unread, or what this browser has, so that it can be opened and exported. */
  get card(): Result | null {
    return this.unread ?? (this.result?.browser?.length ? this.result : null);
  }

  /** Shows a result in the run bar until it is read. */
  show(result: Result): void {
    if (result.id !== this.#storage.getItem(DISMISSED)) this.result = result;
  }

  /** Shows a result in the run bar, and keeps it in the log. */
  tell(result: Result): void {
    const level = result.level === "failed" || result.level === "lost" ? "error" : "info";
    this.#say([`${result.text}${result.rest}`, result.details].filter((part) => part !== "").join("\n"), {
      level,
      // The red one is an alert, which is read at once.
      polite: level === "info",
    });
    this.show(result);
  }

  dismiss(): void {
    if (this.result) this.#storage.setItem(DISMISSED, this.result.id);
    this.result = null;
  }

  stateChanged(state: RuntimeState): void {
    if (state !== "Running" && state !== "Previewing") return;
    this.snapshot = null;
    this.notice = null;
    if (state === "Running") this.result = null;
  }
}
