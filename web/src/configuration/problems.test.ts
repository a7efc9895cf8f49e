import type { Problem, ProblemCode } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { withSameFix, inFieldUnit, withoutRepeats } from "./problems.ts";
import { valueText } from "./labels.ts";

test("a fault that two checks found is told once, with its way out", () => {
  const told = { path: "a", code: "name" as const, severity: "error" as const, message: "bad" };
  const fix = { label: "Use b", path: "a", value: "b" };
  expect(withoutRepeats([{ ...told, fix }, told])).toEqual([{ ...told, fix }]);
  expect(withoutRepeats([told, { ...told, fix }])).toEqual([{ ...told, fix }]);
  expect(withoutRepeats([told, { ...told, path: "b" }])).toHaveLength(2);
});

test("values in the page's words", () => {
  expect(valueText("video[0].camera.settings.exposure_time_us", 70_000)).toBe("70 ms");
  expect(valueText("video[0].camera.settings.pixel_type", "U12")).toBe("12 bit (in 16)");
  expect(valueText("video[0].max_frame_count", 18446744073709551615)).toBe("until stopped");
  expect(valueText("video[0].storage.settings.notes", { sample: "" })).toBeNull();
});

test("times beside the interval are in its unit, others as the core has them", () => {
  const message =
    "A time point takes 3,000 ms (1,200 frames), longer than the interval of 250.5 ms: time points will be late.";
  const late = {
    path: "video[0].time_point_interval_us",
    code: "late" as const,
    severity: "warning" as const,
    message,
  };
  const fix = { label: "Use 3,000 ms", path: late.path, value: 3e6 };
  expect(inFieldUnit({ ...late, fix })).toMatchObject({
    message: "A time point takes 3 s (1,200 frames), longer than the interval of 0.2505 s: time points will be late.",
    fix: { label: "Use 3 s", value: 3e6 },
  });
  expect(inFieldUnit({ ...late, message: "It is 250 µs." }).message).toBe("It is 0.00025 s.");
  const exposure = { ...late, path: "video[0].camera.settings.exposure_time_us" };
  expect(inFieldUnit(exposure)).toEqual(exposure);
});

test("what two cameras have alike is put right for both, and nothing else with it", () => {
  const late = (stream: number, value: number, code: ProblemCode = "late"): Problem => ({
    path: `video[${stream}].time_point_interval_us`,
    code,
    severity: "warning",
    message: "late",
    fix: { label: `Use ${value / 1e6} s`, path: `video[${stream}].time_point_interval_us`, value },
  });
  const [first, second, third] = [late(0, 3e6), late(1, 3e6), late(2, 2e6)];
  const all = [first, second, third, { ...late(1, 3e6), path: "video[1].frame_period_us" }];
  expect(withSameFix(first, all)).toEqual([first, second]);
  expect(withSameFix(second, all)).toEqual([first, second]);
  expect(withSameFix(third, all)).toEqual([third]);
  const typed = [late(0, 1, "type"), late(1, 1, "type")] as const;
  expect(withSameFix(typed[0], typed)).toEqual([typed[0]]);
});
