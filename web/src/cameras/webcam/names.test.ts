import { expect, it } from "vitest";

import { namedWebcams } from "./names.ts";

const names = (...listed: [deviceId: string, label: string][]): string[] =>
  namedWebcams(listed.map(([deviceId, label]) => ({ deviceId, label }))).map(({ name }) => name);

it("before it may be used a webcam is the one that the browser takes", () => {
  expect(names(["", ""], ["", ""])).toEqual(["webcam gray", "webcam RGB"]);
});

it("a webcam has its name, in gray and in colours", () => {
  expect(names(["a1", "Integrated Camera (04f2:b6d0)"])).toEqual([
    "webcam gray: Integrated Camera (04f2:b6d0)",
    "webcam RGB: Integrated Camera (04f2:b6d0)",
    "webcam gray",
    "webcam RGB",
  ]);
});

it("two of one make are told apart, whatever their order", () => {
  const [one, two, other] = [
    ["3f2a9cd0", "USB Camera"],
    ["b71100ff", "USB Camera"],
    ["cc", "Scope\u0007 "],
  ] as [string, string][];
  const gray = (all: string[]) => all.filter((name) => name.startsWith("webcam gray:"));
  const expected = ["webcam gray: USB Camera [3f2a9c]", "webcam gray: USB Camera [b71100]", "webcam gray: Scope"];
  expect(gray(names(one as [string, string], two as [string, string], other as [string, string]))).toEqual(expected);
  expect(gray(names(two as [string, string], other as [string, string], one as [string, string])).sort()).toEqual(
    [...expected].sort(),
  );
});

it("where there is none, the page can still say why", () => {
  expect(names()).toEqual(["webcam gray", "webcam RGB"]);
});
