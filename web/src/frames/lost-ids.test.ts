import { expect, test } from "vitest";
import { lostIds } from "./lost-ids.ts";

test("every lost id is listed with its index and cause", () => {
  expect(
    lostIds([{ first_hardware_id: 118, first_frame_index: 117, count: 2, array_frames: 2, cause: "queue" }]),
  ).toEqual([
    { hardwareId: 118, frameIndex: 117, cause: "queue" },
    { hardwareId: 119, frameIndex: 118, cause: "queue" },
  ]);
  // An average of two frames is one index.
  const average = lostIds([
    { first_hardware_id: 40, first_frame_index: 20, count: 4, array_frames: 2, cause: "camera" },
  ]);
  expect(average.map(({ hardwareId, frameIndex }) => [hardwareId, frameIndex])).toEqual([
    [40, 20],
    [41, 20],
    [42, 21],
    [43, 21],
  ]);
});
