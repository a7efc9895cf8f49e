import { expect, test } from "vitest";

import { GuessLimit } from "./guess-limit.ts";

const guess = (limit: GuessLimit, address: string, times: number, nowMs = 0) => {
  for (let at = 0; at < times; at++) limit.count(address, nowMs);
};

test("an address waits after ten wrong guesses, and may guess again after a minute", () => {
  const limit = new GuessLimit();
  guess(limit, "10.0.0.9", 9);
  expect(limit.waitMs("10.0.0.9", 1000)).toBe(0);
  expect(limit.count("10.0.0.9", 1000)).toBe(true);
  expect(limit.waitMs("10.0.0.9", 1000)).toBe(59_000);
  expect(limit.waitMs("10.0.0.10", 1000)).toBe(0);
  expect(limit.waitMs("10.0.0.9", 60_000)).toBe(0);
  // A new window: all of it again.
  guess(limit, "10.0.0.9", 9, 60_000);
  expect(limit.waitMs("10.0.0.9", 60_001)).toBe(0);
});

test("who goes on guessing is worth one line of the log a minute", () => {
  const limit = new GuessLimit();
  const told = Array.from({ length: 50 }, () => limit.count("10.0.0.9", 0));
  expect(told.filter(Boolean)).toHaveLength(1);
});

test("however many guess, whoever has not guessed wrong is heard", () => {
  const limit = new GuessLimit();
  for (let at = 0; at < 5000; at++) guess(limit, `10.1.${at >> 8}.${at & 255}`, 1);
  expect(limit.waitMs("10.0.0.1", 1)).toBe(0);
  // Of the others each has had its one.
  expect(limit.waitMs("10.1.19.135", 1)).toBeGreaterThan(0);
  guess(limit, "10.0.0.1", 1, 1);
  expect(limit.waitMs("10.0.0.1", 2)).toBeGreaterThan(0);
});

test("a network of IPv6 counts as one, since its owner has all addresses of it", () => {
  const limit = new GuessLimit();
  for (let at = 1; at <= 10; at++) limit.count(`2001:db8:0:1::${at.toString(16)}`, 0);
  expect(limit.waitMs("2001:db8:0:1:ffff::1", 1)).toBeGreaterThan(0);
  expect(limit.waitMs("2001:db8:0:2::1", 1)).toBe(0);
  expect(limit.waitMs("fe80::1%eth0", 1)).toBe(0);
});
