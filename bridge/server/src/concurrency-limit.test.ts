import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { job, tick } from "../test/job.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";

describe("ConcurrencyLimit", () => {
  test("never more at once than agreed, and everybody is served, also after a failure", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (most, fails) => {
          const limit = new ConcurrencyLimit(most);
          let now = 0;
          let highest = 0;
          const ended = fails.map((fail, at) =>
            limit.run(
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
          expect(limit.waiting).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("the urgent go first, of each kind in the order of asking", async () => {
    const limit = new ConcurrencyLimit(1);
    const first = job("first");
    const order: string[] = [];
    const all = [limit.run(() => first.promise)];
    for (const [name, urgent] of [
      ["a", false],
      ["b", true],
      ["c", false],
      ["d", true],
    ] as const)
      all.push(
        limit.run(() => {
          order.push(name);
          return name;
        }, urgent),
      );
    expect(limit.waiting).toBe(4);
    first.end();
    await Promise.all(all);
    expect(order).toEqual(["b", "d", "a", "c"]);
  });
});
