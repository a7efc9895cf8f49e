import { expect, test } from "vitest";
import { fileName } from "./file-name.ts";

test.each([
  ["/data/day/out.zarr", "out.zarr"],
  ["/data/back\\slash.zarr", "back\\slash.zarr"],
  ["/data/12:30.zarr", "12:30.zarr"],
  ["D:\\data\\out.zarr", "out.zarr"],
  ["D:/data/out.zarr", "out.zarr"],
  ["out.zarr", "out.zarr"],
])("%s ends in %s", (path, name) => expect(fileName(path)).toBe(name));
