import type { Loss } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { DatasetLosses } from "./dataset-losses.svelte.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const loss = (first_frame_index: number, array_frames = 1): Loss => {
  return { first_frame_index, array_frames, count: array_frames, first_hardware_id: first_frame_index, cause: "queue" };
};

/** A dataset that is written: `stored` are its losses now, `asked` what was asked of it. */
function scene(...stored: Loss[]) {
  const asked: number[] = [];
  const changes: number[] = [];
  const runtime = {
    getDatasetLosses: (_: string, { from = 0, count = 1000 } = {}) => {
      asked.push(from);
      return Promise.resolve({
        total: stored.length,
        from,
        ranges: stored.slice(from, from + count),
        captured_end: null,
      });
    },
  };
  const losses = new DatasetLosses(runtime, { name: "gaps.zarr", losses: null }, ({ ranges }) => {
    changes.push(ranges.length);
  });
  return { stored, asked, changes, losses };
}

test("however often it is said that there is more, it is read once a second, and only what is new", async () => {
  const { stored, asked, changes, losses } = scene(loss(3), loss(7));
  for (let said = 0; said < 50; said++) losses.refresh();
  await vi.advanceTimersByTimeAsync(10);
  expect(losses.ranges).toEqual([loss(3), loss(7)]);
  expect(asked).toEqual([0]);

  // The last one grew, and another came.
  stored.splice(1, 1, loss(7, 4), loss(20));
  for (let said = 0; said < 50; said++) losses.refresh();
  await vi.advanceTimersByTimeAsync(900);
  expect(asked).toEqual([0]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual([0, 1]);
  expect(losses.ranges).toEqual([loss(3), loss(7, 4), loss(20)]);
  expect([losses.total, changes]).toEqual([3, [2, 3]]);

  // Nothing new is no change.
  losses.refresh();
  await vi.advanceTimersByTimeAsync(2000);
  expect([asked, changes]).toEqual([
    [0, 1, 2],
    [2, 3],
  ]);
});

test("of very many it reads a part, and knows how many there are", async () => {
  const many = Array.from({ length: 100_500 }, (_, at) => loss(2 * at));
  const { stored, asked, losses } = scene(...many);
  losses.refresh();
  await vi.advanceTimersByTimeAsync(2000);
  expect([losses.ranges.length, losses.total, asked.length]).toEqual([100_000, 100_500, 10]);
  stored.push(loss(500_000));
  losses.refresh();
  await vi.advanceTimersByTimeAsync(2000);
  expect([losses.ranges.length, losses.total, asked.length]).toEqual([100_000, 100_501, 11]);
});

test("a loss that is found before known ones is not missed", async () => {
  const { stored, asked, losses } = scene(loss(3), loss(7));
  losses.refresh();
  await vi.advanceTimersByTimeAsync(2000);
  stored.splice(1, 0, loss(5));
  losses.refresh();
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toEqual([0, 1, 0]);
  expect(losses.ranges).toEqual([loss(3), loss(5), loss(7)]);
});
