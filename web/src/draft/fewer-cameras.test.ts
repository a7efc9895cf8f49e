import type { Configuration } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { fewerCameras, fewerCamerasText, stillFewer } from "./fewer-cameras.ts";

const one = configurationWith({});
const [stream] = one.video;
if (!stream) throw new Error("no stream");
const empty = structuredClone(stream);
empty.camera.identifier = { id: [0, 0], kind: "NONE", name: "" };
const two: Configuration = { video: [{ ...stream, name: "left eye" }, stream] };

test("a set-up that loses a camera says which there were", () => {
  const replaced = fewerCameras("Settings of a.zarr", two, one);
  expect(replaced && fewerCamerasText(replaced)).toBe(
    "Settings of a.zarr: one camera. The set-up had 2: left eye, Camera 2.",
  );
  expect(replaced?.before).toBe(two);
});

test("a second document does not make the first one's cameras forgotten", () => {
  const replaced = fewerCameras("Fast", two, one);
  expect(stillFewer(replaced, "Slow", one)).toEqual({ ...replaced, label: "Slow" });
  expect(stillFewer(replaced, "Both", two)).toBeNull();
  expect(stillFewer(null, "Slow", one)).toBeNull();
});

test("nothing is said where no camera goes, an empty place included", () => {
  expect(fewerCameras("Fast", one, one)).toBeNull();
  expect(fewerCameras("Fast", one, two)).toBeNull();
  expect(fewerCameras("Fast", two, two)).toBeNull();
  expect(fewerCameras("Fast", { video: [stream, empty] }, one)).toBeNull();
  expect(fewerCameras("Fast", two, { video: [stream, empty] })).not.toBeNull();
});
