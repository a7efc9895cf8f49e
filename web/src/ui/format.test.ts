import { describe, expect, test } from "vitest";
import { formatBytes, formatClock, formatDuration, formatForField, formatFps, formatNumber } from "./format.ts";

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
    expect(formatForField(1_234_567_890_123_457)).toBe("1234567890123457");
  });
});
