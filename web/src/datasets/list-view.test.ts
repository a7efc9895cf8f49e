import { expect, test } from "vitest";
import { blocksOf, type ListView, viewed } from "./list-view.ts";
import type { PlacedDataset } from "./placed-dataset.ts";

const NOW = new Date(2026, 10, 23, 12).getTime();
const ANY: ListView = { words: "", order: "newest", kind: "all", days: "any" };

function dataset(name: string, hoursAgo: number | null, change: Partial<PlacedDataset> = {}): PlacedDataset {
  return {
    name,
    state: "closed",
    end: { kind: "complete", reason: null },
    losses: { dropped: 0 },
    axes: [],
    bytes: 1,
    notes: { sample: "", operator: "", text: "" },
    started_unix_ms: hoursAgo === null ? null : NOW - hoursAgo * 3_600_000,
    ...change,
  } as unknown as PlacedDataset;
}
const names = (list: readonly PlacedDataset[]) => list.map(({ name }) => name);

test("datasets lie by day, the newest first; what has no date comes last", () => {
  const all = [dataset("a", 30), dataset("old", null), dataset("b", 1), dataset("c", 2)];
  const blocks = blocksOf(viewed(all, ANY, NOW), "newest", NOW);
  expect(blocks.map(({ heading, datasets }) => [heading?.split(",")[0], names(datasets)])).toEqual([
    ["Today", ["b", "c"]],
    ["Yesterday", ["a"]],
    ["Without a date", ["old"]],
  ]);
  expect(names(viewed(all, { ...ANY, order: "oldest" }, NOW))).toEqual(["a", "c", "b", "old"]);
  expect(blocksOf(viewed(all, { ...ANY, order: "name" }, NOW), "name", NOW).map(({ heading }) => heading)).toEqual([
    null,
  ]);
});

test("words are found in names, notes and channels, each of them somewhere", () => {
  const all = [
    dataset("embryo_001.zarr", 1, { notes: { sample: "zebrafish", operator: "Anna", text: "" } }),
    dataset("embryo_002.zarr", 2, { axes: [{ kind: "Channel", labels: ["DAPI", "GFP"] }] as never }),
    dataset("test.zarr", 3),
  ];
  const found = (words: string) => names(viewed(all, { ...ANY, words }, NOW));
  expect(found("EMBRYO anna")).toEqual(["embryo_001.zarr"]);
  expect(found("gfp")).toEqual(["embryo_002.zarr"]);
  expect(found("embryo")).toEqual(["embryo_001.zarr", "embryo_002.zarr"]);
});

test("state and day narrow the list", () => {
  const all = [
    dataset("good", 1),
    dataset("cut", 2, { state: "needs_recovery", end: null }),
    dataset("full", 40, { end: { kind: "failed", reason: "disk full" } }),
    dataset("lossy", 400, { losses: { dropped: 3 } as never }),
  ];
  const of = (change: Partial<ListView>) => names(viewed(all, { ...ANY, ...change }, NOW));
  expect(of({ kind: "complete" })).toEqual(["good", "lossy"]);
  expect(of({ kind: "incomplete" })).toEqual(["cut", "full"]);
  expect(of({ kind: "lost" })).toEqual(["lossy"]);
  expect(of({ days: "today" })).toEqual(["good", "cut"]);
  expect(of({ days: "week" })).toEqual(["good", "cut", "full"]);
});

test("10,000 are put in order, and into blocks, in less time than anybody notices", () => {
  const all = Array.from({ length: 10_000 }, (_, at) => dataset(`run_${at}`, at / 10));
  const blocks = blocksOf(viewed(all, { ...ANY, words: "run" }, NOW), "newest", NOW);
  expect(blocks.reduce((sum, { datasets }) => sum + datasets.length, 0)).toBe(10_000);
  expect(Math.max(...blocks.map(({ datasets }) => datasets.length))).toBe(30);
});
