/** Pictures that came last, by which the link is judged. */
const SAMPLES = 5;
/** Round trips of pings that came last: the least of them is that of an empty link. */
const ROUND_TRIPS = 6;
/** One picture that took so long says enough, ms: nothing but a slow link takes so long. */
const PLAINLY_SLOW_MS = 600;
/** No link is measured to be faster: what a picture takes beyond the round trip is never nothing, ms. */
const LEAST_SERVICE_MS = 1;
/** From here on a link is not slow, whatever goes over it: 200 Mbit/s. */
const FAST_BYTES_PER_S = 25e6;
/** A client of this computer whose round trip is shorter has no network before it, ms; a tunnel's is longer. */
const NO_NETWORK_MS = 10;
/** What a link through a network is taken to carry before anything went over it, bytes a second: 16 Mbit/s. */
const ASSUMED_BYTES_PER_S = 2e6;
/** So long what is under way may wait for other pictures, ms: an answer to a command waits behind it. */
const QUEUE_MS = 150;

/** What is known of a link. */
export interface LinkEstimate {
  /** What it carries, bytes a second; null: not known, or more than matters. */
  bytesPerS: number | null;
  /** Round trip while nothing else is under way, ms; null: not known. */
  roundTripMs: number | null;
}

interface UnderWay {
  bytes: number;
  sentMs: number;
}

/**
 * What the way to one client carries, measured from what goes over it anyway: pictures that the client says it has, and the round
 * trips of pings. A picture takes the round trip, and the time that its bytes take behind those of the pictures before it; the time
 * that the client itself had it, until it said so, is the client's. All times are of one clock, ms.
 */
export class LinkMeter {
  readonly #here: boolean;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #samples: { bytes: number; serviceMs: number }[] = [];
  readonly #roundTripsMs: number[] = [];
  /** Least time of a picture, which bounds the round trip where no ping was answered. */
  #leastMs = Infinity;
  #bytesUnderWay = 0;
  #lastCameMs = -Infinity;

  /** @param here the client is, or seems to be, on this computer */
  constructor(here: boolean) {
    this.#here = here;
  }

  get estimate(): LinkEstimate {
    const roundTripMs = this.#roundTripMs;
    return { bytesPerS: this.#bytesPerS, roundTripMs: Number.isFinite(roundTripMs) ? roundTripMs : null };
  }
  /** Whether what goes over it must be kept short. */
  get isSlow(): boolean {
    return this.#bytesPerS !== null;
  }
  /** Whether a network lies before the client, by its round trip: it may be slow, though nothing has gone over it yet. */
  get isFar(): boolean {
    return Number.isFinite(this.#roundTripMs) && this.#roundTripMs >= NO_NETWORK_MS;
  }
  get bytesUnderWay(): number {
    return this.#bytesUnderWay;
  }

  /** Whether so many bytes more wait no longer for others than an answer to a command may: never too many where there are none. */
  fits(bytes: number): boolean {
    const bytesPerS = this.#bytesPerS;
    if (bytesPerS === null || this.#bytesUnderWay === 0) return true;
    const roundTripMs = Number.isFinite(this.#roundTripMs) ? this.#roundTripMs : 0;
    return this.#bytesUnderWay + bytes <= (bytesPerS * (roundTripMs + QUEUE_MS)) / 1000;
  }

  /** A ping was answered. */
  ponged(roundTripMs: number): void {
    this.#roundTripsMs.push(roundTripMs);
    if (this.#roundTripsMs.length > ROUND_TRIPS) this.#roundTripsMs.shift();
  }

  /** A picture goes. */
  sent(key: string, bytes: number, nowMs: number): void {
    this.forget(key);
    this.#underWay.set(key, { bytes, sentMs: nowMs });
    this.#bytesUnderWay += bytes;
  }

  /** The client says that it has a picture. @param heldMs since when */
  came(key: string, nowMs: number, heldMs: number): void {
    const picture = this.#underWay.get(key);
    if (!picture) return;
    this.forget(key);
    // What it says of itself may not make a picture come before it was sent.
    const cameMs = Math.max(picture.sentMs, nowMs - heldMs);
    this.#leastMs = Math.min(this.#leastMs, cameMs - picture.sentMs);
    const beganMs = Math.max(picture.sentMs + this.#roundTripMs, this.#lastCameMs);
    this.#lastCameMs = Math.max(this.#lastCameMs, cameMs);
    this.#samples.push({ bytes: picture.bytes, serviceMs: Math.max(LEAST_SERVICE_MS, cameMs - beganMs) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** A picture will not come. */
  forget(key: string): void {
    const picture = this.#underWay.get(key);
    if (!picture) return;
    this.#underWay.delete(key);
    this.#bytesUnderWay -= picture.bytes;
  }

  get #roundTripMs(): number {
    return Math.min(this.#leastMs, ...this.#roundTripsMs);
  }

  get #bytesPerS(): number | null {
    const samples = this.#samples;
    if (this.#here && this.#roundTripMs < NO_NETWORK_MS) return null;
    // A single hiccup says nothing.
    if (samples.length < 2 && !samples.some(({ serviceMs }) => serviceMs >= PLAINLY_SLOW_MS)) {
      return this.isFar && !this.#here ? ASSUMED_BYTES_PER_S : null;
    }
    let [bytes, ms] = [0, 0];
    for (const sample of samples) {
      bytes += sample.bytes;
      ms += sample.serviceMs;
    }
    const bytesPerS = (bytes / ms) * 1000;
    return bytesPerS < FAST_BYTES_PER_S ? bytesPerS : null;
  }
}
