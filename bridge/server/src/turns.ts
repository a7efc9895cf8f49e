/** So many at a time. Who waits goes in the order of asking, the urgent before all others. */
export class Turns {
  readonly #most: number;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#urgent.length + this.#others.length;
  }

  async run<T>(work: () => Promise<T> | T, urgent = false): Promise<T> {
    if (this.#taken < this.#most) this.#taken += 1;
    // A turn is handed on, not given back: nobody slips in between.
    else await new Promise<void>((resolve) => (urgent ? this.#urgent : this.#others).push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next) next();
      else this.#taken -= 1;
    }
  }
}

/**
 * One question for many askers: of those that come while it is being answered, all together get the next answer. None
 * gets one that was begun before it asked.
 */
export class SharedAnswer<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  ask(): Promise<T> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = null;
    const running = this.#work().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }
}
