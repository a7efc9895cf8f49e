import { beforeEach, expect, it } from "vitest";

import { Standstill } from "./standstill.ts";

let still: Standstill;
let nowMs: number;
beforeEach(() => {
  still = new Standstill();
  nowMs = 0;
  still.takeRate(0, nowMs);
  still.shown(nowMs);
});

/** The camera captures so fast for so long; the rate is told four times a second. */
function captures(fps: number, seconds: number): void {
  for (let told = 0; told < seconds * 4; told++) still.takeRate(fps, (nowMs += 250));
}

it("is told when frames were captured and none was shown", () => {
  captures(30, 1);
  expect(still.forMs(nowMs)).toBe(null);
  captures(30, 2);
  expect(still.forMs(nowMs)).toBe(3000);
  still.shown(nowMs);
  expect(still.forMs(nowMs + 5000)).toBe(null);
});

it("is none while the camera itself rests, or is slow", () => {
  captures(0, 60);
  expect(still.forMs(nowMs)).toBe(null);
  captures(0.1, 20);
  expect(still.forMs(nowMs)).toBe(null);
  captures(0.1, 20);
  expect(still.forMs(nowMs)).toBe(100_000);
});

it("does not take the rest between two time points for a standstill", () => {
  for (const point of [1, 2, 3]) {
    // The last frame of a burst is shown before the statistics tell of the burst.
    still.shown(nowMs);
    for (let told = 0; told < 40; told++) still.takeCount(30 * point, (nowMs += 250));
    expect(still.forMs(nowMs)).toBe(null);
  }
  for (let told = 1; told <= 8; told++) still.takeCount(90 + told, (nowMs += 250));
  expect(still.forMs(nowMs)).toBe(12_000);
});

it("waits as long as a pinned plane takes to come again", () => {
  captures(10, 2);
  expect([still.forMs(nowMs, 10), still.forMs(nowMs, 5)]).toEqual([null, 2000]);
});

it("does not take a pause of the connection for frames", () => {
  still.takeRate(1, (nowMs += 60_000));
  expect(still.forMs(nowMs)).toBe(null);
});

it("begins anew when the page displays at the camera again", () => {
  captures(30, 10);
  still.rest();
  expect([still.watched, still.forMs(nowMs)]).toEqual([false, null]);
  still.watch(nowMs);
  expect(still.forMs(nowMs + 10_000)).toBe(null);
});
