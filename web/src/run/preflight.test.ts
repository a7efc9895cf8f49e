import type { RecordingEstimate, Plan } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { preflight } from "./preflight.ts";

const ESTIMATE: RecordingEstimate = { frames: 100, duration_s: 5, bytes: 1e8, bytes_per_minute: 1.2e9 };

function input(change: Partial<RecordingEstimate> = {}) {
  const [stream] = configurationWith({ exposureUs: 50_000, shape: [1000, 1000], frames: 100 }).video;
  if (!stream) throw new Error("no stream");
  return { stream, plan: null as Plan | null, estimate: { ...ESTIMATE, ...change }, problems: [], freeBytes: 1e9 };
}
const check = (label: string, checks: ReturnType<typeof preflight>) => checks.find((entry) => entry.label === label);

test("the disk after the run, and one that is too small", () => {
  expect(check("Disk after", preflight({ streams: [input()] }))).toMatchObject({
    value: "900 MB",
    tone: "",
  });
  const full = preflight({ streams: [{ ...input(), freeBytes: 5e7 }] });
  expect(check("Disk after", full)).toMatchObject({ value: "too full", tone: "warn" });
  const endless = preflight({ streams: [input({ frames: null, duration_s: null, bytes: null })] });
  expect(check("Disk after", endless)?.value).toBe("full: 50 s");
});

test("a name that is taken", () => {
  const problem = {
    path: "video[0].storage.settings.uri",
    code: "exists" as const,
    severity: "error" as const,
    message: "taken",
  };
  expect(check("Name", preflight({ streams: [{ ...input(), problems: [problem] }] }))).toMatchObject({
    value: "taken",
    tone: "alarm",
  });
  expect(check("Name", preflight({ streams: [input()] }))?.value).toBe("free");
});
