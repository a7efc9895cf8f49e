import type { Configuration } from "@zarrcam/protocol";

/** Of so many changes it is known when they were made. */
const REMEMBERED = 64;
/** A change is told of so much later than it was made, or less, ms: then a picture is rather one of the new settings. */
const TOLD_AFTER_MS = 25;

/**
 * What was set, and from when on, by the camera computer's clock. A picture keeps the settings that it was taken with:
 * its pixel size, its channels and its region are not what somebody sets afterwards.
 */
export class SettingsHistory {
  readonly #all: { configuration: Configuration; fromMs: number }[] = [];
  /** By how much this computer's clock is ahead of the camera computer's, ms; the way of the message counts in. */
  #aheadMs = Infinity;

  /** @param hostMs what that clock showed when this was sent; @param nowMs this one's, when it came. */
  takeClock(hostMs: number, nowMs: number): void {
    this.#aheadMs = Math.min(this.#aheadMs, nowMs - hostMs);
  }

  add(configuration: Configuration, nowMs: number): void {
    const ahead = Number.isFinite(this.#aheadMs) ? this.#aheadMs : 0;
    this.#all.push({ configuration, fromMs: nowMs - ahead - TOLD_AFTER_MS });
    if (this.#all.length > REMEMBERED) this.#all.shift();
  }

  get newest(): Configuration | null {
    return this.#all.at(-1)?.configuration ?? null;
  }

  /** In force at that time; of before the first that is known, the first. */
  at(hostMs: number | null): Configuration | null {
    if (hostMs === null) return this.newest;
    const found = this.#all.findLast(({ fromMs }) => fromMs <= hostMs) ?? this.#all[0];
    return found?.configuration ?? null;
  }
}
