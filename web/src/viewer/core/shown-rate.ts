const WINDOW_MS = 2000;
const AGES = 600;

/** How many frames a second came onto the screen in the last two seconds, and how old they were then. */
export class ShownRate {
  readonly #times: number[] = [];
  readonly #ages: number[] = [];
  #last: string | null = null;
  total = 0;

  /** @param frame what tells frames apart: a frame that is drawn again is not another one. */
  add(frame: string, nowMs: number, ageMs: number): void {
    if (frame === this.#last) return;
    this.#last = frame;
    this.total++;
    this.#times.push(nowMs);
    this.#ages.push(ageMs);
    if (this.#ages.length > AGES) this.#ages.shift();
    this.#trim(nowMs);
  }

  /** Frames a second; null: none in the last two seconds. */
  fps(nowMs: number): number | null {
    this.#trim(nowMs);
    const [first] = this.#times;
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined) return null;
    // Over the frames' own span, so that one frame more or less at the window's edge makes no difference.
    const span = last - first;
    return span > 0 ? ((this.#times.length - 1) * 1000) / span : null;
  }

  medianAgeMs(): number | null {
    if (this.#ages.length === 0) return null;
    const sorted = [...this.#ages].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }
  get ages(): readonly number[] {
    return this.#ages;
  }

  reset(): void {
    this.#times.length = 0;
    this.#ages.length = 0;
    this.#last = null;
  }

  #trim(nowMs: number): void {
    let gone = 0;
    while (gone < this.#times.length && (this.#times[gone] ?? 0) < nowMs - WINDOW_MS) gone++;
    if (gone > 0) this.#times.splice(0, gone);
  }
}
