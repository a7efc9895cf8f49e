/** Counts in a window of time that starts with the first count. */
export class RateLimit {
  readonly #max: number;
  readonly #windowMs: number;
  #since = -Infinity;
  #count = 0;

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** @returns false once the window holds more than it may. */
  count(nowMs: number): boolean {
    if (nowMs - this.#since > this.#windowMs) {
      this.#since = nowMs;
      this.#count = 0;
    }
    return ++this.#count <= this.#max;
  }
}
