interface Sample {
  /** Frames that were stored or lost by then. */
  frames: number;
  unixMs: number;
}

/** When frames were stored, from the statistics of the run: to a quarter of a second. */
export class StoredTimes {
  #samples: Sample[] = [];

  add(frames: number, unixMs: number): void {
    const last = this.#samples.at(-1);
    if (last && frames < last.frames) this.#samples = [];
    if (last && frames === last.frames) return;
    this.#samples.push({ frames, unixMs });
    // A day has 345,600 quarters of a second: every second old sample is enough.
    if (this.#samples.length > 8192) this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
  }
  start(unixMs: number): void {
    this.#samples = [{ frames: 0, unixMs }];
  }

  /** Null: not stored yet, or nothing is known. */
  at(frameIndex: number): number | null {
    const after = this.#samples.findIndex(({ frames }) => frames > frameIndex);
    const [before, next] = [this.#samples[after - 1], this.#samples[after]];
    if (!next) return null;
    if (!before) return next.unixMs;
    const part = (frameIndex + 1 - before.frames) / (next.frames - before.frames);
    return before.unixMs + part * (next.unixMs - before.unixMs);
  }
}
