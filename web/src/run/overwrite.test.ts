import type { DatasetInfo, Problem } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { nameInFolder, replacedLine, replacedNames } from "./overwrite.ts";

const overwrite = (stream: number): Problem => ({
  path: `video[${stream}].storage.settings.uri`,
  code: "overwrite",
  severity: "warning",
  message: "exists and will be replaced",
});

test("every stream that replaces something is named, and no other", () => {
  const streams = ["a.zarr", "b.zarr", "c.zarr"].flatMap((uri) => configurationWith({ uri }).video);
  expect(replacedNames([overwrite(0), overwrite(2)], streams)).toEqual(["a.zarr", "c.zarr"]);
  expect(replacedNames([{ ...overwrite(1), code: "exists" }], streams)).toEqual([]);
});

test("a name is the dataset's, however it was written", () => {
  expect(nameInFolder("out.zarr", "/data")).toBe("out.zarr");
  expect(nameInFolder("/data/day/out.zarr", "/data/")).toBe("day/out.zarr");
  expect(nameInFolder("file:///data/out.zarr", "/data")).toBe("out.zarr");
  expect(nameInFolder("C:\\data\\out.zarr", "C:\\data")).toBe("out.zarr");
});

test("what goes is named with its frames, its size and its date", () => {
  const started_unix_ms = new Date(2026, 10, 27, 5, 10, 22).getTime();
  const info = { frames_stored: 300, bytes: 622_080_000, started_unix_ms } as DatasetInfo;
  expect(replacedLine("out.zarr", info)).toBe("out.zarr: 300 frames, 622 MB, of 2026-11-27 05:10:22");
  expect(replacedLine("out.zarr", { ...info, started_unix_ms: null, frames_stored: 1 })).toBe(
    "out.zarr: 1 frame, 622 MB",
  );
  expect(replacedLine("notes", null)).toBe("notes");
});
