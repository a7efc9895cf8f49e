import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { PictureRoom, type PlaceRequest } from "./picture-room.ts";

const MIB = 1 << 20;
const never = new AbortController().signal;

function request(bytes: number, more: Partial<PlaceRequest> = {}): PlaceRequest {
  return {
    bytes,
    reads: false,
    hasUnread: () => false,
    onTurnOver: () => undefined,
    onUntaken: () => undefined,
    ...more,
  };
}

describe("PictureRoom", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("gives 128 MiB, and what is given back to who waits, in order", async () => {
    const room = new PictureRoom();
    const places = await Promise.all([1, 2, 3, 4].map(() => room.take(request(32 * MIB), never)));
    expect(room.bytesTaken).toBe(128 * MIB);
    const order: string[] = [];
    const waiting = ["a", "b"].map((name) => room.take(request(MIB), never).then(() => order.push(name)));
    places[0]!.giveBack();
    places[0]!.giveBack();
    await Promise.all(waiting);
    expect(order).toEqual(["a", "b"]);
    expect(room.bytesTaken).toBe(98 * MIB);
  });

  test("one that is larger than all room goes alone; small ones do not pass it for ever", async () => {
    const room = new PictureRoom();
    const small = await room.take(request(MIB), never);
    let large = false;
    void room.take(request(300 * MIB), never).then(() => (large = true));
    let passed = false;
    void room.take(request(MIB), never).then(() => (passed = true));
    await vi.advanceTimersByTimeAsync(10);
    expect({ large, passed }).toEqual({ large: false, passed: false });
    small!.giveBack();
    await vi.advanceTimersByTimeAsync(10);
    expect({ large, passed }).toEqual({ large: true, passed: false });
  });

  test("a quarter stays for clients that have read what they were sent", async () => {
    const room = new PictureRoom();
    await room.take(request(96 * MIB), never);
    let unread = false;
    void room.take(request(MIB, { hasUnread: () => true }), never).then(() => (unread = true));
    expect(await room.take(request(MIB), never)).not.toBeNull();
    expect(unread).toBe(false);
  });

  test("who is known to read goes before those who are not", async () => {
    const room = new PictureRoom();
    const place = await room.take(request(128 * MIB), never);
    const order: string[] = [];
    for (const [name, reads] of [
      ["new", false],
      ["reader", true],
      ["another", true],
    ] as const)
      void room.take(request(MIB, { reads }), never).then(() => order.push(name));
    place!.giveBack();
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(["reader", "another", "new"]);
  });

  test("while others wait, who asks for long asks again, and who does not take its picture is told", async () => {
    const room = new PictureRoom();
    const told: string[] = [];
    const holder = (name: string) =>
      request(64 * MIB, {
        onTurnOver: () => told.push(`${name} again`),
        onUntaken: () => told.push(`${name} untaken`),
      });
    const asking = await room.take(holder("asking"), never);
    const sent = await room.take(holder("sent"), never);
    sent!.sent(64 * MIB);
    // Nobody waits: nobody is bothered.
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
    void room.take(request(MIB), never);
    await vi.advanceTimersByTimeAsync(60);
    expect(new Set(told)).toEqual(new Set(["asking again", "sent untaken"]));
    asking!.giveBack();
    told.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
  });

  test("who leaves waits no longer and takes nothing", async () => {
    const room = new PictureRoom();
    await room.take(request(128 * MIB), never);
    const leaving = new AbortController();
    const waiting = room.take(request(MIB), leaving.signal);
    leaving.abort();
    expect(await waiting).toBeNull();
    expect(await room.take(request(MIB), leaving.signal)).toBeNull();
    expect(room.bytesTaken).toBe(128 * MIB);
  });
});
