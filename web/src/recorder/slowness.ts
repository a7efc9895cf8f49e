/** Who held frames up so long that a bridge had no room for more. */
export type WhyLate = "network" | "this browser";

/** What is older says little of why frames are lost now, ms. */
const WINDOW_MS = 2000;

/** Watches which is slower: what comes, or what is done with it. */
export class Slowness {
  readonly #now: () => number;
  #since: number;
  #last: number;
  #waitedMs = 0;
  #workedMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#since = this.#last = now();
  }

  /** Something came, that was waited for. */
  came(): void {
    const now = this.#now();
    this.#waitedMs += now - this.#last;
    this.#last = now;
  }

  /** It is done with, and more is asked for. */
  asked(): void {
    const now = this.#now();
    this.#workedMs += now - this.#last;
    this.#last = now;
    if (now - this.#since < WINDOW_MS) return;
    // What was before counts half, so that a window's beginning is not blind.
    this.#since = now;
    this.#waitedMs /= 2;
    this.#workedMs /= 2;
  }

  get why(): WhyLate {
    return this.#workedMs > this.#waitedMs ? "this browser" : "network";
  }
}
