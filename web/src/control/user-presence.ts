/** Who has not touched the page for so long is elsewhere, ms. */
export const AWAY_MS = 5 * 60_000;

/** Whether somebody is at the page: it is in sight, and was touched within the last minutes. */
export class UserPresence {
  readonly #now: () => number;
  readonly #isVisible: () => boolean;
  #touchedMs: number;

  constructor(now = () => performance.now(), isVisible = () => document.visibilityState === "visible") {
    this.#now = now;
    this.#isVisible = isVisible;
    this.#touchedMs = now();
  }

  touched(): void {
    this.#touchedMs = this.#now();
  }

  get isHere(): boolean {
    return this.#isVisible() && this.#now() - this.#touchedMs < AWAY_MS;
  }

  /** Notes what its user does. @returns a function that ends it */
  watch(page: Pick<Window, "addEventListener" | "removeEventListener">): () => void {
    const note = () => this.touched();
    const events = ["pointerdown", "pointermove", "keydown", "wheel"] as const;
    for (const event of events) page.addEventListener(event, note, { passive: true, capture: true });
    return () => {
      for (const event of events) page.removeEventListener(event, note, { capture: true });
    };
  }
}
