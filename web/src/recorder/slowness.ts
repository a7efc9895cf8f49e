/** Who held frames up so long that a bridge had no room for more. */
export type WhyLate = "network" | "this browser";

/** What was done is counted by so much time, ms. */
const SLICE_MS = 100;
/** A loss is told after the frames that the bridge had kept before it: so long after it at most, ms. */
const REMEMBERED_MS = 120_000;
/** What was done for so long before a frame found no room says why, ms. */
const BEFORE_MS = 2000;

/**
 * Watches which is slower: what comes, or what is done with it. A loss is heard of long after it happened, when frames that were kept
 * meanwhile are worked off; so it is looked up what was done then.
 */
export class Slowness {
  readonly #now: () => number;
  /** By slice, in order of time. */
  readonly #slices = new Map<number, { waitedMs: number; workedMs: number }>();
  #last: number;
  /** From the bridge's clock to this one, at most: frames take a while to come. */
  #offsetMs = Infinity;
  #capturedMs: number | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  /** Something came, that was waited for. `capturedMs`: of a frame, by the bridge's clock. */
  came(capturedMs: number | null = null): void {
    this.#spend("waitedMs");
    if (capturedMs === null) return;
    this.#capturedMs = capturedMs;
    this.#offsetMs = Math.min(this.#offsetMs, this.#last - capturedMs);
  }

  /** It is done with, and more is asked for. */
  asked(): void {
    this.#spend("workedMs");
  }

  /** Of the frames that are lost behind the last one that came. */
  get why(): WhyLate {
    const at = this.#capturedMs === null ? this.#last : this.#capturedMs + this.#offsetMs;
    let [waitedMs, workedMs] = [0, 0];
    for (const [slice, spent] of this.#slices) {
      const begun = slice * SLICE_MS;
      if (begun <= at - BEFORE_MS || begun > at) continue;
      waitedMs += spent.waitedMs;
      workedMs += spent.workedMs;
    }
    return workedMs > waitedMs ? "this browser" : "network";
  }

  #spend(how: "waitedMs" | "workedMs"): void {
    const now = this.#now();
    for (let from = Math.max(this.#last, now - REMEMBERED_MS); from < now;) {
      const slice = Math.floor(from / SLICE_MS);
      const to = Math.min(now, (slice + 1) * SLICE_MS);
      const spent = this.#slices.get(slice) ?? { waitedMs: 0, workedMs: 0 };
      spent[how] += to - from;
      this.#slices.set(slice, spent);
      from = to;
    }
    this.#last = now;
    for (const slice of this.#slices.keys()) {
      if (slice * SLICE_MS >= now - REMEMBERED_MS) break;
      this.#slices.delete(slice);
    }
  }
}
