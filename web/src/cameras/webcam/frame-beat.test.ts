import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FrameBeat } from "./frame-beat.ts";

/** The ids that frames of these stamps get; what waits at the end was lost. */
function idsOf(stamps: readonly number[], nominalUs: number): number[] {
  const beat = new FrameBeat<number>(nominalUs);
  const numbered = stamps.flatMap((stampUs, frame) => beat.arrived(frame, stampUs));
  numbered.push(...beat.decide());
  expect(numbered.map(({ frame }) => frame)).toEqual(stamps.map((_, frame) => frame));
  return numbered.map(({ id }) => id);
}

/** Stamps of frames so many periods apart, each up to `jitter` of a period off. */
function stampsOf(periodUs: number, apart: readonly number[], jitter: readonly number[], startUs = 0): number[] {
  let at = 0;
  return [0, ...apart].map((periods, frame) => {
    at += periods;
    return startUs + (at + (jitter[frame % jitter.length] ?? 0)) * periodUs;
  });
}
const sums = (apart: readonly number[]): number[] =>
  [0, ...apart].map((_, frame) => apart.slice(0, frame).reduce((sum, periods) => sum + periods, 0));

const period = fc.integer({ min: 4_000, max: 500_000 });
const jitterOf = (most: number) =>
  fc.array(fc.double({ min: -most, max: most, noNaN: true }), { minLength: 1, maxLength: 50 });
const inStep = (frames: number): number[] => new Array<number>(frames).fill(1);

describe("FrameBeat", () => {
  it("loses nothing while stamps jitter, each up to a fifth of the period", () => {
    fc.assert(
      fc.property(period, jitterOf(0.2), fc.integer({ min: 1, max: 300 }), (periodUs, jitter, frames) => {
        const apart = inStep(frames);
        expect(idsOf(stampsOf(periodUs, apart, jitter), periodUs)).toEqual(sums(apart));
      }),
    );
  });

  it("finds every pause of two periods and more, and how many", () => {
    const pauses = fc.array(fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(period, jitterOf(0.2), pauses, (periodUs, jitter, lost) => {
        const apart = lost.flatMap(([periods, then]) => [periods, ...inStep(then)]);
        expect(idsOf(stampsOf(periodUs, apart, jitter), periodUs)).toEqual(sums(apart));
      }),
    );
  });

  it("finds pauses one behind the other, three alike included", () => {
    for (const apart of [
      [1, 1, 2, 2, 1],
      [1, 2, 2, 2, 1, 1],
      [2, 3, 2, 4, 1],
      [1, 5, 2, 2, 2, 1],
      [3, 3, 3, 1],
    ])
      expect(idsOf(stampsOf(33_333, apart, [0, 0.1, -0.1]), 33_333)).toEqual(sums(apart));
  });

  it("needs no rate that is right: the browser's may be wrong, or missing", () => {
    for (const nominalUs of [0, 16_667, 33_333, 66_667]) {
      const apart = [...inStep(100), 2, ...inStep(40), 4, ...inStep(40)];
      expect(idsOf(stampsOf(33_333, apart, [0, 0.03, -0.02]), nominalUs)).toEqual(sums(apart));
    }
  });

  it("invents no loss where the camera becomes slower in the dark, or faster in the light", () => {
    const rates = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(period, jitterOf(0.04), rates, (periodUs, jitter, slower) => {
        let stamps: number[] = [];
        for (const times of [1, ...slower]) {
          const at = stamps.at(-1);
          // The last stamp's own jitter belongs to the beat before.
          const next = stampsOf(periodUs * times, inStep(150), jitter, 0).map(
            (stampUs) => stampUs - (jitter[0] ?? 0) * periodUs * times,
          );
          stamps = at === undefined ? next : [...stamps, ...next.slice(1).map((stampUs) => at + stampUs)];
        }
        expect(idsOf(stamps, periodUs)).toEqual(stamps.map((_, frame) => frame));
      }),
    );
  });

  it("finds losses in the new beat", () => {
    const apart = [...inStep(50), ...inStep(40).map(() => 2), 4, ...inStep(4).map(() => 2)];
    const stamps = stampsOf(33_333, apart, [0]);
    // In the slow beat four periods of the fast one are two, of which one was lost.
    expect(idsOf(stamps, 33_333)).toEqual(stamps.map((_, frame) => frame + (frame > 90 ? 1 : 0)));
  });

  it("holds the few frames that a pause leaves open, and says for how long", () => {
    const beat = new FrameBeat<string>(33_000);
    expect(beat.arrived("a", 0)).toEqual([{ frame: "a", id: 0, stampUs: 0 }]);
    expect(beat.patienceUs).toBe(0);
    expect(beat.arrived("b", 99_000)).toEqual([]);
    expect(beat.patienceUs).toBe(500_000);
    expect(beat.arrived("c", 132_000).map(({ id }) => id)).toEqual([3, 4]);
    expect(beat.arrived("d", 1_132_000)).toEqual([]);
    expect(beat.patienceUs).toBe(3_000_000);
    expect(beat.decide().map(({ id }) => id)).toEqual([34]);
  });

  it("counts from 0 in each run, with the beat that it knows", () => {
    const beat = new FrameBeat<string>(10_000);
    beat.arrived("a", 0);
    beat.arrived("b", 50_000);
    expect(beat.restart()).toEqual(["b"]);
    expect(beat.arrived("c", 9_000_000)).toEqual([{ frame: "c", id: 0, stampUs: 9_000_000 }]);
    expect(beat.arrived("d", 9_010_000).map(({ id }) => id)).toEqual([1]);
  });

  it("numbers every frame once, in order and upward, whatever the stamps", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e12 })), fc.constantFrom(0, 33_333), (stamps, nominalUs) => {
        const ids = idsOf(stamps, nominalUs);
        expect(ids.every((id, at) => id > (ids[at - 1] ?? -1) && Number.isSafeInteger(id))).toBe(true);
      }),
    );
  });
});
