import type { Configuration, Dimension } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "./fixture.ts";
import { applyChanges } from "./path.ts";
import type { Edit } from "./edit.ts";
import { dimension, setBinning } from "./sequence.ts";
import { pixelSizeUm, setInterval, setPixelSize, stepInSeconds } from "./sizes.ts";

function configuration(change: { x?: Partial<Dimension>; t?: Partial<Dimension>; um?: [number, number] } = {}) {
  const dimensions = [
    { ...dimension("x", "Space", 640, 64), ...change.x },
    dimension("y", "Space", 480, 64),
    { ...dimension("t", "Time", 0, 10), ...change.t },
  ];
  const made = configurationWith({ dimensions });
  if (change.um && made.video[0]) made.video[0].storage.settings.pixel_scale_um = change.um;
  return made;
}
function stream({ video }: Configuration) {
  if (!video[0]) throw new Error("no stream");
  return video[0];
}
function edited(before: Configuration, edits: Edit[]) {
  return stream(
    applyChanges(
      before,
      edits.map(({ path, value }) => ({ path, to: value })),
    ),
  );
}

test("nothing given is not calibrated, and 1 is one micrometre", () => {
  expect(pixelSizeUm(stream(configuration()), 0)).toBe(0);
  expect(pixelSizeUm(stream(configuration({ um: [1, 1] })), 0)).toBe(1);
});

test("a step of its own comes first, in µm whatever its unit", () => {
  const before = configuration({ x: { scale: 250, unit: "nanometer" }, um: [1, 1] });
  expect(pixelSizeUm(stream(before), 0)).toBe(0.25);
  expect(pixelSizeUm(stream(before), 1)).toBe(1);
});

test("another pixel size is one value again, and y follows x", () => {
  const before = configuration({ x: { scale: 250, unit: "nanometer" } });
  const after = edited(before, setPixelSize(stream(before), "video[0]", 0, 0.3));
  expect(after.storage.settings.pixel_scale_um).toEqual([0.3, 0.3]);
  expect(after.storage.settings.acquisition_dimensions[0]).toMatchObject({ unit: "nanometer" });
  expect(after.storage.settings.acquisition_dimensions[0]?.scale).toBeUndefined();
  const apart = configuration({ um: [0.5, 0.25] });
  expect(edited(apart, setPixelSize(stream(apart), "video[0]", 0, 0.6)).storage.settings.pixel_scale_um).toEqual([
    0.6, 0.25,
  ]);
  expect(edited(apart, setPixelSize(stream(apart), "video[0]", 1, null)).storage.settings.pixel_scale_um).toEqual([
    0.5, 0,
  ]);
});

test("an interval takes the place of the time step that the dimension had", () => {
  const before = configuration({ t: { scale: 1, unit: "second" } });
  const after = edited(before, setInterval(stream(before), "video[0]", 2.5));
  expect(after.time_point_interval_us).toBe(2.5e6);
  expect(after.storage.settings.acquisition_dimensions[2]).toEqual(dimension("t", "Time", 0, 10));
  expect(edited(before, setInterval(stream(before), "video[0]", null)).time_point_interval_us).toBe(0);
});

test("a time step in any unit of Layout is an interval", () => {
  expect(stepInSeconds(1500, "millisecond")).toBe(1.5);
  expect(stepInSeconds(2, "minute")).toBe(120);
  expect(stepInSeconds(2, "")).toBe(2);
  expect(stepInSeconds(2, "day")).toBeNull();
});

test("binned pixels are larger, in µm and in the dimension's own unit", () => {
  const before = configuration({ x: { scale: 250, unit: "nanometer" }, um: [0.1, 0.1] });
  const after = edited(before, setBinning(stream(before), "video[0]", 2));
  expect(after.storage.settings.pixel_scale_um).toEqual([0.2, 0.2]);
  expect(after.storage.settings.acquisition_dimensions[0]?.scale).toBe(500);
  expect(
    edited(configuration(), setBinning(stream(configuration()), "video[0]", 2)).storage.settings.pixel_scale_um,
  ).toEqual([0, 0]);
});
