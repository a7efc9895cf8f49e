/** A picture may be so old before it is said to stand still, ms. */
const PATIENCE_MS = 1500;
/** A rate that is told after a longer pause says nothing of all of it, ms. */
const LONGEST_MS = 2000;
/** And so many newer frames must have been captured: a slow camera's picture is old, and the newest there is. */
const NEWER_FRAMES = 3;

/** Whether the live picture has stopped while the camera went on: for whatever reason, it must not look live. */
export class Standstill {
  #shownAtMs: number | null = null;
  /** Frames captured, as counted, or by the camera's rate and the time. */
  #captured = 0;
  #counted: number | null = null;
  #rateAtMs: number | null = null;
  /** What `#captured` was when a picture was shown last; null: not told since. What is told next may be older than that picture. */
  #capturedAtShown: number | null = null;

  /** A picture of the camera came onto the canvas. */
  shown(nowMs: number): void {
    this.#shownAtMs = nowMs;
    this.#capturedAtShown = null;
  }

  /** How many frames of this run are captured: exact, where the camera rests between time points. */
  takeCount(captured: number, nowMs: number): void {
    this.#captured += Math.max(0, captured - (this.#counted ?? captured));
    this.#counted = captured;
    this.#rateAtMs = nowMs;
    this.#capturedAtShown ??= this.#captured;
  }

  /** How fast the camera captures now, where nothing counts its frames; told several times a second. */
  takeRate(fps: number, nowMs: number): void {
    const since = this.#rateAtMs === null ? 0 : Math.min(LONGEST_MS, Math.max(0, nowMs - this.#rateAtMs));
    this.#captured += (fps * since) / 1000;
    this.#rateAtMs = nowMs;
    this.#counted = null;
    this.#capturedAtShown ??= this.#captured;
  }

  get watched(): boolean {
    return this.#shownAtMs !== null;
  }
  /** Begins to watch: pictures are expected from now on. */
  watch(nowMs: number): void {
    this.shown(nowMs);
  }
  /** Ends the watch: no pictures are asked for. */
  rest(): void {
    this.#shownAtMs = null;
  }

  /**
   * For how long the picture has stood still, ms; null: it moves, or there is nothing newer.
   * @param oneIn of so many frames one is wanted: a pinned plane comes once a time point.
   */
  forMs(nowMs: number, oneIn = 1): number | null {
    if (this.#shownAtMs === null || this.#capturedAtShown === null) return null;
    const still = nowMs - this.#shownAtMs;
    return still > PATIENCE_MS && this.#captured - this.#capturedAtShown >= NEWER_FRAMES * oneIn ? still : null;
  }
}
