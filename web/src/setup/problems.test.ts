import { expect, test } from "vitest";
import { withoutRepeats } from "./problems.ts";
import { valueWords } from "./words.ts";

test("a fault that two checks found is told once, with its way out", () => {
  const told = { path: "a", code: "name", severity: "error" as const, message: "bad" };
  const fix = { label: "Use b", path: "a", value: "b" };
  expect(withoutRepeats([{ ...told, fix }, told])).toEqual([{ ...told, fix }]);
  expect(withoutRepeats([told, { ...told, fix }])).toEqual([{ ...told, fix }]);
  expect(withoutRepeats([told, { ...told, path: "b" }])).toHaveLength(2);
});

test("values in the page's words", () => {
  expect(valueWords("video[0].camera.settings.exposure_time_us", 70_000)).toBe("70 ms");
  expect(valueWords("video[0].camera.settings.pixel_type", "U12")).toBe("12 bit (in 16)");
  expect(valueWords("video[0].max_frame_count", 18446744073709551615)).toBe("until stopped");
  expect(valueWords("video[0].storage.settings.notes", { sample: "" })).toBeNull();
});
