import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { SharedAnswer, Turns } from "./turns.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Work that goes on until it is ended by hand. */
function job<T>(value: T): { promise: Promise<T>; end: () => void; fail: () => void } {
  let end = () => undefined as void;
  let fail = () => undefined as void;
  const promise = new Promise<T>((resolve, reject) => {
    end = () => resolve(value);
    fail = () => reject(new Error("it failed"));
  });
  return { promise, end, fail };
}

describe("Turns", () => {
  test("never more at once than agreed, and everybody has a turn, also after a failure", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (most, fails) => {
          const turns = new Turns(most);
          let now = 0;
          let highest = 0;
          const ended = fails.map((fail, at) =>
            turns.run(
              async () => {
                highest = Math.max(highest, (now += 1));
                await tick();
                now -= 1;
                if (fail) throw new Error("it failed");
                return at;
              },
              at % 3 === 0,
            ),
          );
          const results = await Promise.allSettled(ended);
          expect(results.map(({ status }) => status === "rejected")).toEqual(fails);
          expect(highest).toBeLessThanOrEqual(most);
          expect(turns.waiting).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("the urgent go first, of each kind in the order of asking", async () => {
    const turns = new Turns(1);
    const first = job("first");
    const order: string[] = [];
    const all = [turns.run(() => first.promise)];
    for (const [name, urgent] of [
      ["a", false],
      ["b", true],
      ["c", false],
      ["d", true],
    ] as const)
      all.push(
        turns.run(() => {
          order.push(name);
          return name;
        }, urgent),
      );
    expect(turns.waiting).toBe(4);
    first.end();
    await Promise.all(all);
    expect(order).toEqual(["b", "d", "a", "c"]);
  });
});

describe("SharedAnswer", () => {
  test("who asks while it is being answered gets the next answer, all the same one", async () => {
    const jobs = [job(0), job(1), job(2)];
    let begun = 0;
    const shared = new SharedAnswer(() => jobs[begun++]!.promise);
    const first = shared.ask();
    const later = [shared.ask(), shared.ask()];
    expect(begun).toBe(1);
    jobs[0]!.end();
    expect(await first).toBe(0);
    await tick();
    expect(begun).toBe(2);
    const last = shared.ask();
    jobs[1]!.end();
    expect(await Promise.all(later)).toEqual([1, 1]);
    await tick();
    jobs[2]!.end();
    expect(await last).toBe(2);
    expect(begun).toBe(3);
  });

  test("a failure is told to those who asked for it alone", async () => {
    const jobs = [job(0), job(1)];
    let begun = 0;
    const shared = new SharedAnswer(() => jobs[begun++]!.promise);
    const first = shared.ask();
    const second = shared.ask();
    jobs[0]!.fail();
    await expect(first).rejects.toThrow("it failed");
    jobs[1]!.end();
    expect(await second).toBe(1);
  });
});
