import { expect, test } from "vitest";
import { inOrder, planArchive } from "./archive-plan.ts";
import type { DatasetFile } from "./file-source.ts";

const files = (...paths: string[]): DatasetFile[] =>
  paths.map((path) => ({ path, bytes: 1, modifiedMs: 0, version: null }));
const GROUP = JSON.stringify({ node_type: "group", attributes: { ome: { version: "0.5" } } });
const SHARDED = JSON.stringify({ node_type: "array", codecs: [{ name: "sharding_indexed" }] });
const PLAIN = JSON.stringify({ node_type: "array", codecs: [{ name: "bytes" }] });
const plan = (texts: Record<string, string>, ...more: string[]) =>
  planArchive(files(...Object.keys(texts), ...more), new Map(Object.entries(texts)));

test("metadata comes first, breadth first, then what the run tells, then chunks by their numbers", () => {
  const { documents, others } = inOrder(
    files(
      "0/c/10/0",
      "1/zarr.json",
      "0/c/2/0",
      "0/.zarrcam/frames.csv",
      "labels/a/zarr.json",
      "0/zarr.json",
      "zarr.json",
    ),
  );
  expect(documents.map(({ path }) => path)).toEqual(["zarr.json", "0/zarr.json", "1/zarr.json", "labels/a/zarr.json"]);
  expect(others.map(({ path }) => path)).toEqual(["0/.zarrcam/frames.csv", "0/c/2/0", "0/c/10/0"]);
});

test("an image whose arrays are all sharded is an .ozx, and its comment says so", () => {
  const ozx = plan({ "zarr.json": GROUP, "0/zarr.json": SHARDED, "1/zarr.json": SHARDED }, "0/c/0");
  expect(ozx).toEqual({
    kind: "ozx",
    why: null,
    comment: '{"ome":{"version":"0.5","zipFile":{"centralDirectory":{"jsonFirst":true}}}}',
  });
});

test.each([
  ["V2", plan({ ".zgroup": "{}", ".zattrs": "{}", "0/.zarray": "{}" }), "Zarr V2"],
  ["V2 beside V3", plan({ "zarr.json": GROUP, "0/zarr.json": SHARDED, "0/.zarray": "{}" }), "0/.zarray, of Zarr V2"],
  ["an array alone", plan({ "zarr.json": SHARDED }), "no OME metadata"],
  ["a level without shards", plan({ "zarr.json": GROUP, "0/zarr.json": SHARDED, "1/zarr.json": PLAIN }), "in shards"],
  ["another .ozx in it", plan({ "zarr.json": GROUP, "0/zarr.json": SHARDED }, "more/b.ozx"), "more/b.ozx"],
  ["a damaged document", plan({ "zarr.json": GROUP, "0/zarr.json": "{" }), "0/zarr.json is no JSON object"],
])("%s is a plain .zip without comment, and the reason is told", (_what, made, why) => {
  expect(made).toMatchObject({ kind: "zip", comment: "" });
  expect(made.why).toContain(why);
});
