import { describe, expect, test } from "vitest";
import { formatBytes, formatClock, formatDuration, formatForField, formatFps, formatNumber } from "./format.ts";
import { MILLISECONDS, parseQuantity, SECONDS } from "./quantity.ts";

describe("numbers for people", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [622_080_000, "622 MB"],
    [25_920_000, "25.9 MB"],
    [1_777_000_000, "1.78 GB"],
    [999_600, "1.00 MB"],
  ])("%d bytes", (bytes, expected) => expect(formatBytes(bytes)).toBe(expected));

  test.each([
    [0.07, "70 ms"],
    [2.04, "2 s"],
    [21, "21 s"],
    [200, "3 min 20 s"],
    [840, "14 min"],
    [39_600, "11 h"],
    [3_600 * 3 + 60 * 52, "3 h 52 min"],
    [86_400 * 4, "4 days"],
  ])("%d s", (seconds, expected) => expect(formatDuration(seconds)).toBe(expected));

  test("a clock keeps its width", () => {
    expect(formatClock(21)).toBe("0:21");
    expect(formatClock(3727)).toBe("1:02:07");
  });

  test("rates keep three figures", () => {
    expect([formatFps(0.5), formatFps(14.285), formatFps(860.2)]).toEqual(["0.50", "14.3", "860"]);
  });

  test("large counts lose no digit", () => {
    expect(formatNumber(12_345_678_901)).toBe("12,345,678,901");
    expect(formatForField(0.1 + 0.2)).toBe("0.3");
    expect(formatForField(1920)).toBe("1920");
  });
});

describe("what is typed into a number field", () => {
  const ms = { unit: "ms", units: MILLISECONDS ?? {} };
  test.each([
    ["70", 70],
    ["0.07 s", 70],
    ["70000 us", 70],
    ["0,5", 0.5],
    ["1,000", 1000],
    ["1 920", 1920],
    ["1e3", 1000],
  ])("%s", (typed, value) => expect(parseQuantity(typed, ms)).toEqual({ value }));

  test.each(["", "abc", "70 px", "1.2.3", "--3"])("refuses %j and says what fits", (typed) => {
    expect(parseQuantity(typed, ms)).toHaveProperty("message", expect.stringMatching(/type a number in ms/));
  });

  test("whole numbers, and nothing below the least", () => {
    expect(parseQuantity("1.5", { unit: "px", integer: true })).toHaveProperty(
      "message",
      expect.stringMatching(/whole number/),
    );
    expect(parseQuantity("-3", { unit: "px", integer: true })).toHaveProperty(
      "message",
      expect.stringMatching(/too small/),
    );
    expect(parseQuantity("2 min", { unit: "s", units: SECONDS ?? {} })).toEqual({ value: 120 });
  });
});
