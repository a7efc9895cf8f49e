import { describe, expect, it } from "vitest";

import { AutoContrast } from "./auto-contrast.ts";
import type { Histogram } from "./picture.ts";

function between(minimum: number, maximum: number): Histogram {
  const counts = new Uint32Array(4096).fill(0);
  for (let value = minimum; value <= maximum; value++) counts[value] = 100;
  return { origin: 0, binWidth: 1, counts, saturated: 0, minimum, maximum, of: "frame" };
}

describe("automatic contrast", () => {
  it("takes the first frame at once", () => {
    const { min, max } = new AutoContrast().update(between(100, 1100), 0);
    expect(min).toBeCloseTo(101, 0);
    expect(max).toBeCloseTo(1100, 0);
  });

  it("does not flicker with noise", () => {
    const auto = new AutoContrast();
    const first = auto.update(between(100, 1100), 0);
    for (let at = 1; at < 100; at++) {
      expect(auto.update(between(100 + (at % 7), 1100 - (at % 11)), at * 16)).toEqual(first);
    }
  });

  it("reaches another scene smoothly and rests there", () => {
    const auto = new AutoContrast();
    let last = auto.update(between(100, 1100), 0);
    const steps: number[] = [];
    for (let at = 1; at < 200; at++) {
      const next = auto.update(between(300, 2000), at * 16);
      steps.push(Math.abs(next.max - last.max));
      last = next;
    }
    expect(last.max).toBeCloseTo(2000, -1);
    expect(Math.max(...steps)).toBeLessThan(150);
    expect(steps.at(-1)).toBe(0);
  });

  it("jumps where everything has changed", () => {
    const auto = new AutoContrast();
    auto.update(between(10, 20), 0);
    expect(auto.update(between(1000, 3000), 16).max).toBeCloseTo(2998, -1);
  });
});
