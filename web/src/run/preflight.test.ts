import type { Plan } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../setup/fixture.ts";
import { MAX_U64 } from "../setup/sequence.ts";
import { preflight } from "./preflight.ts";

function input(change: Parameters<typeof configurationWith>[0] = {}) {
  const [stream] = configurationWith({ exposureUs: 50_000, shape: [1000, 1000], frames: 100, ...change }).video;
  if (!stream) throw new Error("no stream");
  return { stream, plan: null as Plan | null, problems: [], freeBytes: 1e9 };
}
const check = (label: string, checks: ReturnType<typeof preflight>) => checks.find((entry) => entry.label === label);

test("the disk after the run, and one that is too small", () => {
  expect(check("Disk after", preflight({ streams: [input()] }))).toMatchObject({
    value: "900 MB",
    tone: "",
  });
  const full = preflight({ streams: [{ ...input(), freeBytes: 5e7 }] });
  expect(check("Disk after", full)).toMatchObject({ value: "too full", tone: "warn" });
  const endless = preflight({ streams: [input({ frames: MAX_U64 })] });
  expect(check("Disk after", endless)?.value).toBe("full: 50 s");
});

test("a name that is taken", () => {
  const problem = {
    path: "video[0].storage.settings.uri",
    code: "exists",
    severity: "error" as const,
    message: "taken",
  };
  expect(check("Name", preflight({ streams: [{ ...input(), problems: [problem] }] }))).toMatchObject({
    value: "taken",
    tone: "alarm",
  });
  expect(check("Name", preflight({ streams: [input()] }))?.value).toBe("free");
});
