import { expect, it } from "vitest";

import { DENIED, refusalOf } from "./refusals.ts";

const asked = { label: "Integrated Camera", shape: [641, 480] as const, rate: 29.97002997 };
const error = (name: string, message = "", more: object = {}) => Object.assign(new Error(message), { name }, more);
const refused = (...of: Parameters<typeof error>) => refusalOf(error(...of), asked);

it.each([
  ["NotAllowedError", "Permission denied", /Allow the camera for this site/],
  ["NotAllowedError", "Permission denied by system", /system's privacy settings/],
  ["NotAllowedError", "Permission dismissed", /asks again at the next try/],
  ["NotFoundError", "Requested device not found", /no webcam on this computer/],
  ["NotReadableError", "Could not start video source", /Integrated Camera .* another program may be using it/],
  ["AbortError", "Timeout starting video source", /another program may be using it/],
  ["TypeError", "nonsense", /Integrated Camera cannot be opened: nonsense/],
])("%s, %s: says the way out", (name, message, expected) => {
  expect(refused(name, message).message).toMatch(expected);
  expect(refused(name, message).path).toBeNull();
});

it.each([
  ["width", "shape[0]", /width 641 px/],
  ["height", "shape[1]", /height 480 px/],
  ["frameRate", "frame_period_us", /no 30 pictures a second/],
  ["deviceId", null, /not there any more/],
  ["", "shape", /641 x 480 px/],
])("what cannot be had names its field: %s", (constraint, path, expected) => {
  const refusal = refused("OverconstrainedError", "", { constraint });
  expect([refusal.path, refusal.message]).toEqual([path, expect.stringMatching(expected)]);
});

it("what is denied is told as the set-up tells it", () => {
  expect(refused("NotAllowedError").message).toBe(DENIED);
});
