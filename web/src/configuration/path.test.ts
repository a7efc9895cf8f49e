import { describe, expect, test } from "vitest";
import { applyChanges, contains, diff, getAt, overlaps, parsePath, setAt } from "./path.ts";

describe("field paths", () => {
  test("are steps by name and number", () => {
    expect(parsePath("video[0].storage.settings.acquisition_dimensions[2].name")).toEqual([
      "video",
      0,
      "storage",
      "settings",
      "acquisition_dimensions",
      2,
      "name",
    ]);
  });

  test("reads and writes without touching the original", () => {
    const before = { video: [{ a: { b: 1 } }, { a: { b: 2 } }] };
    const after = setAt(before, "video[1].a.b", 3);
    expect(getAt(after, "video[1].a.b")).toBe(3);
    expect(before.video[1]?.a.b).toBe(2);
    expect(after.video[0]).toBe(before.video[0]);
    expect(getAt(before, "video[7].a")).toBeUndefined();
  });

  test("undefined takes the field out", () => {
    expect(setAt({ a: { b: 1, c: 2 } }, "a.b", undefined)).toEqual({ a: { c: 2 } });
  });

  test("a difference is told by the smallest field, arrays of another length as one", () => {
    const from = { x: { y: 1, z: [1, 2] }, list: [1] };
    expect(diff(from, { x: { y: 1, z: [1, 3] }, list: [1, 2] })).toEqual([
      { path: "x.z[1]", from: 2, to: 3 },
      { path: "list", from: [1], to: [1, 2] },
    ]);
    expect(diff(from, structuredClone(from))).toEqual([]);
  });

  test("changes applied to the first document give the second", () => {
    const from = { a: 1, b: { c: [1, 2, 3] }, d: "x" };
    const to = { a: 1, b: { c: [1, 9, 3] }, e: true };
    expect(applyChanges(from, diff(from, to))).toEqual(to);
  });

  test("one path contains another at a boundary only", () => {
    expect(contains("a.b", "a.b.c")).toBe(true);
    expect(contains("a.b", "a.b[0]")).toBe(true);
    expect(contains("a.b", "a.bc")).toBe(false);
    expect(overlaps("a.b.c", "a.b")).toBe(true);
  });
});
