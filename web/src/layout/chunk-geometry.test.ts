import { expect, test } from "vitest";
import { dimension } from "../configuration/sequence.ts";
import { imageGrid, strip } from "./chunk-geometry.ts";

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
