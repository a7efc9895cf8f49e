/** What may be closed for a while: who comes then waits. */
export class Gate {
  #waiting: Promise<void> | null = null;
  #release: (() => void) | null = null;

  close(): void {
    this.#waiting ??= new Promise((resolve) => (this.#release = resolve));
  }
  open(): void {
    this.#release?.();
    this.#waiting = this.#release = null;
  }
  pass(): Promise<void> {
    return this.#waiting ?? Promise.resolve();
  }
}
