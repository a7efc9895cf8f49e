import { describe, expect, test } from "vitest";

import { splitLive } from "./live-files.ts";

describe("splitLive", () => {
  test.each([
    [["a.zarr", "@live"], { dataset: "a.zarr", key: "" }],
    [["a.zarr", "@live", "zarr.json"], { dataset: "a.zarr", key: "zarr.json" }],
    [["day 1", "a.zarr", "@live", "0", "c", "7"], { dataset: "day 1/a.zarr", key: "0/c/7" }],
    [["a.zarr", "@live", "18ead2", "0", "c"], { dataset: "a.zarr", key: "18ead2/0/c" }],
    [["a.zarr", "zarr.json"], null],
    [["@live", "zarr.json"], null],
    [[], null],
  ])("%j", (segments, expected) => {
    expect(splitLive(segments)).toEqual(expected);
  });
});
