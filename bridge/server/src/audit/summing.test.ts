import type { AuditEntry } from "@zarrcam/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";

import { SUMMED_MS, Summing } from "./summing.ts";

const entry = (action: string, rest: Partial<AuditEntry> = {}): AuditEntry => ({
  unix_ms: 0,
  id: "a",
  name: "Anna",
  action,
  detail: "",
  address: "10.0.0.2",
  ...rest,
});

function begin() {
  const clock = { ms: 0 };
  return { clock, summing: new Summing(() => clock.ms) };
}

test("the first is told at once, what is like it comes as one line with its count", () => {
  const { clock, summing } = begin();
  expect(summing.add(entry("start"))).toEqual([entry("start")]);
  for (let times = 0; times < 1000; times++) expect(summing.add(entry("start", { unix_ms: 5 }))).toEqual([]);
  expect(summing.add(entry("stop"))).toEqual([entry("stop")]);
  expect(summing.dueMs).toBe(SUMMED_MS);
  clock.ms = SUMMED_MS;
  expect(summing.settle()).toEqual([entry("start", { unix_ms: 5, count: 1000 })]);
  expect(summing.dueMs).toBeNull();
  expect(summing.add(entry("start"))).toEqual([entry("start")]);
});

test("what differs in who, where, what or why is told apart", () => {
  const { summing } = begin();
  const all = [
    entry("start"),
    entry("start", { id: "b" }),
    entry("start", { address: "10.0.0.3" }),
    entry("start", { refused: "forbidden" }),
    entry("start", { detail: "x" }),
  ];
  expect(all.flatMap((one) => summing.add(one))).toHaveLength(5);
});

test("no flood makes more than some hundred lines, and nothing of it is uncounted", () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 3000 }), fc.boolean(), (times, known) => {
      const { clock, summing } = begin();
      const lines: AuditEntry[] = [];
      for (let at = 0; at < times; at++) {
        const from = known
          ? { detail: `field ${at}` }
          : { id: null, name: null, refused: "401", address: `fe80::${at}` };
        lines.push(...summing.add(entry("GET", from)));
      }
      clock.ms = SUMMED_MS;
      lines.push(...summing.settle());
      expect(lines.length).toBeLessThan(140);
      expect(lines.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(times);
    }),
    { numRuns: 20 },
  );
});

test("at the end all is told", () => {
  const { summing } = begin();
  for (let times = 0; times < 3; times++) summing.add(entry("start"));
  expect(summing.end()).toEqual([entry("start", { count: 2 })]);
  expect(summing.end()).toEqual([]);
});
