import type { Ledger, Loss } from "@zarrcam/protocol";
import { describe, expect, it } from "vitest";

import { axisMarks, lossAt, lossLabel, timeSegments } from "./segments.ts";
import { StoredTimes } from "./stored-times.ts";

const ledger = (frames: number, in_flight: number): Ledger => ({
  captured: frames + in_flight,
  stored: frames,
  dropped: 0,
  in_flight,
  dropped_camera: 0,
  dropped_queue: 0,
  dropped_storage: 0,
  array_frames: frames,
});
const loss = (first_frame_index: number, count: number): Loss => ({
  first_frame_index,
  count,
  array_frames: count,
  first_hardware_id: first_frame_index + 5,
  cause: "queue",
});

describe("the time axis", () => {
  it("is as long as the plan", () => {
    expect(timeSegments(ledger(120, 4), 300)).toEqual({ total: 300, saved: 120, waiting: 124, planned: true });
    expect(timeSegments(null, 300)).toEqual({ total: 300, saved: 0, waiting: 0, planned: true });
  });

  it("doubles where there is no end", () => {
    expect(timeSegments(ledger(10, 0), null).total).toBe(64);
    expect(timeSegments(ledger(64, 1), null)).toEqual({ total: 128, saved: 64, waiting: 65, planned: false });
  });

  it("finds the loss of a frame and says its cause", () => {
    const losses = [loss(10, 1), loss(118, 3), loss(400, 2)];
    expect(lossAt(losses, 120)).toBe(losses[1]);
    expect([9, 11, 121, 500].map((frameIndex) => lossAt(losses, frameIndex))).toEqual([null, null, null, null]);
    expect(lossLabel(loss(118, 3), 119)).toBe("frame 119 lost: queue full");
    const onTheWay = { ...loss(118, 3), why: "network" } as const;
    expect(lossLabel(onTheWay, 119)).toBe("frame 119 lost: the network to this browser was too slow");
    const average: Loss = { first_frame_index: 10, first_hardware_id: 40, array_frames: 2, count: 8, cause: "camera" };
    expect([11, 12].map((frameIndex) => lossAt([average], frameIndex))).toEqual([average, null]);
    expect(lossLabel(average, 11)).toBe("frame 11 lost: not delivered by the camera");
  });

  const marks = (losses: Loss[], position: (frameIndex: number) => number) =>
    axisMarks(losses, ({ first_frame_index, count }) => ({ frameIndex: first_frame_index, count }), position, 14);

  it("draws marks that do not lie on each other, and counts the rest with them", () => {
    const losses = Array.from({ length: 1000 }, (_, at) => loss(at * 2, 1));
    const position = (frameIndex: number) => (frameIndex / 2000) * 600;
    const drawn = marks(losses, position);
    const at = drawn.map(({ frameIndex }) => position(frameIndex));
    expect(at.length).toBeGreaterThan(30);
    at.slice(1).forEach((here, before) => expect(here - (at[before] ?? 0)).toBeGreaterThanOrEqual(14));
    expect(drawn.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  });

  it("draws losses that are far enough apart each by itself", () => {
    const losses = [loss(118, 3), loss(132, 1), loss(145, 2)];
    const drawn = marks(losses, (frameIndex) => frameIndex);
    expect(drawn.map(({ frameIndex, count, first }) => [frameIndex, count, first])).toEqual([
      [118, 3, losses[0]],
      [132, 3, losses[1]],
    ]);
    expect(marks([], (frameIndex) => frameIndex)).toEqual([]);
  });
});

describe("when frames were stored", () => {
  it("is known between statistics", () => {
    const times = new StoredTimes();
    times.start(1000);
    times.add(10, 2000);
    times.add(10, 2250);
    times.add(30, 4000);
    expect(times.at(0)).toBeCloseTo(1100);
    expect(times.at(9)).toBe(2000);
    expect(times.at(19)).toBe(3000);
    expect(times.at(30)).toBeNull();
    times.add(2, 9000);
    expect(times.at(1)).toBe(9000);
  });
});
