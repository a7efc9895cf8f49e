import { expect, test } from "vitest";
import { RateHistory } from "../link/rate-history.ts";
import { groupByDay, shapeWords } from "../link/datasets.ts";
import { dimension } from "../setup/sequence.ts";
import { imageGrid, strip } from "./chunk-geometry.ts";
import { lostIds } from "./lost-ids.ts";

test("the tutorial's image is two by two chunks", () => {
  const grid = imageGrid(dimension("x", "Space", 1920, 960), dimension("y", "Space", 1080, 540), 96, 90);
  expect([grid.columns, grid.rows]).toEqual([2, 2]);
  expect(grid.vertical).toEqual([{ at: 48, shard: false }]);
  expect(grid.chunkWidth).toBe(48);
});

test("where a file ends the line is bold", () => {
  const { lines, segments } = strip(10, 2, 2, 100);
  expect(segments).toBe(5);
  expect(lines.map(({ shard }) => shard)).toEqual([false, true, false, true]);
});

test("many chunks are thinned out, never a grey area", () => {
  expect(strip(10_000, 1, 0, 100).lines.length).toBeLessThanOrEqual(25);
});

test("every lost id is listed with its place and cause", () => {
  expect(lostIds([{ first_hardware_id: 118, first_place: 117, count: 2, places: 2, cause: "queue" }])).toEqual([
    { hardwareId: 118, place: 117, cause: "queue" },
    { hardwareId: 119, place: 118, cause: "queue" },
  ]);
  // An average of two frames is one place.
  const average = lostIds([{ first_hardware_id: 40, first_place: 20, count: 4, places: 2, cause: "camera" }]);
  expect(average.map(({ hardwareId, place }) => [hardwareId, place])).toEqual([
    [40, 20],
    [41, 20],
    [42, 21],
    [43, 21],
  ]);
});

test("the history begins at zero and keeps what is not measured as a gap", () => {
  const history = new RateHistory();
  history.add(0, 5000, { camera_fps: 14, stored_fps: null, shown_fps: null, queue_percent: 1, lost: 0 });
  history.add(0, 5250, { camera_fps: 15, stored_fps: 14, shown_fps: null, queue_percent: 2, lost: 0 });
  expect(history.columns(0)).toEqual([
    [0, 0.25],
    [14, 15],
    [null, 14],
    [null, null],
    [1, 2],
  ]);
});

test("datasets lie by day, the newest first", () => {
  const now = new Date(2026, 10, 23, 12).getTime();
  const dataset = (name: string, hoursAgo: number | null) =>
    ({ name, started_unix_ms: hoursAgo === null ? null : now - hoursAgo * 3_600_000 }) as Parameters<
      typeof groupByDay
    >[0][number];
  const days = groupByDay([dataset("a", 30), dataset("old", null), dataset("b", 1), dataset("c", 2)], now);
  expect(days.map(({ day, datasets }) => [day.split(",")[0], datasets.map(({ name }) => name)])).toEqual([
    ["Today", ["b", "c"]],
    ["Yesterday", ["a"]],
    ["Without a date", ["old"]],
  ]);
});

test("a shape in words, the image last", () => {
  const axes = ["t", "c", "y", "x"].map((name) => ({ name }));
  const dataset = { axes, shape: [10, 3, 1080, 1920] } as unknown as Parameters<typeof shapeWords>[0];
  expect(shapeWords(dataset)).toBe("t 10, c 3, 1920 × 1080 px");
});
