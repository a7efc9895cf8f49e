import { expect, test } from "vitest";
import { EXAMPLES } from "../setup/examples.ts";
import { configurationWith } from "../setup/fixture.ts";
import { MAX_U64 } from "../setup/sequence.ts";
import { costOf, diskLeftS, planSentence } from "./sentence.ts";

function example(name: string) {
  const [stream] = configurationWith({}).video;
  const found = EXAMPLES.find((entry) => entry.name === name);
  if (!stream || !found) throw new Error(name);
  return found.apply(stream);
}

test("the tutorial's plan in one sentence", () => {
  const { what, where } = planSentence([{ stream: example("Chunked tutorial"), plan: null }]);
  expect(what).toBe("300 frames, 21 s, 622 MB");
  expect(where).toBe("to out.zarr");
});

test("until stopped has a rate and no total", () => {
  const stream = { ...example("Chunked tutorial"), max_frame_count: MAX_U64 };
  expect(planSentence([{ stream, plan: null }]).what).toBe("Until stopped, 1.78 GB a minute");
});

test("what is not saved says so, and costs nothing", () => {
  const stream = example("Try without saving");
  expect(planSentence([{ stream, plan: null }]).where).toBe("not saved, only counted");
  expect(costOf(stream, null).bytes).toBe(0);
});

test("two cameras add their frames and bytes, not their time", () => {
  const stream = example("Chunked tutorial");
  const both = planSentence([
    { stream, plan: null },
    { stream, plan: null },
  ]);
  expect(both.what).toBe("600 frames, 21 s, 1.24 GB");
});

test("an interval stretches the run", () => {
  const stream = { ...example("Chunked tutorial"), time_point_interval_us: 60e6 };
  expect(costOf(stream, null).durationS).toBe(600);
});

test("the disk left as time", () => {
  expect(diskLeftS(6e9, 2e9)).toBe(180);
  expect(diskLeftS(null, 2e9)).toBeNull();
});
