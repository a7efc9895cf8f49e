import type { Configuration } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { replacedBy, replacedWords, stillReplaced } from "./fewer-cameras.ts";

const one = configurationWith({});
const [stream] = one.video;
if (!stream) throw new Error("no stream");
const empty = structuredClone(stream);
empty.camera.identifier = { id: [0, 0], kind: "NONE", name: "" };
const two: Configuration = { video: [{ ...stream, name: "left eye" }, stream] };

test("a set-up that loses a camera says which there were", () => {
  const replaced = replacedBy("Settings of a.zarr", two, one);
  expect(replaced && replacedWords(replaced)).toBe(
    "Settings of a.zarr: one camera. The set-up had 2: left eye, Camera 2.",
  );
  expect(replaced?.before).toBe(two);
});

test("a second document does not make the first one's cameras forgotten", () => {
  const replaced = replacedBy("Fast", two, one);
  expect(stillReplaced(replaced, "Slow", one)).toEqual({ ...replaced, label: "Slow" });
  expect(stillReplaced(replaced, "Both", two)).toBeNull();
  expect(stillReplaced(null, "Slow", one)).toBeNull();
});

test("nothing is said where no camera goes, an empty place included", () => {
  expect(replacedBy("Fast", one, one)).toBeNull();
  expect(replacedBy("Fast", one, two)).toBeNull();
  expect(replacedBy("Fast", two, two)).toBeNull();
  expect(replacedBy("Fast", { video: [stream, empty] }, one)).toBeNull();
  expect(replacedBy("Fast", two, { video: [stream, empty] })).not.toBeNull();
});
