import type { RecordingEstimate } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { EXAMPLES } from "../configuration/examples.ts";
import { planSentence } from "./sentence.ts";

const ESTIMATE: RecordingEstimate = { frames: 300, duration_s: 21, bytes: 622_080_000, bytes_per_minute: 1.777e9 };

function tutorial() {
  const [stream] = EXAMPLES.find(({ name }) => name === "Chunked tutorial")?.configuration.video ?? [];
  if (!stream) throw new Error("no tutorial");
  return structuredClone(stream);
}

test("the tutorial's plan in one sentence", () => {
  const { what, where } = planSentence([{ stream: tutorial(), estimate: ESTIMATE }]);
  expect(what).toBe("300 frames, 21 s, 622 MB");
  expect(where).toBe("to out.zarr");
});

test("until stopped has a rate and no total", () => {
  const estimate = { ...ESTIMATE, frames: null, duration_s: null, bytes: null };
  expect(planSentence([{ stream: tutorial(), estimate }]).what).toBe("Until stopped, 1.78 GB a minute");
});

test("what is not saved says so", () => {
  const stream = tutorial();
  stream.storage.identifier = { id: [0, 0], kind: "Storage", name: "trash" };
  const estimate = { ...ESTIMATE, bytes: 0, bytes_per_minute: 0 };
  expect(planSentence([{ stream, estimate }])).toEqual({ what: "300 frames, 21 s", where: "not saved, only counted" });
});

test("two cameras add their frames and bytes, not their time", () => {
  const one = { stream: tutorial(), estimate: ESTIMATE };
  expect(planSentence([one, one]).what).toBe("600 frames, 21 s, 1.24 GB");
});

test("before the core has judged a camera nothing is said of what it takes", () => {
  const one = { stream: tutorial(), estimate: ESTIMATE };
  expect(planSentence([one, { ...one, estimate: null }]).what).toBe("Checking");
});
