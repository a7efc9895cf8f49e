import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { histogramDomain } from "./histogram-domain.ts";
import { countHistogram, histogramBars } from "./histogram.ts";
import { percentile, percentileLimits } from "./percentile.ts";
import type { Histogram } from "./picture.ts";

const of = (counts: number[], more: Partial<Histogram> = {}): Histogram => ({
  origin: 0,
  binWidth: 1,
  counts: Uint32Array.from(counts),
  saturated: 0,
  minimum: 0,
  maximum: counts.length - 1,
  of: "frame",
  ...more,
});

describe("countHistogram", () => {
  it("counts every pixel once, in at most 1,024 bins of a power of two", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = countHistogram(Uint16Array.from(values), "U16", "frame");
        expect(histogram.counts.length).toBeLessThanOrEqual(1024);
        expect(Number.isInteger(Math.log2(histogram.binWidth))).toBe(true);
        expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        const expected = new Map<number, number>();
        for (const value of values) {
          const bin = Math.floor((value - histogram.origin) / histogram.binWidth);
          expected.set(bin, (expected.get(bin) ?? 0) + 1);
        }
        for (const [bin, count] of expected) expect(histogram.counts[bin]).toBe(count);
      }),
    );
  });

  it("knows the sensor's true white", () => {
    const pixels = Uint16Array.of(4094, 4095, 4095, 7);
    expect(countHistogram(pixels, "U12", "frame").saturated).toBe(2);
    expect(countHistogram(pixels, "U16", "frame").saturated).toBe(0);
    expect(countHistogram(Int8Array.of(-128, 127), "I8", "frame")).toMatchObject({ minimum: -128, saturated: 1 });
  });

  it("leaves out what is no number", () => {
    const histogram = countHistogram(Float32Array.of(NaN, Infinity, -1, 3), "F32", "frame");
    expect(histogram).toMatchObject({ minimum: -1, maximum: 3, binWidth: 4 / 256 });
    expect([...histogram.counts].reduce((sum, count) => sum + count)).toBe(2);
  });
});

describe("percentile", () => {
  it("finds values to a fraction of a bin", () => {
    const flat = of([10, 10, 10, 10]);
    expect(percentile(flat, 0)).toBe(0);
    expect(percentile(flat, 0.5)).toBe(2);
    expect(percentile(flat, 0.625)).toBe(2.5);
    expect(percentile(flat, 1)).toBe(3);
  });

  it("leaves outliers out, and gives even a flat picture a span", () => {
    const counts = new Array<number>(1001).fill(0);
    counts[0] = 1;
    counts[500] = 10_000;
    counts[510] = 10_000;
    counts[1000] = 1;
    const limits = percentileLimits(of(counts), 0.001);
    expect(limits.min).toBeGreaterThanOrEqual(500);
    expect(limits.max).toBeLessThanOrEqual(511);
    const single = percentileLimits(of([0, 0, 50], { minimum: 2, maximum: 2 }), 0.001);
    expect(single.max).toBeGreaterThan(single.min);
  });
});

describe("histogramBars", () => {
  it("spreads bins over columns and keeps the shape", () => {
    const bars = histogramBars(of([0, 4, 0, 1]), 0, 4, 4);
    expect([...bars]).toEqual([0, 1, 0, 0.5]);
    expect([...histogramBars(of([0, 4, 0, 1]), 0, 4, 2)].map((bar) => Number(bar.toFixed(2)))).toEqual([1, 0.5]);
    expect([...histogramBars(of([1]), 5, 9, 3)]).toEqual([0, 0, 0]);
  });
});

it("keeps the axis still while the picture is noisy", () => {
  expect(histogramDomain({ min: 3, max: 4090 })).toEqual(histogramDomain({ min: 17, max: 4071 }));
  expect(histogramDomain({ min: 7, max: 7 })).toEqual({ min: 6.5, max: 7.5 });
});
