import { expect, it } from "vitest";

import { type Waiting, waitingLabel } from "./waiting-label.ts";

const off = { enable: false, line: 0, kind: "Input", edge: "Rising" } as const;
const on = (line: number) => ({ ...off, enable: true, line });
function settings(exposureMs = 20, average = 1, inputs = {}): Waiting["settings"] {
  const input_triggers = { acquisition_start: off, frame_start: off, exposure: off, ...inputs };
  const camera = { settings: { exposure_time_us: exposureMs * 1000, input_triggers } };
  return { camera, frame_average_count: average } as unknown as Waiting["settings"];
}
const waiting: Waiting = {
  state: "Previewing",
  linkProblem: null,
  refusal: null,
  stats: { state_of_stream: "running" },
  settings: settings(),
  lines: ["software", "line 1"],
};
const trigger = { stats: { state_of_stream: "waiting_for_trigger" } } as const;

it.each<[Partial<Waiting>, string]>([
  [{}, "Waiting for the first frame."],
  [{ state: "Armed" }, "No picture yet. Live shows the camera, Snap takes one frame."],
  [{ state: "AwaitingConfiguration", refusal: "no such stream" }, "Choose a camera in Set-up."],
  [{ state: "Measuring" }, "No pictures while the speed is measured."],
  [{ linkProblem: "No zarrcam answers." }, "No pictures: No zarrcam answers."],
  [{ refusal: "16 are the most." }, "No pictures of this camera: 16 are the most."],
  [{ state: "Armed", refusal: "16 are the most." }, "No pictures of this camera: 16 are the most."],
  [{ stats: null }, "This camera does not run: it has no part in what was started."],
  [{ stats: { state_of_stream: "failed" } }, "This camera has stopped with an error. The Log says which."],
  [{ settings: settings(10_000) }, "Waiting for the first frame: it is exposed for 10.0 s."],
  [{ settings: settings(500, 4) }, "Waiting for the first frame: the mean of 4 frames takes 2.0 s."],
  [{ ...trigger }, "Waiting for a trigger."],
  [
    { ...trigger, settings: settings(20, 1, { frame_start: on(0) }) },
    "Waiting for a trigger: each press of Trigger takes a frame.",
  ],
  [{ ...trigger, settings: settings(20, 1, { acquisition_start: on(1) }) }, "Waiting for a trigger on line 1."],
  [{ ...trigger, settings: settings(20, 1, { exposure: on(7) }) }, "Waiting for a trigger on line 7."],
])("%j: %s", (known, words) => expect(waitingLabel({ ...waiting, ...known })).toBe(words));
