import type { Problem, RuntimeState, StreamCapabilities } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { cameraError, isTriggered, refusalOf, type RunAction, type Situation } from "./refusals.ts";

const exposure: Problem = {
  path: "video[0].camera.settings.exposure_time_us",
  code: "out_of_range",
  severity: "error",
  message: "too long",
};
const name: Problem = { path: "video[0].storage.settings.uri", code: "exists", severity: "error", message: "taken" };

const refusal = (action: RunAction, change: Partial<Situation> = {}) =>
  refusalOf(action, {
    isConnected: true,
    forbidden: null,
    state: "Armed",
    errors: [],
    messageOf: ({ message }) => message,
    failure: null,
    hasPending: false,
    hasRecorded: true,
    isTriggered: true,
    ...change,
  });
const ALL: readonly RunAction[] = ["snap", "live", "record", "stop", "trigger", "measure", "again", "tiff"];

describe("what the run bar refuses", () => {
  test("everything, without a connection", () => {
    for (const action of ALL) expect(refusal(action, { isConnected: false })).toContain("Not connected");
  });

  test.each<[RuntimeState, RunAction[]]>([
    ["Armed", ["snap", "live", "record", "measure", "again", "tiff"]],
    ["Previewing", ["snap", "live", "record", "stop", "trigger", "measure", "again", "tiff"]],
    ["Running", ["live", "stop", "trigger", "tiff"]],
    ["Measuring", ["snap", "live", "record", "stop", "again", "tiff"]],
    ["AwaitingConfiguration", ["again"]],
  ])("while the camera computer is %s, all but %j", (state, possible) => {
    expect(ALL.filter((action) => refusal(action, { state }) === null)).toEqual(possible);
  });

  test("whoever may only look on may look at what runs, and do nothing else", () => {
    for (const state of ["Armed", "Previewing", "Running"] as const) {
      const possible = ALL.filter((action) => refusal(action, { state, forbidden: "no" }) === null);
      expect(possible).toEqual(state === "Armed" ? [] : ["live"]);
    }
    expect(refusal("record", { forbidden: "no", errors: [name] })).toBe("no");
  });

  test("a taken name stands against Record and not against Live", () => {
    const errors = [name];
    expect([refusal("record", { errors }), refusal("live", { errors })]).toEqual(["taken", null]);
  });

  test("a camera's error stands against every picture but that of a camera which runs already", () => {
    const errors = [exposure];
    for (const action of ["snap", "live", "tiff"] as const) expect(refusal(action, { errors })).toBe("too long");
    expect(refusal("live", { errors, state: "Previewing" })).toBeNull();
  });

  test("of several problems the first is named, and how many there are", () => {
    expect(refusal("record", { errors: [exposure, name] })).toBe("2 problems: too long");
    expect(refusal("record", { failure: "The camera says no." })).toBe("The camera says no.");
  });

  test("nothing is measured while edits wait", () => {
    expect(refusal("measure", { hasPending: true })).toContain("problems of the set-up");
  });
});

test("only settings of a camera say what it shows", () => {
  expect(cameraError([name, exposure])).toBe(exposure);
  expect(cameraError([name, { ...name, path: "video[0].storage.settings.acquisition_dimensions" }])).toBeUndefined();
  expect(cameraError([{ ...exposure, path: "video[1].frame_period_us" }])).toBeDefined();
});

test("a camera waits for a software trigger where one of its inputs is that line", () => {
  const [stream] = configurationWith({}).video;
  if (!stream) throw new Error("no stream");
  const capabilities = { camera: { lines: ["external", "software"] } } as unknown as StreamCapabilities;
  expect(isTriggered(stream, capabilities)).toBe(false);
  stream.camera.settings.input_triggers.frame_start = { enable: true, line: 1, kind: "Input", edge: "Rising" };
  expect(isTriggered(stream, capabilities)).toBe(true);
  expect(isTriggered(stream, undefined)).toBe(false);
});
