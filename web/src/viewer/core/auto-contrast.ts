import { type Limits, percentileLimits } from "./percentile.ts";
import type { Histogram } from "./picture.ts";

/** Part of the pixels that may be darker than black, and as many brighter than white. */
export const IGNORED = 0.001;
/** A limit rests until its goal is so far away, as a part of the span: noise of the percentile moves nothing. */
const DEAD_ZONE = 0.03;
/** Once moving it goes on until it is so near. */
const NEAR = 0.004;
/** Time in which the distance shrinks to a third, ms: fast enough for a new scene, too slow to flicker. */
const TIME_CONSTANT_MS = 150;
/** Another scene altogether is taken at once, as a part of the span. */
const JUMP = 4;

/** Contrast limits that follow the frames' percentiles without flicker. */
export class AutoContrast {
  #limits: Limits | null = null;
  #moving = false;
  #lastMs = 0;

  reset(limits: Limits | null = null): void {
    this.#limits = limits;
    this.#moving = false;
  }

  update(histogram: Histogram, nowMs: number): Limits {
    const goal = percentileLimits(histogram, IGNORED);
    const before = this.#limits;
    const elapsedMs = Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    if (!before) return (this.#limits = goal);
    const span = Math.min(before.max - before.min, goal.max - goal.min);
    const away = Math.max(Math.abs(goal.min - before.min), Math.abs(goal.max - before.max)) / span;
    if (away > JUMP) {
      this.#moving = false;
      return (this.#limits = goal);
    }
    if (away > DEAD_ZONE) this.#moving = true;
    if (!this.#moving) return before;
    if (away < NEAR) {
      this.#moving = false;
      return (this.#limits = goal);
    }
    const part = 1 - Math.exp(-elapsedMs / TIME_CONSTANT_MS);
    return (this.#limits = {
      min: before.min + (goal.min - before.min) * part,
      max: before.max + (goal.max - before.max) * part,
    });
  }
}
