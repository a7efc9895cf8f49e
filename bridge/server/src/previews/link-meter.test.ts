import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LinkMeter } from "./link-meter.ts";

/** A link that carries one picture after the other. */
class Link {
  readonly meter: LinkMeter;
  nowMs = 0;
  #freeMs = 0;
  #next = 1;

  readonly bytesPerS: number;
  readonly roundTripMs: number;

  constructor(bytesPerS: number, roundTripMs: number, here = false) {
    this.bytesPerS = bytesPerS;
    this.roundTripMs = roundTripMs;
    this.meter = new LinkMeter(here);
    this.meter.ponged(roundTripMs);
  }

  /** Sends pictures at once, and has them acknowledged in order. @param heldMs how long the client needs for each */
  carry(sizes: readonly number[], heldMs = 0): void {
    const sent = sizes.map((bytes) => {
      const key = String(this.#next++);
      this.meter.sent(key, bytes, this.nowMs);
      this.#freeMs = Math.max(this.#freeMs, this.nowMs) + (bytes / this.bytesPerS) * 1000;
      return { key, cameMs: this.#freeMs + this.roundTripMs };
    });
    for (const { key, cameMs } of sent) {
      this.nowMs = Math.max(this.nowMs, cameMs) + heldMs;
      this.meter.came(key, this.nowMs, this.nowMs - cameMs);
    }
  }
}

describe("LinkMeter", () => {
  test("measures what a link carries, whatever its round trip, how many pictures are under way, and how slowly they are drawn", () => {
    const rate = fc.double({ min: 20e3, max: 20e6, noNaN: true });
    const sizes = fc.array(fc.integer({ min: 50e3, max: 500e3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rate, fc.integer({ min: 10, max: 400 }), sizes, fc.integer({ min: 0, max: 50 }), (...of) => {
        const [bytesPerS, roundTripMs, pictures, heldMs] = of;
        const link = new Link(bytesPerS, roundTripMs);
        for (let times = 0; times < 6; times++) link.carry(pictures, heldMs);
        const { estimate } = link.meter;
        expect(estimate.roundTripMs).toBeLessThanOrEqual(roundTripMs);
        expect((estimate.bytesPerS ?? 0) / bytesPerS).toBeCloseTo(1, 1);
        expect(link.meter.bytesUnderWay).toBe(0);
      }),
    );
  });

  test("a link that carries more than matters is not slow", () => {
    const link = new Link(125e6, 1);
    for (let times = 0; times < 6; times++) link.carry([4e6]);
    expect(link.meter.estimate).toEqual({ bytesPerS: null, roundTripMs: 1 });
    expect([link.meter.isSlow, link.meter.fits(1e9)]).toEqual([false, true]);
  });

  test("a client of this computer is not slow, however busy the computer is; behind a tunnel it may be", () => {
    const busy = new Link(1e6, 4, true);
    const tunnel = new Link(1e6, 40, true);
    for (const link of [busy, tunnel]) for (let times = 0; times < 6; times++) link.carry([400e3]);
    expect(busy.meter.isSlow).toBe(false);
    expect(tunnel.meter.estimate.bytesPerS).toBeCloseTo(1e6, -4);
  });

  test("before anything went over it a network is taken for a slow one, and this computer for none", () => {
    expect(new Link(1, 50).meter.isSlow).toBe(true);
    expect(new Link(1, 2).meter.isSlow).toBe(false);
    expect(new Link(1, 50, true).meter.isSlow).toBe(false);
    expect(new LinkMeter(false).isSlow).toBe(false);
  });

  test("one hiccup says nothing, one picture of a second does", () => {
    const hiccup = new Link(1e6, 1);
    hiccup.carry([200e3]);
    expect(hiccup.meter.isSlow).toBe(false);
    hiccup.carry([200e3]);
    expect(hiccup.meter.isSlow).toBe(true);
    const slow = new Link(1e6, 1);
    slow.carry([1e6]);
    expect(slow.meter.estimate.bytesPerS).toBeCloseTo(1e6, -3);
  });

  test("lets so many bytes be under way as the link holds and an answer may wait behind, and always one picture", () => {
    const link = new Link(625e3, 100);
    for (let times = 0; times < 6; times++) link.carry([60e3]);
    const { meter } = link;
    expect(meter.fits(10e6)).toBe(true);
    meter.sent("a", 80e3, link.nowMs);
    // 625 kB/s x (100 + 150) ms
    expect([meter.fits(70e3), meter.fits(90e3)]).toEqual([true, false]);
    meter.forget("a");
    expect(meter.bytesUnderWay).toBe(0);
    meter.came("a", link.nowMs, 0);
    expect(meter.estimate.bytesPerS).toBeCloseTo(625e3, -4);
  });
});
