import type { Capabilities } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { applyChanges } from "../configuration/path.ts";
import { RegionOfInterest } from "./region-of-interest.ts";

const range = (high: number) => ({ low: 0, high, step: 8, writable: true });

function page() {
  const camera = {
    shape: [range(2048), range(2048)],
    offset: [range(2048), range(2048)],
    default_shape: [1920, 1080],
  };
  const state = { working: configurationWith({ shape: [640, 480] }), label: "" };
  const region = new RegionOfInterest({
    draft: { stream: (index) => state.working.video[index] },
    editing: {
      edit(label, edits) {
        state.label = label;
        state.working = applyChanges(
          state.working,
          edits.map(({ path, value }) => ({ path, to: value })),
        );
      },
    },
    capabilities: { video: [{ camera }] } as unknown as Capabilities,
  });
  const now = () => {
    const { offset, shape } = state.working.video[0]?.camera.settings ?? { offset: [], shape: [] };
    return [...offset, ...shape];
  };
  return { region, state, now };
}

test("a region falls on the camera's steps", () => {
  const { region, state, now } = page();
  region.set(0, { x: 13, y: 99, width: 101, height: 203 });
  expect([state.label, now()]).toEqual(["ROI", [16, 96, 104, 200]]);
});

test("the full frame is the one from before the first region was drawn", () => {
  const { region, state, now } = page();
  region.set(0, { x: 16, y: 16, width: 104, height: 104 });
  region.set(0, { x: 32, y: 32, width: 64, height: 64 });
  region.set(0, null);
  expect([state.label, now()]).toEqual(["Full frame", [0, 0, 640, 480]]);
});

test("where no region was drawn it is the whole sensor", () => {
  const { region, now } = page();
  region.set(0, null);
  expect(now()).toEqual([0, 0, 1920, 1080]);
});

test("a camera that is not there has no region", () => {
  const { region, state } = page();
  region.set(1, null);
  expect(state.label).toBe("");
});
