import type { Plan, Stats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../setup/fixture.ts";
import { MAX_U64 } from "../setup/sequence.ts";
import { measureSpeed, preflight } from "./preflight.ts";

function input(change: Parameters<typeof configurationWith>[0] = {}) {
  const [stream] = configurationWith({ exposureUs: 50_000, shape: [1000, 1000], frames: 100, ...change }).video;
  if (!stream) throw new Error("no stream");
  return { stream, plan: null as Plan | null, problems: [], freeBytes: 1e9 };
}
const check = (label: string, checks: ReturnType<typeof preflight>) => checks.find((entry) => entry.label === label);

test("the disk after the run, and one that is too small", () => {
  expect(check("Disk after", preflight({ streams: [input()], measured: null }))).toMatchObject({
    value: "900 MB",
    tone: "",
  });
  const full = preflight({ streams: [{ ...input(), freeBytes: 5e7 }], measured: null });
  expect(check("Disk after", full)).toMatchObject({ value: "too full", tone: "warn" });
  const endless = preflight({ streams: [input({ frames: MAX_U64 })], measured: null });
  expect(check("Disk after", endless)?.value).toBe("full: 50 s");
});

test("a name that is taken", () => {
  const problem = {
    path: "video[0].storage.settings.uri",
    code: "exists",
    severity: "error" as const,
    message: "taken",
  };
  expect(check("Name", preflight({ streams: [{ ...input(), problems: [problem] }], measured: null }))).toMatchObject({
    value: "taken",
    tone: "alarm",
  });
  expect(check("Name", preflight({ streams: [input()], measured: null }))?.value).toBe("free");
});

test("the measured speed belongs to its settings, and one that is too slow is said", () => {
  const stats = (camera_fps: number, elapsed_s: number) =>
    ({
      state: "Previewing",
      streams: [{ elapsed_s, rates: { camera_fps, stored_fps: 0, stored_bytes_per_s: 0 } }],
    }) as unknown as Stats;
  const now = input();
  expect(measureSpeed(stats(20, 1), [now.stream])).toBeNull();
  const measured = measureSpeed(stats(20, 3), [now.stream]);
  expect(check("Measured", preflight({ streams: [now], measured }))).toMatchObject({ value: "20.0/s", tone: "" });
  const slow = measureSpeed(stats(12, 3), [now.stream]);
  expect(check("Measured", preflight({ streams: [now], measured: slow }))?.tone).toBe("warn");
  expect(check("Measured", preflight({ streams: [input({ exposureUs: 10_000 })], measured }))?.value).toBe("–");
});
