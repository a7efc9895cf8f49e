/** Carries out so much work at a time and no more. What waits begins in the order of asking, the urgent before all else. */
export class ConcurrencyLimit {
  readonly #most: number;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How much work waits for its turn. */
  get waiting(): number {
    return this.#urgent.length + this.#others.length;
  }

  async run<T>(work: () => Promise<T> | T, urgent = false): Promise<T> {
    if (this.#running < this.#most) this.#running += 1;
    // The slot of work that has ended is handed on, not given back: nobody slips in between.
    else await new Promise<void>((resolve) => (urgent ? this.#urgent : this.#others).push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
