import { MAX_CREDITS } from "./limits.ts";

/** A clean sample of the round trip is taken at least so often, by letting the pipe run empty once. */
const PROBE_MS = 2000;

/**
 * How many pictures may be on their way to one client: ceil(round trip x rate), at most four, and no more than the
 * path carries.
 *
 * The round trip that counts is that of a picture that was alone on its way; with several, it includes waiting for one
 * another, and counting that would let the queue justify itself. Where more pictures only wait longer (the transport is
 * full), one is taken back; where the camera has more to show and nothing waits, one is added: TCP Vegas in small.
 */
export class CreditWindow {
  /** The pictures on their way, by the hardware id of their frame. */
  readonly #sent = new Map<number, { atMs: number; alone: boolean }>();
  #credits = 1;
  #baseMs: number | undefined;
  #lastProbeMs = -Infinity;
  #framePeriodMs: number | undefined;
  #lastCapture: { id: number; clockMs: number } | undefined;

  get inFlight(): number {
    return this.#sent.size;
  }
  /** The hardware ids of the frames whose pictures are on their way. */
  get underWay(): Iterable<number> {
    return this.#sent.keys();
  }
  get credits(): number {
    return this.#credits;
  }

  maySend(nowMs: number): boolean {
    const probing = this.#baseMs === undefined || nowMs - this.#lastProbeMs > PROBE_MS;
    return this.#sent.size < (probing ? 1 : this.#credits);
  }

  /** @param captureMs when the frame was captured, by the camera computer's clock */
  onSent(frame: number, captureMs: number, nowMs: number): void {
    this.#sent.set(frame, { atMs: nowMs, alone: this.#sent.size === 0 });
    const last = this.#lastCapture;
    if (last && frame > last.id && captureMs > last.clockMs) {
      const period = (captureMs - last.clockMs) / (frame - last.id);
      this.#framePeriodMs = smooth(this.#framePeriodMs, period);
    }
    this.#lastCapture = { id: frame, clockMs: captureMs };
  }

  /** @returns false for a frame that was not on its way. */
  onAck(frame: number, nowMs: number): boolean {
    const sent = this.#sent.get(frame);
    if (!sent) return false;
    this.#sent.delete(frame);
    const roundTripMs = nowMs - sent.atMs;
    if (sent.alone) {
      this.#baseMs = smooth(this.#baseMs, roundTripMs);
      this.#lastProbeMs = nowMs;
    }
    this.#adjust(roundTripMs);
    return true;
  }

  /** A new connection or another run: what was on its way is forgotten. */
  reset(): void {
    this.#sent.clear();
    this.#lastCapture = undefined;
  }

  #adjust(roundTripMs: number): void {
    const base = this.#baseMs;
    if (base === undefined || this.#framePeriodMs === undefined) return;
    const wanted = Math.min(MAX_CREDITS, Math.max(1, Math.ceil(base / this.#framePeriodMs)));
    // A few ms of slack: the event loop's own jitter is no queue.
    const slack = 3;
    if (roundTripMs > 1.5 * base + slack) this.#credits -= 1;
    else if (roundTripMs <= 1.25 * base + slack) this.#credits += 1;
    this.#credits = Math.min(wanted, Math.max(1, this.#credits));
  }
}

function smooth(before: number | undefined, sample: number): number {
  return before === undefined ? sample : before + (sample - before) / 8;
}
