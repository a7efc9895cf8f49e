import fc from "fast-check";
import { expect, test } from "vitest";

import { PieceSender } from "./piece-sender.ts";

const SMALL = { pieceBytes: 32, maxPieces: 40, smallBytes: 8 };

/** The other side: it has what was sent, and gives memory back when it is told to. */
function otherSide() {
  const got: number[][] = [];
  const lent: ArrayBuffer[] = [];
  const seen = new Set<ArrayBuffer>();
  const sender = new PieceSender((memory, bytes) => {
    got.push([...new Uint8Array(memory, 0, bytes)]);
    lent.push(memory);
    seen.add(memory);
  }, SMALL);
  const giveBack = () => {
    const memory = lent.shift();
    if (memory) sender.giveBack(memory);
  };
  const read = async (...bytes: number[]) => {
    const memory = await sender.memory();
    const piece = new Uint8Array(memory, 0, bytes.length);
    piece.set(bytes);
    sender.add(piece);
    return memory;
  };
  return { sender, got, lent, seen, giveBack, read };
}

test("what is there goes at once while nothing is on its way, and small pieces gather meanwhile", async () => {
  const { sender, got, seen, giveBack, read } = otherSide();
  await read(1, 1);
  expect(got).toEqual([[1, 1]]);
  await read(2);
  await read(3);
  expect(got).toEqual([[1, 1]]);
  giveBack();
  expect(got).toEqual([
    [1, 1],
    [2, 3],
  ]);
  giveBack();
  sender.flush();
  expect([got.length, seen.size]).toEqual([2, 2]);
});

test("a large piece is sent in the memory that it was read into, behind what came before", async () => {
  const { got, lent, read } = otherSide();
  await read(1);
  await read(2);
  const nine = [3, 4, 5, 6, 7, 8, 9, 10, 11];
  const memory = await read(...nine);
  expect(got).toEqual([[1], [2]]);
  await read(...nine);
  expect(got).toEqual([[1], [2], nine]);
  expect(lent.at(-1)).toBe(memory);
});

test("no more memory is taken than is allowed: who reads waits until some comes back", async () => {
  const { lent, seen, giveBack, read } = otherSide();
  let reads = 0;
  const reading = (async () => {
    for (; reads < SMALL.maxPieces + 3; reads += 1) await read(...new Array<number>(20).fill(reads));
  })();
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  await turn();
  // One gathers.
  expect([lent.length, reads]).toEqual([SMALL.maxPieces - 1, SMALL.maxPieces]);
  for (let given = 0; given < 3; given += 1) {
    giveBack();
    await turn();
  }
  await reading;
  expect(seen.size).toBeLessThanOrEqual(SMALL.maxPieces);
});

test("all bytes come, in order, however they are cut and whenever memory comes back", async () => {
  const turns = fc.array(fc.tuple(fc.integer({ min: 1, max: SMALL.pieceBytes }), fc.nat({ max: 4 })), {
    maxLength: 36,
  });
  await fc.assert(
    fc.asyncProperty(turns, async (steps) => {
      let next = 0;
      const { sender, got, giveBack, read } = otherSide();
      for (const [size, returned] of steps) {
        await read(...Array.from({ length: size }, () => next++ & 0xff));
        for (let given = 0; given < returned; given += 1) giveBack();
      }
      sender.flush();
      expect(got.flat()).toEqual(Array.from({ length: next }, (_, at) => at & 0xff));
      expect(Math.max(0, ...got.map(({ length }) => length))).toBeLessThanOrEqual(SMALL.pieceBytes);
    }),
    { numRuns: 30 },
  );
});
