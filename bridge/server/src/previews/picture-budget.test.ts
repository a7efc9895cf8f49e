import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { PictureBudget, type ReservationRequest } from "./picture-budget.ts";

const MIB = 1 << 20;
const never = new AbortController().signal;

function request(bytes: number, more: Partial<ReservationRequest> = {}): ReservationRequest {
  return {
    bytes,
    reads: false,
    hasUnread: () => false,
    onOverdue: () => undefined,
    onUntaken: () => undefined,
    ...more,
  };
}

describe("PictureBudget", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("gives 128 MiB, and what is given back to who waits, in order", async () => {
    const budget = new PictureBudget();
    const reservations = await Promise.all([1, 2, 3, 4].map(() => budget.reserve(request(32 * MIB), never)));
    expect(budget.bytesReserved).toBe(128 * MIB);
    const order: string[] = [];
    const waiting = ["a", "b"].map((name) => budget.reserve(request(MIB), never).then(() => order.push(name)));
    reservations[0]!.release();
    reservations[0]!.release();
    await Promise.all(waiting);
    expect(order).toEqual(["a", "b"]);
    expect(budget.bytesReserved).toBe(98 * MIB);
  });

  test("one that is larger than all room goes alone; small ones do not pass it for ever", async () => {
    const budget = new PictureBudget();
    const small = await budget.reserve(request(MIB), never);
    let large = false;
    void budget.reserve(request(300 * MIB), never).then(() => (large = true));
    let passed = false;
    void budget.reserve(request(MIB), never).then(() => (passed = true));
    await vi.advanceTimersByTimeAsync(10);
    expect({ large, passed }).toEqual({ large: false, passed: false });
    small!.release();
    await vi.advanceTimersByTimeAsync(10);
    expect({ large, passed }).toEqual({ large: true, passed: false });
  });

  test("a quarter stays for clients that have read what they were sent", async () => {
    const budget = new PictureBudget();
    await budget.reserve(request(96 * MIB), never);
    let unread = false;
    void budget.reserve(request(MIB, { hasUnread: () => true }), never).then(() => (unread = true));
    expect(await budget.reserve(request(MIB), never)).not.toBeNull();
    expect(unread).toBe(false);
  });

  test("who is known to read goes before those who are not", async () => {
    const budget = new PictureBudget();
    const reservation = await budget.reserve(request(128 * MIB), never);
    const order: string[] = [];
    for (const [name, reads] of [
      ["new", false],
      ["reader", true],
      ["another", true],
    ] as const)
      void budget.reserve(request(MIB, { reads }), never).then(() => order.push(name));
    reservation!.release();
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(["reader", "another", "new"]);
  });

  test("while others wait, who asks for long asks again, and who does not take its picture is told", async () => {
    const budget = new PictureBudget();
    const told: string[] = [];
    const holder = (name: string) =>
      request(64 * MIB, {
        onOverdue: () => told.push(`${name} again`),
        onUntaken: () => told.push(`${name} untaken`),
      });
    const asking = await budget.reserve(holder("asking"), never);
    const sent = await budget.reserve(holder("sent"), never);
    sent!.sent(64 * MIB);
    // Nobody waits: nobody is bothered.
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
    void budget.reserve(request(MIB), never);
    await vi.advanceTimersByTimeAsync(60);
    expect(new Set(told)).toEqual(new Set(["asking again", "sent untaken"]));
    asking!.release();
    told.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
  });

  test("who leaves waits no longer and takes nothing", async () => {
    const budget = new PictureBudget();
    await budget.reserve(request(128 * MIB), never);
    const leaving = new AbortController();
    const waiting = budget.reserve(request(MIB), leaving.signal);
    leaving.abort();
    expect(await waiting).toBeNull();
    expect(await budget.reserve(request(MIB), leaving.signal)).toBeNull();
    expect(budget.bytesReserved).toBe(128 * MIB);
  });
});
