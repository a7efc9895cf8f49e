import { expect, test } from "vitest";

import { PictureMemory } from "./picture-memory.ts";

test("gives a buffer again, to a picture that fills at least half of it", () => {
  const memory = new PictureMemory();
  const buffer = memory.take(1000);
  memory.giveBack(buffer);
  expect(memory.take(499)).not.toBe(buffer);
  expect(memory.take(1001)).not.toBe(buffer);
  expect(memory.take(500)).toBe(buffer);
  expect(memory.take(500)).not.toBe(buffer);
});

test("keeps four, the last ones, none of them twice, and none that belongs to somebody else by now", () => {
  const memory = new PictureMemory();
  const buffers = Array.from({ length: 6 }, () => memory.take(8));
  for (const buffer of [...buffers, buffers[5]!]) memory.giveBack(buffer);
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  memory.giveBack(detached);
  const again = Array.from({ length: 5 }, () => memory.take(8));
  expect(again.slice(0, 4)).toEqual([buffers[5], buffers[4], buffers[3], buffers[2]]);
  expect(new Set([...buffers, ...again]).size).toBe(7);
  memory.giveBack(again[0]!);
  memory.clear();
  expect(memory.take(8)).not.toBe(again[0]);
});
