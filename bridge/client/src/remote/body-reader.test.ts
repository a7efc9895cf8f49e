import fc from "fast-check";
import { expect, test } from "vitest";

import { bodyReader } from "./body-reader.ts";

/** A body that comes in pieces of these lengths; with or without memory of whoever reads. */
function body(lengths: readonly number[], byob: boolean): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  const pieces = lengths.map((length) => Uint8Array.from({ length }, () => next++ % 256));
  const source = {
    pull(controller: {
      enqueue(piece: Uint8Array): void;
      close(): void;
      byobRequest?: { respond(n: number): void } | null;
    }) {
      const piece = pieces.shift();
      if (piece) return controller.enqueue(piece);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  };
  const made: unknown = byob
    ? new ReadableStream({ ...source, type: "bytes" })
    : new ReadableStream<Uint8Array>(source);
  return made as ReadableStream<Uint8Array<ArrayBuffer>>;
}

test.each([true, false])("gives the bytes as they come, into memory that it was given (BYOB: %s)", async (byob) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 60 }),
      async (lengths, most) => {
        const reader = bodyReader(body(lengths, byob));
        let memory = new ArrayBuffer(100);
        const got: number[] = [];
        for (;;) {
          const read = await reader.read(new Uint8Array(memory, 7, most));
          if (!read) break;
          expect([read.byteOffset, read.byteLength <= most, read.buffer.byteLength]).toEqual([7, true, 100]);
          got.push(...read);
          memory = read.buffer;
        }
        const all = lengths.reduce((sum, length) => sum + length, 0);
        expect(got).toEqual(Array.from({ length: all }, (_, at) => at % 256));
      },
    ),
  );
});
