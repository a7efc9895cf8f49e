import type { Configuration } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { ReplacedCameras } from "./replaced-cameras.svelte.ts";

const one = configurationWith({});
const two: Configuration = { video: [...one.video, ...one.video] };

test("cameras that went can be had back once, and undo leaves nothing to say", () => {
  let working = one;
  const replaced = new ReplacedCameras(() => working);
  expect(replaced.text).toBeNull();
  replaced.loaded("Example", two, one);
  expect(replaced.text).toContain("Example: one camera. The set-up had 2");
  working = two;
  expect(replaced.text).toBeNull();
  working = one;
  expect([replaced.take(), replaced.take(), replaced.text]).toEqual([two, null, null]);
});

test("who does not want them back says so", () => {
  const replaced = new ReplacedCameras(() => one);
  replaced.loaded("Example", two, one);
  replaced.forget();
  expect([replaced.text, replaced.take()]).toEqual([null, null]);
});
