import { expect, test } from "vitest";

import { Slowness } from "./slowness.ts";

/** The bridge's clock is another than this page's. */
const CLOCK_MS = 1_790_000_000_000;

function watched() {
  let now = 0;
  const slowness = new Slowness(() => now);
  /** A frame that was captured when it is said comes after a while, and takes its time. */
  const pass = (waitMs: number, workMs: number, capturedMs = now + waitMs - 1) => {
    now += waitMs;
    slowness.came(CLOCK_MS + capturedMs);
    now += workMs;
    slowness.asked();
  };
  return { slowness, pass, at: () => now };
}

test("storage that is slow is this browser's fault, frames that come slowly the network's", () => {
  const { slowness, pass } = watched();
  for (let frame = 0; frame < 500; frame++) pass(5, 10);
  expect(slowness.why).toBe("this browser");
  for (let frame = 0; frame < 500; frame++) pass(10, 5);
  expect(slowness.why).toBe("network");
});

test("a network that stalled was to blame, however long the work on what the bridge had kept took since", () => {
  const { slowness, pass, at } = watched();
  for (let frame = 0; frame < 300; frame++) pass(9, 1);
  const stalled = at();
  // What was captured in its first 3 s was kept, and is worked off without waiting, more slowly than it was captured.
  pass(10_000, 20, stalled);
  for (let captured = 10; captured < 3000; captured += 10) pass(0, 20, stalled + captured);
  expect(slowness.why).toBe("network");
  // Now storage is what all wait for.
  for (let frame = 0; frame < 300; frame++) pass(0, 20, at() - 500);
  expect(slowness.why).toBe("this browser");
});

test("a pause of hours costs no more than what is remembered", () => {
  const { slowness, pass } = watched();
  pass(1e10, 1);
  expect(slowness.why).toBe("network");
});
