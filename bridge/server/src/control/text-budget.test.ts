import { expect, test } from "vitest";

import { TextBudget } from "./text-budget.ts";

const MIB = 1 << 20;

test("one client that does not read is given up at 32 MiB, however little there is in all", () => {
  const budget = new TextBudget();
  expect(budget.mayHaveMore(32 * MIB)).toBe(true);
  expect(budget.mayHaveMore(32 * MIB + 1)).toBe(false);
});

test("where all together leave more than 128 MiB lying, those go that have more than 2 MiB of it", () => {
  const budget = new TextBudget();
  budget.count(128 * MIB);
  expect(budget.mayHaveMore(10 * MIB)).toBe(true);
  budget.count(1);
  expect([2 * MIB, 2 * MIB + 1].map((unread) => budget.mayHaveMore(unread))).toEqual([true, false]);
  budget.count(-MIB);
  expect(budget.mayHaveMore(10 * MIB)).toBe(true);
  expect(budget.bytes).toBe(127 * MIB + 1);
});
