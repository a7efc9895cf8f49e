interface Sample {
  places: number;
  hostClockMs: number;
}

/** When places were stored, from the statistics of the run: to a quarter of a second. */
export class StoredTimes {
  #samples: Sample[] = [];

  add(places: number, hostClockMs: number): void {
    const last = this.#samples.at(-1);
    if (last && places < last.places) this.#samples = [];
    if (last && places === last.places) return;
    this.#samples.push({ places, hostClockMs });
    // A day has 345,600 quarters of a second: every second old sample is enough.
    if (this.#samples.length > 8192) this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
  }
  start(hostClockMs: number): void {
    this.#samples = [{ places: 0, hostClockMs }];
  }

  /** Null: not stored yet, or nothing is known. */
  at(place: number): number | null {
    const after = this.#samples.findIndex(({ places }) => places > place);
    const [before, next] = [this.#samples[after - 1], this.#samples[after]];
    if (!next) return null;
    if (!before) return next.hostClockMs;
    const part = (place + 1 - before.places) / (next.places - before.places);
    return before.hostClockMs + part * (next.hostClockMs - before.hostClockMs);
  }
}
