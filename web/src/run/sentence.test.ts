import { expect, test } from "vitest";
import { EXAMPLES } from "../setup/examples.ts";
import { MAX_U64 } from "../setup/sequence.ts";
import { costOf, diskLeftS, planSentence } from "./sentence.ts";

function tutorial() {
  const [stream] = EXAMPLES.find(({ name }) => name === "Chunked tutorial")?.configuration.video ?? [];
  if (!stream) throw new Error("no tutorial");
  return structuredClone(stream);
}

test("the tutorial's plan in one sentence", () => {
  const { what, where } = planSentence([{ stream: tutorial(), plan: null }]);
  expect(what).toBe("300 frames, 21 s, 622 MB");
  expect(where).toBe("to out.zarr");
});

test("with averaging the stored frames are told, and their time", () => {
  const stream = { ...tutorial(), frame_average_count: 2 };
  const cost = costOf(stream, null);
  expect(cost).toMatchObject({ frames: 150, bytes: 150 * 1920 * 1080 * 4 });
  expect(cost.durationS).toBeCloseTo(21);
});

test("until stopped has a rate and no total", () => {
  const stream = { ...tutorial(), max_frame_count: MAX_U64 };
  expect(planSentence([{ stream, plan: null }]).what).toBe("Until stopped, 1.78 GB a minute");
});

test("what is not saved says so, and costs nothing", () => {
  const stream = tutorial();
  stream.storage.identifier = { id: [0, 0], kind: "Storage", name: "trash" };
  expect(planSentence([{ stream, plan: null }]).where).toBe("not saved, only counted");
  expect(costOf(stream, null).bytes).toBe(0);
});

test("two cameras add their frames and bytes, not their time", () => {
  const stream = tutorial();
  const both = planSentence([
    { stream, plan: null },
    { stream, plan: null },
  ]);
  expect(both.what).toBe("600 frames, 21 s, 1.24 GB");
});

test("an interval stretches the run", () => {
  const stream = { ...tutorial(), time_point_interval_us: 60e6 };
  expect(costOf(stream, null).durationS).toBe(600);
});

test("the disk left as time", () => {
  expect(diskLeftS(6e9, 2e9)).toBe(180);
  expect(diskLeftS(null, 2e9)).toBeNull();
});
