import fc from "fast-check";
import { expect, test } from "vitest";

import { PieceSender } from "./piece-sender.ts";

const SMALL = { pieceBytes: 32, maxPieces: 40 };

/** The other side: it has what was sent, and gives memory back when it is told to. */
function otherSide() {
  const got: number[] = [];
  const lent: ArrayBuffer[] = [];
  const seen = new Set<ArrayBuffer>();
  const sender = new PieceSender((memory, bytes) => {
    got.push(...new Uint8Array(memory, 0, Math.min(bytes, 1)), bytes);
    lent.push(memory);
    seen.add(memory);
  }, SMALL);
  const giveBack = () => {
    const memory = lent.shift();
    if (memory) sender.giveBack(memory);
  };
  return { sender, got, lent, seen, giveBack };
}

test("what is there goes at once while nothing is on its way, and gathers meanwhile", async () => {
  const { sender, got, giveBack } = otherSide();
  await sender.add(Uint8Array.of(1, 1));
  expect(got).toEqual([1, 2]);
  await sender.add(Uint8Array.of(2));
  await sender.add(Uint8Array.of(3));
  expect(got).toEqual([1, 2]);
  giveBack();
  expect(got).toEqual([1, 2, 2, 2]);
  giveBack();
  sender.flush();
  expect(got).toEqual([1, 2, 2, 2]);
});

test("no more memory is taken than is allowed: who adds waits until some comes back", async () => {
  const { sender, lent, seen, giveBack } = otherSide();
  const all = new Uint8Array(SMALL.pieceBytes * (SMALL.maxPieces + 3));
  let added = false;
  const adding = sender.add(all).then(() => (added = true));
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  await turn();
  expect([lent.length, added]).toEqual([SMALL.maxPieces, false]);
  for (let given = 0; given < 3; given += 1) {
    giveBack();
    await turn();
  }
  await adding;
  expect(lent.length).toBe(SMALL.maxPieces);
  expect(seen.size).toBe(SMALL.maxPieces);
});

test("all bytes come, in order, however they are cut and whenever memory comes back", async () => {
  const turns = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 * SMALL.pieceBytes }), fc.nat({ max: 4 })), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(turns, async (steps) => {
      let [next, expected, bytes] = [0, 0, 0];
      const lent: ArrayBuffer[] = [];
      const sender = new PieceSender((memory, count) => {
        const words = new Uint32Array(memory, 0, count >> 2);
        if (words.some((word) => word !== expected++)) throw new Error(`another word than ${expected - 1}`);
        bytes += count;
        lent.push(memory);
      }, SMALL);
      for (const [size, returned] of steps) {
        const words = Uint32Array.from({ length: (size >> 2) + 1 }, () => next++);
        await sender.add(new Uint8Array(words.buffer));
        for (const memory of lent.splice(0, returned)) sender.giveBack(memory);
      }
      sender.flush();
      expect(bytes).toBe(4 * next);
    }),
    { numRuns: 30 },
  );
});
