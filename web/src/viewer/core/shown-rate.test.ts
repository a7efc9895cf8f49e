import { expect, it } from "vitest";

import { ShownRate } from "./shown-rate.ts";

it("counts distinct frames over two seconds", () => {
  const rate = new ShownRate();
  for (let at = 0; at < 120; at++) {
    rate.add(`1 ${at}`, at * 25, 20 + (at % 3));
    rate.add(`1 ${at}`, at * 25 + 5, 500);
  }
  expect(rate.total).toBe(120);
  expect(rate.fps(119 * 25)).toBeCloseTo(40, 6);
  expect(rate.medianAgeMs()).toBe(21);
});

it("knows that nothing has come for a while", () => {
  const rate = new ShownRate();
  expect(rate.fps(0)).toBeNull();
  rate.add("1 1", 0, 10);
  rate.add("1 2", 20, 10);
  expect(rate.fps(30)).toBe(50);
  expect(rate.fps(5000)).toBeNull();
});
