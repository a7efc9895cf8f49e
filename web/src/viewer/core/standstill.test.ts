import { beforeEach, expect, it } from "vitest";

import { Standstill } from "./standstill.ts";

let still: Standstill;
beforeEach(() => {
  still = new Standstill();
  still.takeCaptured(100);
  still.shown(1000);
});

it("is told when frames were captured and none was shown", () => {
  still.takeCaptured(200);
  expect(still.forMs(2000)).toBe(null);
  expect(still.forMs(4000)).toBe(3000);
  still.shown(4100);
  expect(still.forMs(9000)).toBe(null);
});

it("is none while the camera itself rests, or is slow", () => {
  expect(still.forMs(60_000)).toBe(null);
  still.takeCaptured(102);
  expect(still.forMs(60_000)).toBe(null);
  still.takeCaptured(103);
  expect(still.forMs(60_000)).toBe(59_000);
});

it("waits as long as a pinned plane takes to come again", () => {
  still.takeCaptured(120);
  expect([still.forMs(9000, 10), still.forMs(9000, 5)]).toEqual([null, 8000]);
});

it("counts another run's frames from its start", () => {
  still.takeCaptured(2);
  expect(still.forMs(9000)).toBe(null);
  still.takeCaptured(3);
  expect(still.forMs(9000)).toBe(8000);
});

it("begins anew when the page looks at the camera again", () => {
  still.takeCaptured(500);
  still.rest();
  expect(still.forMs(30_000)).toBe(null);
  still.watch(40_000);
  expect(still.forMs(50_000)).toBe(null);
});
