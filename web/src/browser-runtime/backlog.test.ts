import { expect, test } from "vitest";

import { Backlog } from "./backlog.ts";

/** A camera of 100 frames/s. */
const stamp = (id: number) => ({ hardwareId: BigInt(id), hardwareClockNs: BigInt(id) * 10_000_000n });

test("a loop that takes longer for a frame than the camera falls behind, also where the camera loses some", () => {
  const backlog = new Backlog(64);
  for (let frame = 0; frame <= 20; frame += 1) backlog.begin(frame * 15, stamp(frame));
  expect(backlog.frames).toBe(20);
  for (let frame = 21; frame <= 30; frame += 1) backlog.begin(frame * 15, stamp(21 + (frame - 21) * 2));
  expect(backlog.frames).toBe(30);
  backlog.rest();
  expect(backlog.frames).toBe(0);
});

test("a burst after a pause is no fault of storage", () => {
  const backlog = new Backlog(64);
  backlog.begin(0, stamp(0));
  backlog.begin(500, stamp(1));
  for (let frame = 2; frame <= 50; frame += 1) backlog.begin(500 + frame, stamp(frame));
  expect(backlog.frames).toBe(0);
});

test("what is as fast as possible has always the next frame, and none is counted beyond the room", () => {
  const backlog = new Backlog(64);
  backlog.fill();
  expect(backlog.frames).toBe(64);
  for (let frame = 0; frame < 100; frame += 1) backlog.begin(frame * 20, stamp(frame));
  expect(backlog.frames).toBe(64);
});
