import type { CameraFeature } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { fixedBecause, grouped, valueText, withFeature } from "./listing.ts";

const feature = (name: string, change: Partial<CameraFeature> = {}): CameraFeature => ({
  name,
  display_name: name,
  description: "",
  category: ["Analog Control"],
  kind: "float",
  level: "beginner",
  value: 1,
  range: null,
  unit: "",
  choices: [],
  writable: true,
  setting: "",
  ...change,
});

test("a level shows what is for it and what is easier; a search looks at everything", () => {
  const all = [
    feature("Gain"),
    feature("BlackLevel", { level: "expert", description: "Offset of the signal" }),
    feature("Lut", { level: "guru", category: ["Analog Control", "Table"] }),
  ];
  const names = (level: "beginner" | "expert" | "guru", search = "") =>
    grouped(all, level, search).map(({ title, features }) => [title, features.map(({ name }) => name)]);
  expect(names("beginner")).toEqual([["Analog Control", ["Gain"]]]);
  expect(names("guru")).toEqual([
    ["Analog Control", ["Gain", "BlackLevel"]],
    ["Analog Control › Table", ["Lut"]],
  ]);
  expect(names("beginner", " SIGNAL offset")).toEqual([["Analog Control", ["BlackLevel"]]]);
  expect(names("beginner", "nothing")).toEqual([]);
});

test("a value is shown with its unit, its label, and why it cannot be set", () => {
  expect(valueText(feature("Temperature", { value: 41.5, unit: "°C" }))).toBe("41.5 °C");
  expect(valueText(feature("Mode", { value: "Off", choices: [{ value: "Off", label: "Aus" }] }))).toBe("Aus");
  expect(valueText(feature("Reset", { value: null, kind: "command" }))).toBe("–");
  expect(fixedBecause(feature("Gain"))).toBeNull();
  expect(fixedBecause(feature("Width", { setting: "shape[0]", writable: false }))).toMatch(/above/);
  expect(fixedBecause(feature("Temperature", { writable: false }))).toMatch(/does not let/);
});

test("what is left to the camera stands no more in the document", () => {
  expect(withFeature(undefined, "Gain", 3)).toEqual({ Gain: 3 });
  expect(withFeature({ Gain: 3, Gamma: 1 }, "Gain", null)).toEqual({ Gamma: 1 });
  expect(withFeature({ Gain: 3 }, "Gain", null)).toBeUndefined();
});
