import type { SpeedReport, Stats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { dimension } from "../configuration/sequence.ts";
import { ageText, seenSpeed, speedCheck } from "./speed.ts";

type Change = Parameters<typeof configurationWith>[0];
const streams = (change: Change = {}) => configurationWith({ exposureUs: 20_000, ...change }).video;

function report(figures: Partial<SpeedReport["streams"][number]>, change: Change = {}) {
  const speed = {
    stream: 0,
    name: "Camera 1",
    asked_fps: 50,
    camera_fps: 50,
    camera_bytes_per_s: 5e7,
    stored_fps: 310,
    stored_bytes_per_s: 3.1e8,
    stored_bytes: 4e8,
    loses_after_s: null,
    ...figures,
  };
  const configuration = configurationWith({ exposureUs: 20_000, ...change });
  return { report: { measured_unix_ms: 0, configuration, streams: [speed] }, age_s: 130 };
}

test("storage that follows is told with what is asked, and how old the figure is", () => {
  const check = speedCheck(streams(), report({}), null);
  expect(check).toMatchObject({ value: "storage 310/s of 50.0", age: "2 min ago", tone: "", warning: null });
  expect(check.explanation).toContain("camera alone 50.0/s, storage alone 310/s (310 MB/s), asked: 50.0/s");
});

test("storage that cannot follow is a warning that says when frames are lost", () => {
  const slow = report({ stored_fps: 20, loses_after_s: 4.3 });
  expect(speedCheck(streams(), slow, null)).toMatchObject({
    tone: "warn",
    warning: "Storage cannot follow: 20.0/s of 50.0 asked. Frames would be lost after 4.3 s.",
  });
  // When depends on how long the run is; that it is too slow does not.
  expect(speedCheck(streams({ frames: 7 }), slow, null).warning).toMatch(/would be lost\.$/);
  // The buffers hold this run, not a longer one.
  const short = report({ stored_fps: 20, loses_after_s: null });
  expect(speedCheck(streams(), short, null).warning).toBeNull();
  expect(speedCheck(streams({ frames: 100_000 }), short, null).warning).toMatch(/would be lost\.$/);
});

test("a camera that is too slow is a warning; one that is as fast as it can be is none", () => {
  const slow = speedCheck(streams(), report({ camera_fps: 40 }), null);
  expect(slow).toMatchObject({ value: "camera 40.0/s of 50.0", tone: "warn" });
  const free = speedCheck(streams({ exposureUs: 0 }), report({ asked_fps: null }, { exposureUs: 0 }), null);
  expect(free).toMatchObject({ value: "storage 310/s", warning: null });
});

test("a measurement is of its settings: names and counts change nothing, exposure and chunks do", () => {
  const layout = (chunk: number, count: number) => [
    dimension("x", "Space", 640, 640),
    dimension("y", "Space", 480, 480),
    dimension("t", "Time", count, chunk),
  ];
  const before = report({}, { dimensions: layout(5, 0), uri: "a.zarr" });
  const value = (change: Change) => speedCheck(streams({ dimensions: layout(5, 0), ...change }), before, null).value;
  expect(value({ uri: "b.zarr", frames: 7 })).toBe("storage 310/s of 50.0");
  expect(value({ dimensions: layout(5, 20) })).toBe("storage 310/s of 50.0");
  expect(value({ exposureUs: 10_000 })).toBe("not run");
  expect(value({ dimensions: layout(6, 0) })).toBe("not run");
});

test("what the camera did in Live stands in for it; the end of a run, when it rests, does not count", () => {
  const stats = (state_of_stream: string, camera_fps: number, elapsed_s = 3) =>
    ({
      state: "Running",
      streams: [{ state_of_stream, elapsed_s, rates: { camera_fps, stored_fps: 0, stored_bytes_per_s: 0 } }],
    }) as unknown as Stats;
  expect(seenSpeed(stats("running", 50, 1), streams())).toBeNull();
  expect(seenSpeed(stats("storing", 12.5), streams())).toBeNull();
  const interval = streams().map((stream) => ({ ...stream, time_point_interval_us: 1e6 }));
  expect(seenSpeed(stats("running", 12.5), interval)).toBeNull();
  const speed = seenSpeed(stats("running", 49.9), streams());
  if (!speed) throw new Error("nothing was seen");
  expect(speedCheck(streams(), null, { speed, age_s: 5 })).toMatchObject({
    value: "camera 49.9/s of 50.0",
    age: "just now",
    tone: "",
  });
});

test("ages are rough", () => {
  expect([5, 61, 3 * 3600, 3 * 86_400].map(ageText)).toEqual(["just now", "1 min ago", "3 h ago", "3 days ago"]);
});
