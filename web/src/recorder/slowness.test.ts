import { expect, test } from "vitest";

import { Slowness } from "./slowness.ts";

function watched() {
  let now = 0;
  const slowness = new Slowness(() => now);
  const pass = (waitMs: number, workMs: number) => {
    now += waitMs;
    slowness.came();
    now += workMs;
    slowness.asked();
  };
  return { slowness, pass };
}

test("a network that stalls is the network's fault, storage that is slow this browser's", () => {
  const { slowness, pass } = watched();
  for (let frame = 0; frame < 100; frame++) pass(5, 10);
  expect(slowness.why).toBe("this browser");
  pass(10_000, 5);
  expect(slowness.why).toBe("network");
});

test("what was long ago is forgotten", () => {
  const { slowness, pass } = watched();
  pass(10_000, 1);
  for (let frame = 0; frame < 2000; frame++) pass(1, 9);
  expect(slowness.why).toBe("this browser");
});
