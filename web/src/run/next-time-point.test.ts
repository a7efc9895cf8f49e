import { expect, test } from "vitest";
import { secondsToNext } from "./next-time-point.ts";

test("between time points the seconds to the next one are counted down", () => {
  expect(secondsToNext(1.2, 10e6, 6, 6, 60)).toBe(9);
  expect(secondsToNext(19.5, 10e6, 12, 6, null)).toBe(1);
});

test("nothing is counted while one is taken, when it is late, after the last one, or where the interval is short", () => {
  expect(secondsToNext(1, 10e6, 4, 6, 60)).toBeNull();
  expect(secondsToNext(12, 10e6, 6, 6, 60)).toBeNull();
  expect(secondsToNext(55, 10e6, 60, 6, 60)).toBeNull();
  expect(secondsToNext(0.5, 1e6, 6, 6, 60)).toBeNull();
  expect(secondsToNext(0.5, 10e6, 0, 6, 60)).toBeNull();
});
